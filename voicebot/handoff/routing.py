"""Who is offered to whom. Pure, so that any order of events can be tested."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from voicebot.handoff.calling import is_offered
from voicebot.handoff.exchange import GIVEN_FOR_S
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import PRIORITIES, Ticket
from voicebot.handoff.urgency import by_urgency

#: Seconds before a mediator who did not take a person's call is asked again, if nobody else took it.
REST_S: Final = 120.0
#: Requests that a mediator has at most before no further ones are given to them.
MOST_GIVEN: Final = 8
#: Seconds. A talk that seems to last longer ended without our being told.
LONGEST_TALK_S: Final = 3 * 3600.0


@dataclass(frozen=True)
class Pairing:
    """Ring `mediator` about `ticket` (both are ids)."""

    ticket: str
    mediator: str


def queue_order(ticket: Ticket) -> tuple[bool, bool, int, float, str]:
    """Sort key of a queue: danger first, then people who were cut off, then priority, then longest wait."""
    urgency = PRIORITIES.index(ticket.priority)
    return urgency > 0, not ticket.first, urgency, ticket.opened_at, ticket.id


def in_queue(tickets: Iterable[Ticket]) -> list[Ticket]:
    """The people who hold the line and wait, the next one first."""
    return sorted((t for t in tickets if t.state == "waiting" and t.line), key=queue_order)


def route(tickets: Iterable[Ticket], mediators: Iterable[Mediator], at: float) -> tuple[Pairing, ...]:
    """Whom to ring now: each mediator and each ticket at most once.

    A ticket is routed if the person holds the line, or if their call-back is due. Mediators must be on duty
    and
    free; one who did not take this person's call rests for a while.
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


def give_out(tickets: Iterable[Ticket], mediators: Iterable[Mediator], at: float) -> tuple[Pairing, ...]:
    """Which mediator on duty gets which request by text, like calls: territory, topic, then the fewest.

    Nobody gets more than MOST_GIVEN at a time, nor what they refused or left lying in the last hour.
    """
    known = list(tickets)
    on_duty = [one for one in mediators if one.on_duty]
    load = Counter(ticket.claimed_by for ticket in known if ticket.state in ("claimed", "in_call"))
    pairings = []
    for ticket in sorted((one for one in known if is_to_give(one)), key=lambda one: by_urgency(one, at)):
        able = [
            one
            for one in on_duty
            if load[one.id] < MOST_GIVEN and at >= ticket.tried.get(one.id, at - GIVEN_FOR_S) + GIVEN_FOR_S
        ]
        if able:
            chosen = min(able, key=lambda one: (*_fit(ticket, one)[:2], load[one.id], *_fit(ticket, one)[2:]))
            load[chosen.id] += 1
            pairings.append(Pairing(ticket.id, chosen.id))
    return tuple(pairings)


def is_to_give(ticket: Ticket) -> bool:
    """Whether it waits for an answer by text: nobody holds the line, no call-back is agreed on, no trial."""
    answerable = ticket.channel == "sms" and ticket.line is None and ticket.wishes.call_back_at is None
    return ticket.state == "waiting" and answerable and not ticket.trial


def needs_mediator(ticket: Ticket, at: float) -> bool:
    """Whether a mediator should be rung about it now."""
    due = ticket.wishes.call_back_at
    wanted = ticket.line is not None or (due is not None and due <= at)
    return ticket.state == "waiting" and wanted and not ticket.trial and not is_offered(ticket, at)


def _busy_with(ticket: Ticket, at: float) -> Iterable[str]:
    """Mediators who are talking with this person, or being rung about them."""
    if ticket.state == "in_call" and ticket.claimed_by and at < ticket.since + LONGEST_TALK_S:
        yield ticket.claimed_by
    if ticket.offer and is_offered(ticket, at):
        yield ticket.offer.mediator


def _fit(ticket: Ticket, mediator: Mediator) -> tuple[int, int, float, str]:
    """Sort key of mediators: those of the territory, then those who know the topic, then longest idle."""
    return (
        _match(ticket.territory, mediator.territories),
        _match(ticket.topic, mediator.skills),
        mediator.last_busy_at,
        mediator.id,
    )


def _match(wanted: str | None, offered: tuple[str, ...]) -> int:
    """0: exactly this one, 1: all of them, 2: others."""
    if not offered:
        return 1
    return 0 if wanted in offered else 2
