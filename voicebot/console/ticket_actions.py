"""What a mediator does with a ticket. Each action returns to the page with a message, most with an undo."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
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
from voicebot.handoff import exchange
from voicebot.handoff import ticket as handoff
from voicebot.handoff.ticket import Ticket
from voicebot.records import CallBackOrder, Order, Record, TextOrder
from voicebot.store.threads import Message

_LONGEST_NOTE: Final = 1000
_LONGEST_TEXT: Final = 600
#: The digital needs check: the name of the procedure and of the text that offers it.
_ASSESSMENT: Final = "bilan_numerique"
_OFFERED_BY_TEXT: Final = "sms.bilan"

#: A transition of `voicebot.handoff.ticket`: ticket, mediator id, time in Unix seconds.
Transition = Callable[[Ticket, str, float], Ticket]


def routes(desk: Desk) -> list[BaseRoute]:
    """The forms of `/tickets/{id}`."""
    actions = _Actions(desk)
    own: dict[str, Act] = {
        "claim": actions.of("claim", handoff.claim),
        "release": actions.of("release", handoff.release),
        "refuse": actions.of("refuse", exchange.refuse),
        "take_back": actions.of("take_back", handoff.take_back),
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
        """An action that takes nothing but a button."""

        async def act(request: Request, visitor: Visitor, form: Form) -> Response:
            return await self._do(request, visitor, name, transition)

        return act

    async def note(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Add a note to the history."""
        text = form.text("note", _LONGEST_NOTE)
        if not text:
            return await self._wrong(request, visitor, "empty")
        done = await self._do(request, visitor, "note", lambda t, who, at: handoff.note(t, who, text, at))
        await self._forget_draft(request, visitor, "note")
        return done

    async def transfer(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Pass the ticket to a colleague whose account is open, who reads why."""
        colleague, why = await self.desk.guard.accounts.get(form.text("to")), form.text("why")
        if colleague is None or not colleague.active or colleague.id == visitor.account.id:
            return await self._wrong(request, visitor, "colleague")
        if not why:
            return await self._wrong(request, visitor, "why")
        to = colleague.id
        return await self._do(
            request, visitor, "transfer", lambda t, who, at: handoff.transfer(t, who, to, at, why)
        )

    async def close(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Close the ticket with its outcome; optionally ask the person a week later how it went."""
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
        """Take a closed ticket again; the person is then not asked how it went."""
        done = await self._do(request, visitor, "reopen", handoff.reopen)
        ticket = await self._ticket(request)
        if ticket.state != "closed":
            await drop_follow_up(self.desk, ticket)
        return done

    async def call_later(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Agree on a time for a call-back, in Paris time."""
        typed = {"day": form.text("day"), "time": form.text("time")}
        when = _moment(**typed)
        if when is None or when <= self.desk.clock():
            return await self._wrong(request, visitor, "moment", **typed)
        ticket = await self._ticket(request)
        mine = ticket.claimed_by == visitor.account.id
        outside = mine and await self._outside(ticket, when)
        if outside and not form.ticked("anyway"):
            return await self._wrong(request, visitor, "outside", **typed)
        said = "later_outside" if outside else "later"
        return await self._do(
            request, visitor, "later", lambda t, who, at: handoff.plan_call_back(t, who, when, at), said
        )

    async def _outside(self, ticket: Ticket, when: float) -> bool:
        """Whether nobody works then, or the person is not called at such an hour."""
        if self.desk.next_call is None or await self.desk.sessions.people.number(ticket.person) is None:
            return False
        return await self.desk.next_call(ticket.person, when) != when

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
        """Text the person in the name of the ticket's mediator; the assistant stays silent from then on."""
        ticket = await self._ticket(request)
        typed = form.text("text", 2 * _LONGEST_TEXT)
        if ticket.claimed_by != visitor.account.id or ticket.state == "closed":
            return self.desk.go(f"/tickets/{ticket.id}", "not_yours")
        if not typed or len(typed) > _LONGEST_TEXT:
            return await self._wrong(request, visitor, "too_long" if typed else "empty", text=typed)
        await self._send(ticket, visitor, typed)
        await self._forget_draft(request, visitor, "text")
        await self.desk.note(visitor, "text", ticket.id)
        return self.desk.go(f"/tickets/{ticket.id}#thread-card", "text")

    async def _forget_draft(self, request: Request, visitor: Visitor, field: str) -> None:
        ticket = await self._ticket(request)
        await self.desk.drafts.keep(ticket.person, ticket.id, visitor.account.id, field, "")

    async def assess(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Offer the person the digital needs check: at their next contact, by text, or by a call."""
        how, at = form.text("how"), self.desk.clock()
        if how not in words()["assessment"]["ways"]:
            return await self._wrong(request, visitor, "how")
        answer = await self._do(
            request, visitor, "assess", lambda t, who, at: handoff.ask_assessment(t, who, how, at)
        )
        ticket = await self._ticket(request)
        if not _asked(ticket, visitor.account.id, at):
            return answer
        await self.desk.sessions.people.propose(ticket.person, _ASSESSMENT)
        await self._reach_out(ticket, how, at)
        return answer

    async def _reach_out(self, ticket: Ticket, how: str, at: float) -> None:
        """Send a text with the keyword, or make a call that begins with the offer."""
        record_id = f"{ticket.id}:{secrets.token_hex(6)}"
        if how == "text":  # what the person answers is for the assistant
            await self.desk.threads.let_go(ticket.person, ticket.id)
            order: Order = TextOrder(person=ticket.person, notes=(_OFFERED_BY_TEXT,))
        elif how == "call":
            order = CallBackOrder(person=ticket.person)
        else:
            return
        await self.desk.sessions.add(ticket.person, Record(record_id, at, order))

    async def _send(self, ticket: Ticket, visitor: Visitor, text: str) -> None:
        """Send a text. It is kept in the thread first: if sending fails, the thread shows it as not sent."""
        at, message_id = self.desk.clock(), f"{ticket.id}:{secrets.token_hex(6)}"
        await self.desk.threads.hold(ticket.person, ticket.id)
        await self.desk.threads.add(
            ticket.person, Message(message_id, ticket.id, at, visitor.account.id, text)
        )
        order = TextOrder(person=ticket.person, text=text)
        await self.desk.sessions.add(ticket.person, Record(message_id, at, order))
        who = visitor.account.id
        with suppress(TicketRefused, TicketMissing):  # the text has left, whoever has the ticket by now
            await self.desk.tickets.change(ticket.id, lambda one: exchange.answered(one, who, at))

    async def _do(
        self, request: Request, visitor: Visitor, name: str, transition: Transition, said: str = ""
    ) -> Response:
        """Change the ticket as it stands now, record who did it, say so (or `said`) on the page."""
        ticket_id, who, at = request.path_params["id"], visitor.account.id, self.desk.clock()
        try:
            await self.desk.tickets.change(ticket_id, lambda ticket: transition(ticket, who, at))
        except TicketMissing:
            raise HTTPException(404) from None
        except TicketRefused:
            return self.desk.go(f"/tickets/{ticket_id}", "too_late" if name == "claim" else "not_yours")
        await self.desk.note(visitor, name, ticket_id)
        return self.desk.go(f"/tickets/{ticket_id}", said or name)

    async def _wrong(self, request: Request, visitor: Visitor, wrong: str, **typed: str) -> Response:
        return await TicketPage(self.desk).show(request, visitor, wrong, typed)

    async def _ticket(self, request: Request) -> Ticket:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        return ticket


def _moment(day: str, time: str) -> float | None:
    """What was chosen in the browser's fields, in Unix seconds; None if it is not a date and time."""
    try:
        return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=PARIS).timestamp()
    except ValueError:
        return None


def _asked(ticket: Ticket, who: str, at: float) -> bool:
    """Whether `who` asked for the digital needs check in this action, which began `at` (Unix seconds)."""
    return any(e.what == "assessment_asked" and e.who == who and e.at >= at for e in ticket.history)
