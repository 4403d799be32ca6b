"""What flows and the desk ask about mediators: does somebody answer now, and when could they call back?"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Final

from voicebot.dialogue.meaning import Value
from voicebot.jobs.hours import CallingHours
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.sessions import Sessions
from voicebot.switchboard.opening_times import PARIS, HalfDay, half_days, hour_of, is_open, within

Slots = Mapping[str, Value]
Lookup = Callable[[Slots], Awaitable[dict[str, Value]]]

#: The lookups of flows and the slots that each fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "permanence": ("permanence",),
    "call_back_moments": ("moments", "rappel"),
    "call_back_time": ("rappel_at", "rappel_jour", "rappel_de", "rappel_a"),
}
#: How many half days are offered.
_OFFERED: Final = 3
_NONE: Final = "none"
#: The answer where nobody can be connected: what is wanted is noted.
MESSAGE: Final = "message"


async def noted(slots: Slots) -> dict[str, Value]:
    """The lookup `permanence` where nobody can be connected: tried out, replayed, walked through."""
    return {"permanence": MESSAGE}


@dataclass(frozen=True)
class Duty:
    """The mediators' hours. `can_ring`: whether calls can be made at all (an account of Twilio's)."""

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
        """The first moment from `at` on at which mediators work and the person may be called."""
        week, number = await self.opening.week(), await self.sessions.number(person)
        for _ in range(_OFFERED):  # each pass moves it to the next opening of one or the other
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
        """`on_line`: wait for a mediator; `call_back`: choose a moment; `message`: leave a message."""
        if slots["channel"] == "sms":
            return {"permanence": MESSAGE}
        if await self.somebody_answers():
            return {"permanence": "on_line"}
        reachable = await self.sessions.number(str(slots["person"]))
        return {"permanence": "call_back" if reachable else MESSAGE}

    async def _moments(self, slots: Slots) -> dict[str, Value]:
        """The next half days; who chooses none of them gets the first."""
        names = [half.name for half in await self._half_days(str(slots["person"]))]
        return {"moments": ",".join(names) or _NONE, "rappel": names[0] if names else _NONE}

    async def _time(self, slots: Slots) -> dict[str, Value]:
        """When the chosen half day is: its moments, its day, and the hours to be told."""
        offered = await self._half_days(str(slots["person"]))
        half = next((one for one in offered if one.name == slots.get("rappel")), None) or offered[0]
        return {
            "rappel_at": half.start,
            "rappel_jour": datetime.fromtimestamp(half.start, PARIS).date().isoformat(),
            "rappel_de": hour_of(half.start),
            "rappel_a": hour_of(half.end),
        }

    async def _half_days(self, person: str) -> list[HalfDay]:
        """Those within the hours at which the person may be called where they live."""
        week, number = await self.opening.week(), await self.sessions.number(person)
        if number is None:
            return []
        fit = (half for half in half_days(week, self.clock()) if self._may_call(number, half))
        return list(islice(fit, _OFFERED))

    def _may_call(self, number: str, half: HalfDay) -> bool:
        return self.hours.opening(number, half.start) == half.start
