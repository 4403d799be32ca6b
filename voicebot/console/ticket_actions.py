"""What a mediator does with a ticket: each answers with the page and a sentence, most with a way back."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Act, Visitor
from voicebot.console.pages import words
from voicebot.console.ticket_page import TicketPage
from voicebot.console.tickets import Ticket
from voicebot.store.sessions import Record
from voicebot.store.threads import Message

_LONGEST_NOTE: Final = 1000
_LONGEST_TEXT: Final = 600

Change = Callable[[str, str, Form], Awaitable[Ticket | None]]


def routes(desk: Desk) -> list[BaseRoute]:
    """The forms of `/tickets/{id}`."""
    actions, tickets = _Actions(desk), desk.tickets
    changes: dict[str, Change] = {
        "claim": lambda ticket, who, form: tickets.claim(ticket, who),
        "release": lambda ticket, who, form: tickets.release(ticket, who),
        "reopen": lambda ticket, who, form: tickets.reopen(ticket, who),
        "call": lambda ticket, who, form: tickets.call(ticket, who),
    }
    plain = [
        desk.guard.action(f"/tickets/{{id}}/{name}", actions.of(name, change))
        for name, change in changes.items()
    ]
    own = {"note": actions.note, "text": actions.text, "transfer": actions.transfer, "close": actions.close}
    return [*plain, *(desk.guard.action(f"/tickets/{{id}}/{name}", act) for name, act in own.items())]


@dataclass(frozen=True)
class _Actions:
    desk: Desk

    def of(self, name: str, change: Change) -> Act:
        """An action that needs no more than a button."""

        async def act(request: Request, visitor: Visitor, form: Form) -> Response:
            return await self._do(request, visitor, form, name, change)

        return act

    async def note(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Into the history."""
        text = form.text("note", _LONGEST_NOTE)
        if not text:
            return await TicketPage(self.desk).show(request, visitor, "empty")
        change: Change = lambda ticket, who, form: self.desk.tickets.note(ticket, who, text)  # noqa: E731
        return await self._do(request, visitor, form, "note", change)

    async def transfer(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """To a colleague whose account is open."""
        colleague = await self.desk.guard.accounts.get(form.text("to"))
        if colleague is None or not colleague.active:
            return await TicketPage(self.desk).show(request, visitor, "colleague")
        to = colleague.id
        change: Change = lambda ticket, who, form: self.desk.tickets.transfer(ticket, who, to)  # noqa: E731
        return await self._do(request, visitor, form, "transfer", change)

    async def close(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """With what came of it."""
        outcome = form.text("outcome")
        if outcome not in words()["outcomes"]:
            return await TicketPage(self.desk).show(request, visitor, "outcome")
        change: Change = lambda ticket, who, form: self.desk.tickets.close(ticket, who, outcome)  # noqa: E731
        return await self._do(request, visitor, form, "close", change)

    async def text(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """An SMS to the person, in the name of who has the ticket; the assistant is silent from now on."""
        ticket = await self._ticket(request)
        words_typed = form.text("text", 2 * _LONGEST_TEXT)
        if ticket.mediator != visitor.account.id or ticket.state == "closed":
            return self.desk.go(f"/tickets/{ticket.id}", "not_yours")
        if not words_typed or len(words_typed) > _LONGEST_TEXT:
            wrong = "too_long" if words_typed else "empty"
            return await TicketPage(self.desk).show(request, visitor, wrong, {"text": words_typed})
        await self._send(ticket, visitor, words_typed)
        await self.desk.note(visitor, "text", ticket.id)
        return self.desk.go(f"/tickets/{ticket.id}#thread-card", "text")

    async def _send(self, ticket: Ticket, visitor: Visitor, text: str) -> None:
        """Kept in the thread first: if the rest fails, it is seen there as not sent."""
        at, message_id = self.desk.clock(), f"{ticket.id}:{secrets.token_hex(6)}"
        await self.desk.threads.hold(ticket.person, ticket.id)
        await self.desk.threads.add(
            ticket.person, Message(message_id, ticket.id, at, visitor.account.id, text)
        )
        content = {"topic": "", "notes": [], "slots": {}, "person": ticket.person, "text": text}
        await self.desk.sessions.add(ticket.person, Record("sms", message_id, at, content))
        await self.desk.news.tell(ticket.id)

    async def _do(
        self, request: Request, visitor: Visitor, form: Form, name: str, change: Change
    ) -> Response:
        """Change the ticket, note who did, tell everybody who looks at it, say it on the page."""
        ticket = await self._ticket(request)
        after = await change(ticket.id, visitor.account.id, form)
        if after is None:
            return self.desk.go(f"/tickets/{ticket.id}", "too_late" if name == "claim" else "not_yours")
        await self._hold(after)
        await self.desk.note(visitor, name, ticket.id)
        await self.desk.news.tell(ticket.id)
        return self.desk.go(f"/tickets/{ticket.id}", name)

    async def _hold(self, ticket: Ticket) -> None:
        """Who texts is answered by the mediator who has the ticket, otherwise by the assistant."""
        if ticket.state in ("waiting", "closed"):
            await self.desk.threads.let_go(ticket.person, ticket.id)
        elif ticket.channel == "sms":
            await self.desk.threads.hold(ticket.person, ticket.id)

    async def _ticket(self, request: Request) -> Ticket:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        return ticket
