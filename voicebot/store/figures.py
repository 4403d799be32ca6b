"""Counts by day in Redis, without anybody's name. A lost count harms nobody, so they are written apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure

_ZONE: Final = ZoneInfo("Europe/Paris")


class Figures:
    """The counts in Redis. A day is a local date, 2026-01-31."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, at: float, counts: Mapping[str, int]) -> None:
        """Add to the counts of the day of `at` (Unix seconds) in Paris. Never raises."""
        with suppress(StoreError):
            if counts:
                await self._add(datetime.fromtimestamp(at, _ZONE).date().isoformat(), counts)

    async def _add(self, day: str, counts: Mapping[str, int]) -> None:
        key = keys.figures(day)
        async with named_failure(), self._redis.pipeline() as pipe:
            for name, count in counts.items():
                pipe.hincrby(key, name, count)
            pipe.expire(key, keys.FIGURES_TTL_S)
            await pipe.execute()

    async def of(self, days: Sequence[str]) -> list[dict[str, int]]:
        """The counts of each day, in the order asked."""
        async with named_failure():
            found = [await arrived(self._redis.hgetall(keys.figures(day))) for day in days]
        return [{str(name): int(count) for name, count in one.items()} for one in found]
