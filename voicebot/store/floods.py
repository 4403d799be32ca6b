"""Too many texts or calls at once: who makes them is told once, then they are dropped and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis

from voicebot.store.keys import DAY_S, PersonKeys, dropped, flood
from voicebot.store.sessions import named_failure

Verdict = Literal["answer", "tell", "drop"]

What = Literal["texts", "calls"]

_SENDER_WINDOW_S = 600
_OVERALL_WINDOW_S = 60
_DROPPED_TTL_S = 30 * DAY_S


@dataclass(frozen=True)
class Floods:
    """`of_one` texts (or calls) in ten minutes from one person and `of_all` in a minute are answered."""

    redis: Redis
    of_one: int = 30
    of_all: int = 600
    what: What = "texts"

    async def judge(self, person: str, at: float) -> Verdict:
        """What to do with one more of `person`, which is counted."""
        own = PersonKeys(person).flood(self.what, int(at) // _SENDER_WINDOW_S)
        overall = flood(self.what, int(at) // _OVERALL_WINDOW_S)
        async with named_failure():
            mine = await self._count(own, _SENDER_WINDOW_S)
            too_many = mine > self.of_one or await self._count(overall, _OVERALL_WINDOW_S) > self.of_all
            if not too_many:
                return "answer"
            first = bool(await self.redis.set(f"{own}:told", "1", nx=True, ex=_SENDER_WINDOW_S))
            if not first:
                await self._count(dropped(self.what, _day(at)), _DROPPED_TTL_S)
        return "tell" if first else "drop"

    async def dropped(self, at: float) -> int:
        """How many were left without an answer on the day of `at` (UTC)."""
        async with named_failure():
            return int(await self.redis.get(dropped(self.what, _day(at))) or 0)

    async def _count(self, key: str, ttl_s: int) -> int:
        async with self.redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, ttl_s, nx=True)
            return int((await pipe.execute())[0])


def _day(at: float) -> str:
    return str(int(at) // DAY_S)
