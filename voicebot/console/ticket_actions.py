"""What a mediator does with a ticket: each answers with the page and a sentence, most with a way back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.follow_up import drop_follow_up, plan_follow_up
from voicebot.console.forms import Form
from voicebot.console.guard import Act, Visitor
from voicebot.console.pages import PARIS, words
from voicebot.console.ticket_page import TicketPage
from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff import ticket as handoff
from voicebot.handoff.ticket import Ticket
from voicebot.store.sessions import Record
from voicebot.store.threads import Message

_LONGEST_NOTE: Final = 1000
_LONGEST_TEXT: Final = 600
#: The procedure that is the digital needs check, and the text that offers it.
_ASSESSMENT: Final = "bilan_numerique"
_OFFERED_BY_TEXT: Final = "sms.bilan"

#: A transition of `voicebot.handoff.ticket`, for the mediator with this id at this time.
Transition = Callable[[Ticket, str, float], Ticket]


def routes(desk: Desk) -> list[BaseRoute]:
    """The forms of `/tickets/{id}`."""
    actions = _Actions(desk)
    own: dict[str, Act] = {
        "claim": actions.of("claim", handoff.claim),
        "release": actions.of("release", handoff.release),
        "reopen": actions.reopen,
        "note": actions.note,
        "transfer": actions.transfer,
        "close": actions.close,
        "later": actions.call_later,
        "text": actions.text,
        "call": actions.call,
        "assess": actions.assess,
    }
    return [desk.guard.action(f"/tickets/{{id}}/{name}", act) for name, act in own.items()]


@dataclass(frozen=True)
class _Actions:
    desk: Desk

    def of(self, name: str, transition: Transition) -> Act:
        """An action that needs no more than a button."""

        async def act(request: Request, visitor: Visitor, form: Form) -> Response:
            return await self._do(request, visitor, name, transition)

        return act

    async def note(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Into the history."""
        text = form.text("note", _LONGEST_NOTE)
        if not text:
            return await self._wrong(request, visitor, "empty")
        return await self._do(request, visitor, "note", lambda t, who, at: handoff.note(t, who, text, at))

    async def transfer(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """To a colleague whose account is open."""
        colleague = await self.desk.guard.accounts.get(form.text("to"))
        if colleague is None or not colleague.active:
            return await self._wrong(request, visitor, "colleague")
        to = colleague.id
        return await self._do(
            request, visitor, "transfer", lambda t, who, at: handoff.transfer(t, who, to, at)
        )

    async def close(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """With what came of it; if wanted the person is asked a week later how it went."""
        outcome = form.text("outcome")
        if outcome not in words()["outcomes"]:
            return await self._wrong(request, visitor, "outcome")
        done = await self._do(
            request, visitor, "close", lambda t, who, at: handoff.close(t, who, outcome, at)
        )
        ticket = await self._ticket(request)
        if form.ticked("follow_up") and ticket.state == "closed" and ticket.outcome == outcome:
            await plan_follow_up(self.desk, ticket)
        return done

    async def reopen(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Take a closed ticket again; its news are not asked for any more."""
        done = await self._do(request, visitor, "reopen", handoff.reopen)
        ticket = await self._ticket(request)
        if ticket.state != "closed":
            await drop_follow_up(self.desk, ticket)
        return done

    async def call_later(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Agree on a time for a call-back, in Paris."""
        when = _moment(form.text("day"), form.text("time"))
        if when is None or when <= self.desk.clock():
            return await self._wrong(request, visitor, "moment")
        return await self._do(
            request, visitor, "later", lambda t, who, at: handoff.plan_call_back(t, who, when, at)
        )

    async def call(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Ring the mediator's own telephone, then the person's."""
        ticket_id = request.path_params["id"]
        if self.desk.ring is None:
            raise HTTPException(404)
        if not (await self.desk.mediator(visitor.account)).phone:
            return self.desk.go("/me", "number_first")
        try:
            await self.desk.ring(visitor.account.id, ticket_id)
        except TicketRefused:
            return self.desk.go(f"/tickets/{ticket_id}", "not_yours")
        await self.desk.note(visitor, "call", ticket_id)
        return self.desk.go(f"/tickets/{ticket_id}", "call")

    async def text(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """An SMS to the person, in the name of who has the ticket; the assistant is silent from now on."""
        ticket = await self._ticket(request)
        typed = form.text("text", 2 * _LONGEST_TEXT)
        if ticket.claimed_by != visitor.account.id or ticket.state == "closed":
            return self.desk.go(f"/tickets/{ticket.id}", "not_yours")
        if not typed or len(typed) > _LONGEST_TEXT:
            return await self._wrong(request, visitor, "too_long" if typed else "empty", text=typed)
        await self._send(ticket, visitor, typed)
        await self.desk.note(visitor, "text", ticket.id)
        return self.desk.go(f"/tickets/{ticket.id}#thread-card", "text")

    async def assess(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Ask the person for the digital needs check: when they are next with us, by a text, or by a call."""
        how, at = form.text("how"), self.desk.clock()
        if how not in words()["assessment"]["ways"]:
            return await self._wrong(request, visitor, "how")
        answer = await self._do(
            request, visitor, "assess", lambda t, who, at: handoff.ask_assessment(t, who, how, at)
        )
        ticket = await self._ticket(request)
        if not _asked(ticket, visitor.account.id, at):
            return answer
        await self.desk.sessions.propose(ticket.person, _ASSESSMENT)
        await self._reach_out(ticket, how, at)
        return answer

    async def _reach_out(self, ticket: Ticket, how: str, at: float) -> None:
        """A text with the keyword, or a call of ours that begins with the offer."""
        record_id = f"{ticket.id}:{secrets.token_hex(6)}"
        content = {"topic": "", "notes": [_OFFERED_BY_TEXT], "slots": {}, "person": ticket.person}
        kind = {"text": "sms", "call": "callback"}.get(how)
        if kind == "sms":  # what the person answers is for the assistant
            await self.desk.threads.let_go(ticket.person, ticket.id)
        if kind:
            await self.desk.sessions.add(ticket.person, Record(kind, record_id, at, content))

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

    async def _do(self, request: Request, visitor: Visitor, name: str, transition: Transition) -> Response:
        """Change the ticket as it stands now, note who did, say it on the page."""
        ticket_id, who, at = request.path_params["id"], visitor.account.id, self.desk.clock()
        try:
            await self.desk.tickets.change(ticket_id, lambda ticket: transition(ticket, who, at))
        except TicketMissing:
            raise HTTPException(404) from None
        except TicketRefused:
            return self.desk.go(f"/tickets/{ticket_id}", "too_late" if name == "claim" else "not_yours")
        await self.desk.note(visitor, name, ticket_id)
        return self.desk.go(f"/tickets/{ticket_id}", name)

    async def _wrong(self, request: Request, visitor: Visitor, wrong: str, **typed: str) -> Response:
        return await TicketPage(self.desk).show(request, visitor, wrong, typed)

    async def _ticket(self, request: Request) -> Ticket:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        return ticket


def _moment(day: str, time: str) -> float | None:
    """What was chosen in the browser's fields, as Unix seconds; None when it is no moment."""
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS).timestamp()
    except ValueError:
        return None


def _asked(ticket: Ticket, who: str, at: float) -> bool:
    """Whether `who` asked for the digital needs check just now, since `at`."""
    return any(e.what == "assessment_asked" and e.who == who and e.at >= at for e in ticket.history)
