"""Counts by day in Redis, without anybody's name. A lost count harms nobody, so they are written apart."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.scripts import COUNT_ALL, run
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure

_ZONE: Final = ZoneInfo("Europe/Paris")


class Figures:
    """The counts in Redis. A day is a local date, 2026-01-31."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._writing = asyncio.Lock()
        self._gathered: dict[str, Counter[str]] = {}

    async def count(self, at: float, counts: Mapping[str, int]) -> None:
        """Add to the counts of the day of `at` (Unix seconds) in Paris. Never raises.

        What comes while others are being written is written after them, all of it together.
        """
        if not counts:
            return
        day = datetime.fromtimestamp(at, _ZONE).date().isoformat()
        self._gathered.setdefault(day, Counter()).update(counts)
        async with self._writing:
            gathered, self._gathered = self._gathered, {}
            with suppress(StoreError):
                for each, added in gathered.items():
                    await self._add(each, added)

    async def _add(self, day: str, counts: Mapping[str, int]) -> None:
        words = [word for pair in counts.items() for word in pair]
        async with named_failure():
            await run(self._redis, COUNT_ALL.on([keys.figures(day)], [keys.FIGURES_TTL_S, *words]))

    async def of(self, days: Sequence[str]) -> list[dict[str, int]]:
        """The counts of each day, in the order asked."""
        async with named_failure():
            found = [await arrived(self._redis.hgetall(keys.figures(day))) for day in days]
        return [{str(name): int(count) for name, count in one.items()} for one in found]
