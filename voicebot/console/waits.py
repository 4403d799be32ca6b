"""How long people waited and who answered them, from the requests themselves. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from voicebot.console.counting import SMALL, Shown, hidden, percent
from voicebot.console.pages import local
from voicebot.handoff.ticket import Ticket

#: What a mediator does to answer somebody.
_ANSWERS: Final = frozenset({"claimed", "call_started", "answered", "noted", "call_back_planned"})
#: Under which requests stand whose place nobody knows.
_NOWHERE: Final = ""


@dataclass(frozen=True)
class Waits:
    """`median_s` and `oldest_s` in seconds, None if too few people asked or nobody waits.

    `within_a_day` is the percentage of requests that a mediator took within 24 hours. `territories` and
    `weeks` (such as "2026-W05") count requests.
    """

    requests: int
    median_s: float | None
    oldest_s: float | None
    within_a_day: int | None
    territories: Sequence[tuple[str, Shown]]
    weeks: Sequence[tuple[str, Shown]]


def waits(tickets: Iterable[Ticket], since: float, now: float) -> Waits:
    """The figures of the requests opened from `since` on (both in Unix seconds); trials count for nothing."""
    known = [ticket for ticket in tickets if not ticket.trial]
    asked = [ticket for ticket in known if ticket.opened_at >= since]
    taken = [wait for ticket in asked if (wait := waited_s(ticket)) is not None]
    oldest = min((ticket.opened_at for ticket in known if ticket.state == "waiting"), default=None)
    in_time = sum(wait <= 24 * 3600 for wait in taken)
    late = sum(_is_late(ticket, now) for ticket in asked)
    return Waits(
        requests=len(asked),
        median_s=median(taken) if len(taken) >= SMALL else None,
        oldest_s=None if oldest is None else max(0.0, now - oldest),
        within_a_day=percent(in_time, late),
        territories=_counted(Counter(ticket.territory or _NOWHERE for ticket in asked)),
        weeks=_counted(Counter(_week(ticket.opened_at) for ticket in asked)),
    )


def waited_s(ticket: Ticket) -> float | None:
    """Seconds until a mediator first took the request; None if nobody has."""
    first = (entry.at for entry in ticket.history if entry.who and entry.what in _ANSWERS)
    return next((max(0.0, at - ticket.opened_at) for at in first), None)


def _is_late(ticket: Ticket, now: float) -> bool:
    """Whether it was not taken within a day, though a day is over."""
    wait = waited_s(ticket)
    return (now - ticket.opened_at if wait is None else wait) > 24 * 3600


def _counted(counts: Mapping[str, int]) -> list[tuple[str, Shown]]:
    names = sorted(counts, key=lambda name: (name == _NOWHERE, name))
    return list(zip(names, hidden([counts[name] for name in names]), strict=True))


def _week(at: float) -> str:
    year, week, _ = local(at).isocalendar()
    return f"{year}-W{week:02d}"
