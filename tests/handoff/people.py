"""Tickets and mediators for the tests."""

from __future__ import annotations

from typing import Any

from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket, opened
from voicebot.records import Record, TicketRequest

RECORD: dict[str, Any] = {
    "kind": "ticket",
    "id": "CA1:4",
    "at": 1000.0,
    "reason": "asked",
    "priority": "normal",
    "topic": "rsa",
    "place": ["rsa", "france"],
    "answered": 3,
    "person": "p1",
    "session": "CA1",
    "channel": "voice",
    "slots": {"age": 40, "code_postal": "93200"},
}


def request(**fields: Any) -> tuple[str, float, TicketRequest]:
    """The name of a request, when it was made, and the request."""
    record = Record.of({**RECORD, **fields})
    assert isinstance(record.order, TicketRequest)
    return record.id, record.at, record.order


def ticket(**fields: Any) -> Ticket:
    """A ticket fresh from its record; its id makes the session and the person different ones."""
    number = str(fields.pop("id", "CA1:4"))
    session = number.partition(":")[0]
    own = {"id": number, "session": session, "person": f"p-{session}"}
    return opened(*request(**own, **fields))


def mediator(number: str, **fields: Any) -> Mediator:
    """Somebody on duty who can be rung."""
    return Mediator(**{"id": number, "name": number, "phone": "+33639980100", "on_duty": True, **fields})
