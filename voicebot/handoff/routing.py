"""Who is offered to whom: pure, so that any order of events can be tried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from voicebot.handoff.calling import is_offered
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import PRIORITIES, Ticket

#: Who did not take a person's call is asked again about them after so long, when nobody else took it.
REST_S: Final = 120.0
#: A talk that lasts longer than this was ended without anybody telling us.
LONGEST_TALK_S: Final = 3 * 3600.0


@dataclass(frozen=True)
class Pairing:
    """Ring `mediator` about `ticket` (both are ids)."""

    ticket: str
    mediator: str


def queue_order(ticket: Ticket) -> tuple[bool, bool, int, float, str]:
    """Sorts a queue: danger first, then who was cut off, then priority, then who waits longest."""
    urgency = PRIORITIES.index(ticket.priority)
    return urgency > 0, not ticket.first, urgency, ticket.opened_at, ticket.id


def in_queue(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The people who hold the line and wait, the next one first."""
    return sorted((t for t in tickets if t.state == "waiting" and t.line), key=queue_order)


def route(tickets: Iterable[Ticket], mediators: Iterable[Mediator], at: float) -> tuple[Pairing, ...]:
    """Whom to ring now, each mediator once and each ticket once.

    A ticket is routed when the person holds the line, or when their call-back is due. Mediators must be on
    duty and free; who did not take this person's call rests a while.
    """
    known = list(tickets)
    busy = {who for ticket in known for who in _busy_with(ticket, at)}
    free = [one for one in mediators if one.can_be_rung and one.id not in busy]
    pairings = []
    for ticket in sorted((one for one in known if needs_mediator(one, at)), key=queue_order):
        able = [one for one in free if at >= ticket.tried.get(one.id, at - REST_S) + REST_S]
        if able:
            chosen = min(able, key=lambda one: _fit(ticket, one))
            free.remove(chosen)
            pairings.append(Pairing(ticket.id, chosen.id))
    return tuple(pairings)


def needs_mediator(ticket: Ticket, at: float) -> bool:
    """Whether a mediator should be rung about it now."""
    due = ticket.wishes.call_back_at
    wanted = ticket.line is not None or (due is not None and due <= at)
    return ticket.state == "waiting" and wanted and not is_offered(ticket, at)


def _busy_with(ticket: Ticket, at: float) -> Iterable[str]:
    """Who is talking with this person, or being rung about them."""
    if ticket.state == "in_call" and ticket.claimed_by and at < ticket.since + LONGEST_TALK_S:
        yield ticket.claimed_by
    if ticket.offer and is_offered(ticket, at):
        yield ticket.offer.mediator


def _fit(ticket: Ticket, mediator: Mediator) -> tuple[int, int, float, str]:
    """Sorts mediators: those of the territory, then those who know the topic, then the longest idle."""
    return (
        _match(ticket.territory, mediator.territories),
        _match(ticket.topic, mediator.skills),
        mediator.last_busy_at,
        mediator.id,
    )


def _match(wanted: str | None, offered: tuple[str, ...]) -> int:
    """0: exactly this, 1: everything, 2: something else."""
    if not offered:
        return 1
    return 0 if wanted in offered else 2
