"""Waiting on the line: how many people are ahead of somebody, and about how long it takes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil
from typing import Final

from voicebot.handoff.mediator import Mediator
from voicebot.handoff.routing import in_queue
from voicebot.handoff.ticket import Ticket

#: Seconds that a mediator talks with one person on average. Estimate, until we have figures of our own.
TALK_S: Final = 6 * 60.0
#: Seconds after which a person who has not been taken is offered a call-back.
PATIENCE_S: Final = 60.0


def ahead_of(ticket: Ticket, tickets: Iterable[Ticket]) -> int:
    """How many people on the line are ahead of `ticket`."""
    order = [one.id for one in in_queue(tickets)]
    return order.index(ticket.id) if ticket.id in order else 0


def minutes_to_wait(ahead: int, tickets: Iterable[Ticket], mediators: Iterable[Mediator]) -> int:
    """About how many minutes somebody with `ahead` people before them waits, at least one.

    A free mediator comes at once; each of those who are talking becomes free after half a talk on average.
    """
    on_duty = {one.id for one in mediators if one.can_be_rung}
    talking = {t.claimed_by for t in tickets if t.state == "in_call" and t.claimed_by in on_duty}
    to_come = ahead - (len(on_duty) - len(talking))
    if to_come < 0:
        return 1
    return max(1, ceil((0.5 + to_come // max(1, len(on_duty))) * TALK_S / 60))


def waits_since(ticket: Ticket) -> float:
    """Since when the person has been waiting on the line this time (Unix seconds)."""
    began = [entry.at for entry in ticket.history if entry.what in ("on_line", "returned")]
    return began[-1] if began else ticket.opened_at
