"""A ticket by telephone: the person on the line, the mediator who is rung, their talk. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voicebot.errors import TicketRefused
from voicebot.handoff.ticket import Offer, Ticket, told

#: Seconds. A mediator who is rung and does not react in this time did not take the call, reported or not.
OFFER_S: Final = 60.0
#: Seconds before a planned call-back at which its mediator is reminded, and after which it is no news.
REMINDED_S: Final = 600.0
#: Seconds to wait before each repetition of a missed call-back; after that it is left to the mediators.
MISSED_WAITS_S: Final = (30 * 60.0, 3 * 3600.0)


def hold_line(ticket: Ticket, call: str, at: float) -> Ticket:
    """The person waits on the line, in the call with the SID `call`."""
    if ticket.state == "closed":
        raise TicketRefused("wait on the line", ticket.state, "")
    if ticket.line == call:
        return ticket
    return told(replace(ticket, line=call, tried={}), at, "", "on_line")


def leave_line(ticket: Ticket, call: str, why: str, at: float) -> Ticket:
    """The person no longer waits on the line: they hung up, or chose a call-back (`why`).

    If their talk with a mediator had been cut off, the ticket goes to that mediator, who knows what is left
    to do.
    """
    if ticket.line != call:
        return ticket
    left = told(replace(ticket, line=None, offer=None), at, "", "off_line", why)
    last = ticket.last_mediator
    if ticket.state != "waiting" or not ticket.first or last is None:
        return left
    return told(replace(left, state="claimed", claimed_by=last, first=False), at, last, "claimed", why)


def is_offered(ticket: Ticket, at: float) -> bool:
    """Whether a mediator is being rung."""
    return ticket.offer is not None and at < ticket.offer.at + OFFER_S


def is_for(ticket: Ticket, mediator: str, offered_at: float, at: float) -> bool:
    """Whether the mediator rung at `offered_at` may still take it: the offer stands, or it is theirs."""
    stands = ticket.offer is not None and (ticket.offer.mediator, ticket.offer.at) == (mediator, offered_at)
    return (stands and is_offered(ticket, at)) or (ticket.state, ticket.claimed_by) == ("claimed", mediator)


def offer(ticket: Ticket, mediator: str, at: float) -> Ticket:
    """Ring a mediator about a waiting ticket, or about their own."""
    own = ticket.state == "claimed" and ticket.claimed_by == mediator
    if is_offered(ticket, at) or not (ticket.state == "waiting" or own):
        raise TicketRefused("ring a mediator", ticket.state, _holder(ticket))
    return told(replace(ticket, offer=Offer(mediator, at)), at, mediator, "offered")


def named(ticket: Ticket, mediator: str, call: str) -> Ticket:
    """Twilio gave the mediator's call a SID."""
    if ticket.offer is None or ticket.offer.mediator != mediator:
        return ticket
    return replace(ticket, offer=replace(ticket.offer, call=call))


def decline(ticket: Ticket, mediator: str, why: str, at: float) -> Ticket:
    """The mediator does not take the call: refused, unanswered, a machine (`why`). Idempotent."""
    if ticket.offer is None or ticket.offer.mediator != mediator:
        return ticket
    tried = {**ticket.tried, mediator: at}
    return told(replace(ticket, offer=None, tried=tried), at, mediator, "declined", why)


def start_call(ticket: Ticket, who: str, at: float) -> Ticket:
    """A mediator talks with the person: one who was rung and took a waiting ticket, or the ticket's owner.

    Reporting the same call twice changes nothing.
    """
    own = ticket.claimed_by == who
    if own and ticket.state == "in_call":
        return ticket
    if not (ticket.state == "waiting" or (own and ticket.state == "claimed")):
        raise TicketRefused("start a call", ticket.state, _holder(ticket))
    wishes = replace(ticket.wishes, call_back_at=None)
    talking = replace(
        ticket, state="in_call", claimed_by=who, offer=None, first=False, tried={}, wishes=wishes
    )
    return told(talking, at, who, "call_started")


def end_call(ticket: Ticket, who: str, at: float) -> Ticket:
    """The talk is over; the ticket stays with the mediator until they close it. Idempotent."""
    if ticket.state != "in_call" or ticket.claimed_by != who:
        return ticket
    return told(replace(ticket, state="claimed"), at, who, "call_ended")


def return_to_queue(ticket: Ticket, call: str, at: float) -> Ticket:
    """The mediator is gone and the person still on the line `call`: they become first among their kind."""
    if ticket.line != call or ticket.state not in ("in_call", "claimed"):
        return ticket
    waiting = replace(ticket, state="waiting", claimed_by=None, offer=None, first=True, tried={})
    return told(waiting, at, ticket.claimed_by or "", "returned")


def miss_call_back(ticket: Ticket, who: str, next_at: float | None, at: float) -> Ticket:
    """The person missed our call: back into the queue, to be tried again at `next_at` (None: by hand)."""
    if ticket.state != "in_call" or ticket.claimed_by != who:
        return ticket
    wishes = replace(ticket.wishes, call_back_at=next_at)
    missed = replace(ticket, state="waiting", claimed_by=None, wishes=wishes, missed=ticket.missed + 1)
    return told(missed, at, who, "call_back_missed")


def next_try(ticket: Ticket, at: float) -> float | None:
    """When to repeat a call-back that was just missed (Unix seconds); None if it was tried often enough."""
    return at + MISSED_WAITS_S[ticket.missed] if ticket.missed < len(MISSED_WAITS_S) else None


def is_due(ticket: Ticket, at: float) -> bool:
    """Whether its mediator should be reminded of a planned call-back: from ten minutes before it on."""
    due = ticket.wishes.call_back_at
    return ticket.state == "claimed" and due is not None and due - REMINDED_S <= at < due + REMINDED_S


def _holder(ticket: Ticket) -> str:
    return ticket.claimed_by or (ticket.offer.mediator if ticket.offer else "")
