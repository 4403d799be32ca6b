"""What flows and the console ask about mediators: does anybody answer now, and when could they call back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from voicebot.dialogue.meaning import Value
from voicebot.outbox.calling_hours import CallingHours
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.sessions import Sessions
from voicebot.switchboard.opening_times import PARIS, HalfDay, half_days, hour_of, is_open, within

Slots = Mapping[str, Value]
Lookup = Callable[[Slots], Awaitable[dict[str, Value]]]

#: The flows' lookups, each with the slots it fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "permanence": ("permanence", "reponse_jour", "reponse_de"),
    "call_back_moments": ("moments", "rappel"),
    "call_back_time": ("rappel_at", "rappel_jour", "rappel_de", "rappel_a", "rappel_possible"),
}
#: How many half days are offered.
_OFFERED: Final = 3
#: How many half days are looked through for the one that a person wishes: those of a week.
_WISHED: Final = 14
_NONE: Final = "none"
#: The answer if nobody can be connected: the person's wish is noted.
MESSAGE: Final = "message"
#: The answer by text: as above, and it is known when mediators work next.
_DATED: Final = "message_dated"


async def noted(slots: Slots) -> dict[str, Value]:
    """The lookup `permanence` where nobody can be connected: in trials, replays and walkthroughs."""
    return {"permanence": MESSAGE}


@dataclass(frozen=True)
class Duty:
    """The mediators' hours. `can_ring`: whether calls can be made at all (it takes a Twilio account)."""

    opening: Opening
    mediators: Mediators
    sessions: Sessions
    clock: Callable[[], float]
    hours: CallingHours
    can_ring: bool

    async def somebody_answers(self) -> bool:
        """Whether it makes sense to wait on the line: it is open, and somebody on duty can be rung."""
        if not self.can_ring or not is_open(await self.opening.week(), self.clock()):
            return False
        return any(one.can_be_rung for one in await self.mediators.all())

    async def next_call(self, person: str, at: float) -> float | None:
        """The first moment from `at` on (Unix seconds) when mediators work and the person may be called."""
        week, number = await self.opening.week(), await self.sessions.people.number(person)
        for _ in range(_OFFERED):  # each pass moves it to the next opening of either
            moment = within(week, at)
            if moment is None or number is None:
                return None
            at = self.hours.opening(number, moment)
            if at == moment:
                return at
        return None

    def lookups(self) -> dict[str, Lookup]:
        """The functions behind `LOOKUPS`. They read `person` and `channel`, which the runner adds."""
        return {
            "permanence": self._permanence,
            "call_back_moments": self._moments,
            "call_back_time": self._time,
        }

    async def _permanence(self, slots: Slots) -> dict[str, Value]:
        """`on_line`: wait for a mediator; `call_back`: choose a time; `message`: leave a message.

        By text `message_dated` when it is known from when on a mediator can answer.
        """
        if slots["channel"] == "sms":
            return await self._by_text(str(slots["person"]))
        if await self.somebody_answers():
            return {"permanence": "on_line"}
        reachable = await self.sessions.people.number(str(slots["person"]))
        return {"permanence": "call_back" if reachable else MESSAGE}

    async def _by_text(self, person: str) -> dict[str, Value]:
        at = await self.next_call(person, self.clock())
        if at is None:
            return {"permanence": MESSAGE}
        day = datetime.fromtimestamp(at, PARIS).date().isoformat()
        return {"permanence": _DATED, "reponse_jour": day, "reponse_de": hour_of(at)}

    async def _moments(self, slots: Slots) -> dict[str, Value]:
        """The next half days; a person who chooses none of them gets the first."""
        names = [half.name for half in await self._half_days(str(slots["person"]))]
        return {"moments": ",".join(names) or _NONE, "rappel": names[0] if names else _NONE}

    async def _time(self, slots: Slots) -> dict[str, Value]:
        """The times of the chosen half day, or of the next one if nobody works then.

        Its moments, its day, and the hours to announce.
        """
        offered = await self._half_days(str(slots["person"]), _WISHED)
        wished = next((one for one in offered if one.name == slots.get("rappel")), None)
        half = wished or offered[0]
        return {
            "rappel_possible": "yes" if wished else "no",
            "rappel_at": half.start,
            "rappel_jour": datetime.fromtimestamp(half.start, PARIS).date().isoformat(),
            "rappel_de": hour_of(half.start),
            "rappel_a": hour_of(half.end),
        }

    async def _half_days(self, person: str, most: int = _OFFERED) -> list[HalfDay]:
        """Those within the hours at which the person may be called where they live."""
        week, number = await self.opening.week(), await self.sessions.people.number(person)
        if number is None:
            return []
        fit = (half for half in half_days(week, self.clock()) if self._may_call(number, half))
        return list(islice(fit, most))

    def _may_call(self, number: str, half: HalfDay) -> bool:
        return self.hours.opening(number, half.start) == half.start
