"""Texts between the person and a mediator, with what became of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.console.desk import Desk
from voicebot.console.pages import words
from voicebot.handoff.ticket import Ticket
from voicebot.store.outbox import Ref
from voicebot.store.threads import Message


@dataclass(frozen=True)
class Shown:
    """A message as the page shows it. `delivery` is a state of `voicebot.delivery`; `failure`: why not."""

    at: float
    from_person: bool
    author: str
    text: str
    delivery: str = ""
    failure: str = ""


async def shown_messages(desk: Desk, ticket: Ticket, people: Mapping[str, str]) -> list[Shown]:
    """All messages about `ticket`, oldest first."""
    return [
        await _shown(desk, ticket.person, message, people)
        for message in await desk.threads.of(ticket.person, ticket.id)
    ]


async def _shown(desk: Desk, person: str, message: Message, people: Mapping[str, str]) -> Shown:
    if not message.author:
        return Shown(message.at, True, "", message.text)
    letter = await desk.outbox.open(Ref("sms", person, message.id))
    delivery = letter.delivery if letter else None
    state, code = (delivery.state, delivery.code) if delivery else ("waiting", None)
    failures = words()["failures"]
    failure = str(failures.get(code or "", failures["other"]))
    return Shown(message.at, False, people.get(message.author, ""), message.text, state, failure)
