"""Tickets as rows of the queue: named, ordered, sorted into who has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from voicebot.console.names import topic_name
from voicebot.console.pages import moment, words
from voicebot.dialogue.action import Priority
from voicebot.handoff.calling import is_offered
from voicebot.handoff.routing import queue_order
from voicebot.handoff.ticket import State, Ticket
from voicebot.prompts import Prompts

#: Closed tickets shown under the queue, to be reopened.
MOST_CLOSED: Final = 10
_TOWN: Final = "ville"


@dataclass(frozen=True)
class Row:
    """What a glance must show.

    `since` is when the person asked, or when the state was reached. `mediator` is a name, and so is `rung`,
    who is being called about it. `mine`: whether it is the reader's own. `online`: the person holds the line.
    """

    id: str
    priority: Priority
    state: State
    topic: str
    reason: str
    channel: str
    since: float
    now: float
    place: str
    wish: str
    mediator: str
    mine: bool
    online: bool
    rung: str


@dataclass(frozen=True)
class Queue:
    """The tickets of the first page: waiting ones most urgent first, closed ones newest first."""

    mine: tuple[Row, ...]
    waiting: tuple[Row, ...]
    others: tuple[Row, ...]
    closed: tuple[Row, ...]


@dataclass(frozen=True)
class Naming:
    """How rows are made: names of topics and people, who reads, and when."""

    prompts: Prompts
    people: Mapping[str, str]
    reader: str
    now: float

    def row(self, ticket: Ticket) -> Row:
        """The row of `ticket`."""
        offer = ticket.offer if is_offered(ticket, self.now) else None
        return Row(
            ticket.id,
            ticket.priority,
            ticket.state,
            topic_name(self.prompts, ticket.topic),
            ticket.reason,
            ticket.channel,
            ticket.opened_at if ticket.state == "waiting" else ticket.since,
            self.now,
            place_of(ticket),
            wish_of(ticket),
            self.people.get(ticket.claimed_by or "", ""),
            ticket.claimed_by == self.reader,
            ticket.line is not None,
            self.people.get(offer.mediator, "") if offer else "",
        )

    def queue(self, tickets: Iterable[Ticket], closed: Iterable[Ticket]) -> Queue:
        """The open tickets sorted, the closed ones as they come."""
        known = sorted(tickets, key=queue_order)
        rows = [self.row(ticket) for ticket in known]
        return Queue(
            mine=tuple(row for row in rows if row.state != "waiting" and row.mine),
            waiting=tuple(row for row in rows if row.state == "waiting"),
            others=tuple(row for row in rows if row.state != "waiting" and not row.mine),
            closed=tuple(self.row(ticket) for ticket in closed),
        )


def place_of(ticket: Ticket) -> str:
    """Where the person lives, as far as they said: "Saint-Denis (93)"."""
    forms, town = words()["place"], ticket.slots.get(_TOWN)
    if town and ticket.territory:
        return str(forms["both"]).format(town=town, department=ticket.territory)
    if ticket.territory:
        return str(forms["department"]).format(department=ticket.territory)
    return str(town or "")


def wish_of(ticket: Ticket) -> str:
    """When the person would like to be called, "" when nothing was agreed."""
    when = ticket.wishes.call_back_at
    return "" if when is None else moment(when)
