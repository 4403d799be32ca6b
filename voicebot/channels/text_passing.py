"""Texts that are for a mediator: while one answers, and after they closed the request."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from voicebot.dialogue.meaning import NO_INTENT, Meaning
from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff import exchange
from voicebot.handoff.exchange import AFTERWARDS_S
from voicebot.handoff.ticket import Ticket
from voicebot.handoff.words import shortened
from voicebot.nlu.asides import SMALL
from voicebot.privacy import redact
from voicebot.store.threads import Message, Threads
from voicebot.store.tickets import Tickets

#: What is answered to somebody who writes after their request was closed.
PASSED_ON: Final = "sms.passed_on"
#: Words; a keyword has no more.
_KEYWORD: Final = 4


@dataclass(frozen=True)
class TextPassing:
    """Puts texts into threads, and tells the tickets."""

    tickets: Tickets
    threads: Threads

    async def to_holder(self, person: str, ticket: str, message: Message) -> None:
        """The mediator who has `ticket` gets what the person wrote, and sees that it is new."""
        await self.threads.add(person, message)
        words, at = _told(message), message.at
        with suppress(TicketMissing, TicketRefused):  # it was erased or closed just now
            await self.tickets.change(ticket, lambda one: exchange.wrote(one, words, at))

    async def after_closing(self, person: str, at: float) -> Ticket | None:
        """The person's latest request, if a mediator texted about it and closed it within the last week."""
        known = await self.tickets.of(person)
        latest = known[-1] if known else None
        if latest is None or latest.state != "closed" or at - latest.since > AFTERWARDS_S:
            return None
        written = await self.threads.of(person, latest.id)
        return latest if any(message.author for message in written) else None

    async def reopen(self, ticket: Ticket, message: Message) -> None:
        """What the person wrote opens the request again, with the mediator who closed it."""
        await self.threads.add(ticket.person, message)
        words, at = _told(message), message.at
        with suppress(TicketMissing, TicketRefused):  # a colleague opened it just now
            await self.tickets.change(ticket.id, lambda one: exchange.wrote_after(one, words, at))
        await self.threads.hold(ticket.person, ticket.id)


def is_for_assistant(meaning: Meaning, text: str) -> bool:
    """Whether the assistant answers even after a mediator: a danger, a thank you, a keyword.

    What is longer goes on with what was talked about, even if it names a letter or a card.
    """
    if meaning.danger is None and len(text.split()) > _KEYWORD:
        return False
    small = (meaning.aside or "").startswith(f"{SMALL}.")
    return (
        small or meaning.danger is not None or (meaning.intent != NO_INTENT and meaning.certainty == "sure")
    )


def _told(message: Message) -> str:
    return shortened(redact(message.text))
