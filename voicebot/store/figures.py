"""Counts by day in Redis, without names. Losing one harms nobody, so they are written separately."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.scripts import COUNT_ALL, run
from voicebot.store.transactions import named_failure

_ZONE: Final = ZoneInfo("Europe/Paris")
#: Over how many keys a day's counts are spread, so that no single one is everybody's.
SHARDS: Final = 8


class Figures:
    """The counts in Redis. A day is a local date, such as 2026-01-31."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._shard = os.getpid() % SHARDS
        self._writing = asyncio.Lock()
        self._gathered: dict[str, Counter[str]] = {}

    async def count(self, at: float, counts: Mapping[str, int]) -> None:
        """Add to the counts of the day of `at` (Unix seconds) in Paris. Never raises.

        Whatever arrives while others are being written is written afterwards, all together.
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
        count = COUNT_ALL.on([keys.figures(day, self._shard)], [keys.FIGURES_TTL_S, *words])
        async with named_failure():
            await run(self._redis, count)

    async def of(self, days: Sequence[str]) -> list[dict[str, int]]:
        """The counts of each day, in the order asked."""
        async with named_failure(), self._redis.pipeline(transaction=False) as pipe:
            for day in days:
                for shard in range(SHARDS):
                    pipe.hgetall(keys.figures(day, shard))
            found = await pipe.execute()
        return [_sum(found[at : at + SHARDS]) for at in range(0, len(found), SHARDS)]


def _sum(shards: Sequence[Mapping[Any, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for shard in shards:
        total.update({str(name): int(count) for name, count in shard.items()})
    return dict(total)
