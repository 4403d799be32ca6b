"""Too many texts or calls at once: their sender is told once, then they are dropped and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from redis.asyncio import Redis

from voicebot.store.keys import DAY_S, PersonKeys, dropped, flood
from voicebot.store.scripts import COUNT, Call, run
from voicebot.store.transactions import named_failure

Verdict = Literal["answer", "tell", "drop"]

What = Literal["texts", "calls"]

_SENDER_WINDOW_S = 600
_OVERALL_WINDOW_S = 60
_DROPPED_TTL_S = 30 * DAY_S


@dataclass(frozen=True)
class RateLimiter:
    """Up to `of_one` texts (or calls) per `within_s` from one person, and `of_all` per minute, pass."""

    redis: Redis
    of_one: int = 60
    of_all: int = 600
    what: What = "texts"
    within_s: int = _SENDER_WINDOW_S

    async def judge(self, person: str, at: float) -> Verdict:
        """What to do with one more from `person`, which is counted."""
        async with named_failure():
            mine = await run(self.redis, self.count_one(person, at))
            all_ = await run(self.redis, self.count_all(at)) if mine <= self.of_one else 0
        return await self.weigh(person, at, mine, all_)

    async def weigh(self, person: str, at: float, mine: int, all_: int) -> Verdict:
        """What to do with one from `person`, given these counts; somebody over the limit is told once."""
        if mine <= self.of_one and all_ <= self.of_all:
            return "answer"
        async with named_failure():
            told = f"{self.own(person, at)}:told"
            first = bool(await self.redis.set(told, "1", nx=True, ex=self.within_s))
            if not first:
                await run(self.redis, COUNT.on([dropped(self.what, _day(at))], [_DROPPED_TTL_S]))
        return "tell" if first else "drop"

    async def first_today(self, person: str, what: str, at: float) -> bool:
        """Whether `what` is said to `person` for the first time that day; it then counts as said."""
        async with named_failure():
            key = PersonKeys(person).count(what, _day(at))
            return bool(await self.redis.set(key, "1", nx=True, ex=DAY_S))

    def own(self, person: str, at: float) -> str:
        """The key under which those of `person` are counted; it expires after `within_s`."""
        return PersonKeys(person).flood(self.what, int(at) // self.within_s)

    def count_one(self, person: str, at: float) -> Call:
        """Counts one more of `person`."""
        return COUNT.on([self.own(person, at)], [self.within_s])

    def count_all(self, at: float) -> Call:
        """Counts one more of anybody."""
        return COUNT.on([flood(self.what, int(at) // _OVERALL_WINDOW_S)], [_OVERALL_WINDOW_S])

    async def take_back(self, at: float) -> None:
        """Uncount one in the total: a single person cannot use up everybody's allowance."""
        async with named_failure():
            await self.redis.decr(flood(self.what, int(at) // _OVERALL_WINDOW_S))

    async def dropped(self, at: float) -> int:
        """How many were left unanswered on the day of `at` (UTC)."""
        async with named_failure():
            return int(await self.redis.get(dropped(self.what, _day(at))) or 0)


def _day(at: float) -> str:
    return str(int(at) // DAY_S)
