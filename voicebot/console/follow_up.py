"""Asking a person a week later how it went: a text that waits in the outbox, whose answer begins a flow."""

from __future__ import annotations

from typing import Final

from voicebot.console.desk import Desk
from voicebot.handoff.ticket import Ticket
from voicebot.numbers import is_textable
from voicebot.store.keys import DAY_S
from voicebot.store.sessions import Record

_LATER_S: Final = 7.0 * DAY_S
_PROMPT: Final = "sms.news"


async def plan_follow_up(desk: Desk, ticket: Ticket) -> None:
    """Ask the person of a closed ticket in a week, if they can be texted and their procedure is known."""
    number = await desk.sessions.number(ticket.person)
    if ticket.topic not in desk.flows.by_name or not is_textable(number):
        return
    at = desk.clock() + _LATER_S
    told = {"topic": "", "notes": [_PROMPT], "slots": {"topic": ticket.topic}, "person": ticket.person}
    await desk.sessions.plan_follow_up(ticket.person, str(ticket.topic), at)
    await desk.sessions.add(ticket.person, Record("sms", _record(ticket), at, told))


async def drop_follow_up(desk: Desk, ticket: Ticket) -> None:
    """The ticket is open again: whoever has it asks."""
    await desk.sessions.end_follow_up(ticket.person)
    await desk.sessions.drop(ticket.person, "sms", _record(ticket))


def _record(ticket: Ticket) -> str:
    """One question for each time that the ticket was closed."""
    times = sum(entry.what == "closed" for entry in ticket.history)
    return f"{ticket.id}:news:{times}"
