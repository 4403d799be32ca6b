"""A text arrives: everything that must be known of who sent it, in one round trip to Redis."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.store.floods import Floods, Verdict
from voicebot.store.keys import INDEX_TTL_S, SESSION_TTL_S, PersonKeys
from voicebot.store.known import Known, looked_at
from voicebot.store.scripts import ARRIVE, Call
from voicebot.store.sessions import Sessions

#: Where nobody minds how many texts come.
_NO_LIMIT, _NO_WINDOW_S = 1 << 31, 60


@dataclass(frozen=True)
class Arrival:
    """Who texted. `known` is None where the text is not to be answered; nothing was looked up then."""

    opted_out: bool
    verdict: Verdict
    known: Known | None = None


@dataclass(frozen=True)
class Arrivals:
    """What the store knows of who texts. The conversation of a person by text lasts a day."""

    sessions: Sessions
    floods: Floods | None = None

    async def arrive(self, person: str, new_id: str, at: float) -> Arrival:
        """A text of `person` is counted; `new_id` is their conversation when none goes on."""
        counted = (self.floods.count_all(at),) if self.floods else ()
        (out, mine, *found), *all_ = await self.sessions.ask(self._call(person, new_id, at), *counted)
        verdict = await self._verdict(person, at, mine, *all_)
        return Arrival(bool(out), verdict, Known(self.sessions.privacy, person, *found) if found else None)

    async def look_anyway(self, person: str, new_id: str, at: float) -> Known:
        """What is known of who is answered whatever they did; their text is not counted again."""
        ((_, _, *found),) = await self.sessions.ask(self._call(person, new_id, at, anyway=True))
        return Known(self.sessions.privacy, person, *found)

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
