"""A ticket in writing: who answers it, what the person writes, what has been read. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voicebot.handoff.ticket import Ticket, need, need_own, told

#: Seconds after which a request that was given to a mediator who did nothing about it goes to somebody else.
GIVEN_FOR_S: Final = 3600.0
#: Seconds after closing during which what the person writes belongs to the closed request.
AFTERWARDS_S: Final = 7 * 24 * 3600.0


def wrote(ticket: Ticket, words: str, at: float) -> Ticket:
    """The person wrote `words` (redacted) to the mediator who has the ticket."""
    need(ticket, "hear from the person", "waiting", "claimed", "in_call")
    return told(replace(ticket, words=words or ticket.words, news_at=at), at, "", "wrote")


def wrote_after(ticket: Ticket, words: str, at: float) -> Ticket:
    """The person wrote although the ticket was closed: it is open again, with the mediator who closed it."""
    need(ticket, "reopen", "closed")
    last = ticket.last_mediator
    again = replace(
        ticket,
        state="claimed" if last else "waiting",
        claimed_by=last,
        outcome="",
        words=words or ticket.words,
        news_at=at,
    )
    return told(again, at, "", "wrote_after")


def answered(ticket: Ticket, who: str, at: float) -> Ticket:
    """Its mediator wrote to the person, and so has read what there was."""
    need_own(ticket, who, "answer", "claimed", "in_call")
    return told(replace(ticket, read_at=at), at, who, "answered")


def read(ticket: Ticket, who: str, at: float) -> Ticket:
    """Its mediator looked at it. Nothing changes if there was nothing new, or if it is somebody else's."""
    return replace(ticket, read_at=at) if ticket.claimed_by == who and ticket.unread else ticket


def give(ticket: Ticket, to: str, at: float) -> Ticket:
    """The service gives a waiting ticket to the mediator `to`."""
    need(ticket, "give", "waiting")
    given = replace(ticket, state="claimed", claimed_by=to, offer=None, given_at=at, news_at=at)
    return told(given, at, to, "given")


def refuse(ticket: Ticket, who: str, at: float) -> Ticket:
    """The mediator to whom it was given does not take it; they are not asked again for a while."""
    need_own(ticket, who, "refuse", "claimed")
    return told(_back(ticket, who, at), at, who, "refused")


def give_back(ticket: Ticket, at: float) -> Ticket:
    """Nothing was done about it for an hour: it waits again. Otherwise nothing changes."""
    who = ticket.claimed_by
    if who is None or not is_neglected(ticket, at):
        return ticket
    return told(_back(ticket, who, at), at, who, "given_back")


def is_neglected(ticket: Ticket, at: float) -> bool:
    """Whether it was given to a mediator who has done nothing about it for an hour."""
    return ticket.state == "claimed" and 0 < ticket.given_at <= at - GIVEN_FOR_S


def _back(ticket: Ticket, who: str, at: float) -> Ticket:
    return replace(ticket, state="waiting", claimed_by=None, given_at=0.0, tried={**ticket.tried, who: at})
