"""Tickets as rows of the queue: named, ordered, sorted into who has them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from voicebot.console.names import topic_name
from voicebot.console.tickets import State, Ticket
from voicebot.dialogue.action import Priority
from voicebot.prompts import Prompts

_URGENCY: Final[Mapping[Priority, int]] = {"danger": 0, "high": 1, "normal": 2}
#: Closed tickets shown under the queue, to be reopened.
_MOST_CLOSED: Final = 10


@dataclass(frozen=True)
class Row:
    """What a glance must show. `mediator` is a name; `mine`: whether it is the reader's own."""

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
        return Row(
            ticket.id,
            ticket.priority,
            ticket.state,
            topic_name(self.prompts, ticket.topic),
            ticket.reason,
            ticket.channel,
            ticket.since,
            self.now,
            ticket.place,
            ticket.wish,
            self.people.get(ticket.mediator, ""),
            bool(ticket.mediator) and ticket.mediator == self.reader,
        )

    def queue(self, tickets: Iterable[Ticket]) -> Queue:
        """All tickets, sorted."""
        rows = [self.row(ticket) for ticket in tickets]
        busy = sorted((row for row in rows if row.state in ("claimed", "in_call")), key=lambda row: row.since)
        closed = sorted((row for row in rows if row.state == "closed"), key=lambda row: -row.since)
        return Queue(
            mine=tuple(row for row in busy if row.mine),
            waiting=tuple(sorted((row for row in rows if row.state == "waiting"), key=_urgency)),
            others=tuple(row for row in busy if not row.mine),
            closed=tuple(closed[:_MOST_CLOSED]),
        )


def _urgency(row: Row) -> tuple[int, float, str]:
    return _URGENCY[row.priority], row.since, row.id
