"""A text arrives: everything that must be known about its sender, in one round trip to Redis."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voicebot.store.keys import INDEX_TTL_S, SESSION_TTL_S, PersonKeys
from voicebot.store.person_snapshot import PersonSnapshot, looked_at
from voicebot.store.rate_limiter import RateLimiter, Verdict
from voicebot.store.scripts import ARRIVE, Call
from voicebot.store.sessions import Sessions

#: For services that do not limit how many texts may come.
_NO_LIMIT, _NO_WINDOW_S = 1 << 31, 60


@dataclass(frozen=True)
class Arrival:
    """Who texted. `known` is None if the text must not be answered; nothing was looked up then."""

    opted_out: bool
    verdict: Verdict
    known: PersonSnapshot | None = None


@dataclass(frozen=True)
class Arrivals:
    """What the store knows about people who text. A person's conversation by text lasts a day."""

    sessions: Sessions
    floods: RateLimiter | None = None

    async def arrive(self, person: str, new_id: str, at: float) -> Arrival:
        """Count a text from `person`; `new_id` is their conversation if none is in progress."""
        counted = (self.floods.count_all(at),) if self.floods else ()
        (out, mine, *found), *all_ = await self.sessions.ask(self._call(person, new_id, at), *counted)
        verdict = await self._verdict(person, at, mine, *all_)
        return Arrival(bool(out), verdict, await self._snapshot(person, *found) if found else None)

    async def look_anyway(self, person: str, new_id: str, at: float) -> PersonSnapshot:
        """What is known about somebody who is answered in any case; their text is not counted again."""
        ((_, _, *found),) = await self.sessions.ask(self._call(person, new_id, at, anyway=True))
        return await self._snapshot(person, *found)

    async def _snapshot(self, person: str, *found: Any) -> PersonSnapshot:
        return PersonSnapshot(await self.sessions.privacy.of(person), person, *found)

    def _call(self, person: str, new_id: str, at: float, anyway: bool = False) -> Call:
        keys, floods = PersonKeys(person), self.floods
        own = floods.own(person, at) if floods else keys.flood("texts", 0)
        limits = (floods.of_one, floods.within_s) if floods else (_NO_LIMIT, _NO_WINDOW_S)
        others = (keys.opted_out(), own, keys.held(), keys.texting(), keys.index())
        lives = (SESSION_TTL_S, INDEX_TTL_S)
        return ARRIVE.on(
            (*looked_at(keys), *others), (new_id, keys.session(""), *lives, *limits, int(anyway))
        )

    async def _verdict(self, person: str, at: float, mine: int, all_: int = 0) -> Verdict:
        if self.floods is None:
            return "answer"
        if mine > self.floods.of_one:
            await self.floods.take_back(at)
        return await self.floods.weigh(person, at, mine, all_)
