"""Tickets as the console sees them, and what it asks of the queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Value

State = Literal["waiting", "claimed", "in_call", "closed"]


@dataclass(frozen=True)
class Entry:
    """One line of a ticket's history: `did` is a code, `who` an account ("" for the machine)."""

    at: float
    did: str
    who: str = ""
    note: str = ""


@dataclass(frozen=True)
class Ticket:
    """A person who asked for a human. `since` is when `state` was reached; times in Unix seconds."""

    id: str
    person: str
    session: str
    channel: str
    topic: str | None
    reason: str
    priority: Priority
    state: State
    opened_at: float
    since: float
    mediator: str = ""
    slots: Mapping[str, Value] = field(default_factory=dict)
    place: str = ""
    language: str = ""
    wish: str = ""
    outcome: str = ""
    history: tuple[Entry, ...] = ()


class Tickets(Protocol):
    """The queue. What changes a ticket gives it as it is afterwards, None when that is not possible now."""

    async def get(self, ticket_id: str) -> Ticket | None:
        """The ticket; None when it was erased."""

    async def all(self) -> Sequence[Ticket]:
        """Every ticket that is kept, in any order."""

    async def of(self, person: str) -> Sequence[Ticket]:
        """The tickets of a person."""

    async def claim(self, ticket_id: str, who: str) -> Ticket | None:
        """Take a waiting ticket."""

    async def release(self, ticket_id: str, who: str) -> Ticket | None:
        """Put one's own ticket back into the queue."""

    async def transfer(self, ticket_id: str, who: str, to: str) -> Ticket | None:
        """Hand one's own ticket to a colleague."""

    async def note(self, ticket_id: str, who: str, text: str) -> Ticket | None:
        """Write into the history of one's own ticket."""

    async def close(self, ticket_id: str, who: str, outcome: str) -> Ticket | None:
        """Done with one's own ticket."""

    async def reopen(self, ticket_id: str, who: str) -> Ticket | None:
        """Take a closed ticket again."""

    async def call(self, ticket_id: str, who: str) -> Ticket | None:
        """Ring the mediator, then the person."""
