"""Asking a person a week later how it went: a text waits in the outbox, and its answer starts a flow."""

from __future__ import annotations

from typing import Final

from voicebot.console.desk import Desk
from voicebot.handoff.ticket import Ticket
from voicebot.records import Record, TextOrder
from voicebot.store.keys import DAY_S
from voicebot.telephony.phone_numbers import is_textable

_LATER_S: Final = 7.0 * DAY_S
_PROMPT: Final = "sms.news"


async def plan_follow_up(desk: Desk, ticket: Ticket) -> None:
    """Ask the person of a closed ticket a week later, if they can be texted and their procedure is known."""
    number = await desk.sessions.people.number(ticket.person)
    if ticket.topic not in desk.flows.by_name or not is_textable(number):
        return
    at = desk.clock() + _LATER_S
    order = TextOrder(person=ticket.person, notes=(_PROMPT,), slots={"topic": str(ticket.topic)})
    await desk.sessions.people.plan_follow_up(ticket.person, str(ticket.topic), at)
    await desk.sessions.add(ticket.person, Record(_record(ticket), at, order))


async def drop_follow_up(desk: Desk, ticket: Ticket) -> None:
    """Cancel the question: the ticket is open again, so its mediator will ask."""
    await desk.sessions.people.end_follow_up(ticket.person)
    await desk.sessions.drop(ticket.person, "sms", _record(ticket))


def _record(ticket: Ticket) -> str:
    """A separate question for each time the ticket was closed."""
    times = sum(entry.what == "closed" for entry in ticket.history)
    return f"{ticket.id}:news:{times}"
