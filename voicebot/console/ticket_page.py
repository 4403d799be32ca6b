"""One ticket: a summary first, then the whole conversation, the procedure, the person, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from voicebot.console import drawing, live, lost
from voicebot.console.desk import Desk
from voicebot.console.erasing import may_erase
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.history import told
from voicebot.console.inbox import View
from voicebot.console.insertions import insertions
from voicebot.console.names import question_key, topic_name
from voicebot.console.pages import ROOT
from voicebot.console.queue import LONG_AGO, QueuePage
from voicebot.console.reading import Reading
from voicebot.console.rows import Naming
from voicebot.console.thread import Thread
from voicebot.errors import TicketMissing
from voicebot.handoff import exchange
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.records import TurnRecord
from voicebot.store.drafts import FIELDS
from voicebot.telephony.phone_numbers import is_textable

_NOTHING_TYPED = {"text": "", "note": "", "day": "", "time": ""}
_LONGEST_DRAFT = 1000


def routes(desk: Desk) -> list[BaseRoute]:
    """`/tickets/…`, read only."""
    page, guard = TicketPage(desk), desk.guard
    return [
        guard.page("/tickets/{id}", page.show),
        guard.page("/tickets/{id}/flow", page.flow),
        guard.page("/tickets/{id}/pictures/{picture}", page.picture),
        guard.action("/tickets/{id}/draft", page.keep_draft),
        guard.action("/tickets/{id}/seen", page.see),
    ]


def add_stream(app: FastAPI, desk: Desk) -> None:
    """The events of an open ticket, and of the list beside it."""
    page = TicketPage(desk)
    stream = live.EventStream(desk, page.parts, lambda request, told: True, page.seen)
    live.add(app, "/tickets/{id}/stream", stream)


@dataclass(frozen=True)
class _Known:
    """Everything that is kept about a ticket."""

    ticket: Ticket
    records: Sequence[TurnRecord]
    number: str | None
    people: Mapping[str, str]


@dataclass(frozen=True)
class TicketPage:
    """A ticket as a page, and as the parts of it that change."""

    desk: Desk

    async def show(
        self, request: Request, visitor: Visitor, wrong: str = "", typed: Mapping[str, str] | None = None
    ) -> Response:
        """The whole page; that it was seen is recorded."""
        known = await self._known(request)
        ticket, me = known.ticket, visitor.account
        await self.desk.note_view(visitor, ticket.id)
        context = await self._context(visitor, known)
        await self._read(ticket, me.id)
        mine = ticket.claimed_by == me.id and ticket.state != "closed"
        begun = lost.begun(request, self.desk.privacy, ticket.id) if mine else {}
        drafts = await self.desk.drafts.of(ticket.person, ticket.id, me.id) if mine else {}
        response = self.desk.show(
            request,
            visitor,
            "ticket.html",
            422 if wrong else 200,
            **{**await QueuePage(self.desk).around(request, visitor, ticket.id), **context},
            wrong=wrong,
            typed={**_NOTHING_TYPED, **drafts, **begun, **(typed or {})},
            answers=self._reading.answers(ticket.slots, ticket.topic),
            flow=self._flow(known),
            colleagues=await self._colleagues(visitor),
            insertions=await insertions(self.desk, ticket, me) if mine else {},
            may_erase=may_erase(ticket, me),
            stream=f"/tickets/{ticket.id}/stream",
        )
        if request.query_params:
            QueuePage(self.desk).remember(response, View.of(request.query_params))
        if begun:
            response.delete_cookie(lost.COOKIE, path=ROOT)
        return response

    async def keep_draft(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Store what is being written, so that signing out loses nothing."""
        ticket = (await self._known(request)).ticket
        for field in FIELDS:
            if field in form.fields:
                text = form.text(field, _LONGEST_DRAFT)
                await self.desk.drafts.keep(ticket.person, ticket.id, visitor.account.id, field, text)
        return Response(status_code=204)

    async def see(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Its mediator has the page open in front of them, and so has read what just came."""
        await self._read((await self._known(request)).ticket, visitor.account.id)
        return Response(status_code=204)

    async def _read(self, ticket: Ticket, who: str) -> None:
        if ticket.claimed_by == who and ticket.unread:
            at = self.desk.clock()
            with suppress(TicketMissing):
                await self.desk.tickets.change(ticket.id, lambda one: exchange.read(one, who, at))

    async def seen(self, request: Request, visitor: Visitor) -> None:
        """Its events show as much as the page itself."""
        await self.desk.note_view(visitor, request.path_params["id"])

    async def parts(self, request: Request, visitor: Visitor) -> Mapping[str, str] | None:
        """Its head, the conversation, the history, and the list beside it."""
        try:
            known = await self._known(request)
        except HTTPException:
            return None
        context = {**await self._context(visitor, known, LONG_AGO), "token": visitor.token}
        names = {"state": "ticket_state", "thread": "thread", "history": "history"}
        parts = {name: self.desk.pages.fill(f"parts/{part}.html", context) for name, part in names.items()}
        return {**parts, **await QueuePage(self.desk).parts(request, visitor, known.ticket.id)}

    async def flow(self, request: Request, visitor: Visitor) -> Response:
        """The procedure drawn, with the step lit where the person stopped: within the page or on its own."""
        known = await self._known(request)
        await self.desk.note_view(visitor, known.ticket.id)
        flow = self.desk.flows.by_name.get(known.ticket.topic or "")
        if flow is None:
            raise HTTPException(404)
        place = self._reading.stopped_at(known.ticket, known.records)
        picture = Markup(
            drawing.without_style(flow, self.desk.prompts.caption, place.step if place else None)
        )
        if request.headers.get("hx-request"):
            return HTMLResponse(picture)
        ticket = {"id": known.ticket.id, "topic": topic_name(self.desk.prompts, flow.name)}
        return self.desk.show(request, visitor, "flow.html", picture=picture, ticket=ticket)

    async def picture(self, request: Request, visitor: Visitor) -> Response:
        """What the person sent, as it is; a browser shows it and runs nothing of it."""
        ticket, wanted = (await self._known(request)).ticket, request.path_params["picture"]
        messages = await self.desk.threads.of(ticket.person, ticket.id)
        ours = any(message.picture == wanted for message in messages)
        found = await self.desk.pictures.get(ticket.person, wanted) if ours else None
        if found is None:
            raise HTTPException(404)
        await self.desk.note_view(visitor, ticket.id)
        return Response(found.data, media_type=found.kind)

    @property
    def _reading(self) -> Reading:
        return Reading(self.desk.prompts, self.desk.flows)

    async def _known(self, request: Request) -> _Known:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        records = await self.desk.sessions.turns(ticket.person, ticket.session)
        number = await self.desk.sessions.people.number(ticket.person)
        return _Known(ticket, records, number, await self.desk.people())

    async def _context(self, visitor: Visitor, known: _Known, told_at: float | None = None) -> dict[str, Any]:
        """What the changing parts show. Only the ticket's mediator sees the number."""
        ticket = known.ticket
        now = self.desk.clock()
        row = Naming(self.desk.prompts, known.people, visitor.account.id, now, told_at).row(ticket)
        more = {
            "number": known.number if row.mine else None,
            "number_kept": known.number is not None,
            "language": ticket.wishes.language,
            "textable": is_textable(known.number),
            "followable": is_textable(known.number) and ticket.topic in self.desk.flows.by_name,
            "callable": known.number is not None and self.desk.ring is not None,
        }
        summary = self._reading.summary(ticket, known.records, row.wish)
        thread = Thread(self.desk, visitor.account.id, known.people)
        return {
            "ticket": {**vars(row), **more},
            "summary": summary,
            "items": await thread.items(ticket, known.records),
            "conversation_gone": not known.records,
            "history": told(ticket.history, known.people),
        }

    def _flow(self, known: _Known) -> Mapping[str, Any] | None:
        flow = self.desk.flows.by_name.get(known.ticket.topic or "")
        if flow is None:
            return None
        place = self._reading.stopped_at(known.ticket, known.records)
        stopped = self.desk.prompts.caption(question_key(self.desk.flows, place)) if place else ""
        verified = any(fact["verified_on"] for fact in flow.facts)
        facts = [{**fact, "link": drawing.page_of(str(fact["source"]))} for fact in flow.facts]
        return {
            "name": topic_name(self.desk.prompts, flow.name),
            "stopped": stopped,
            "facts": facts,
            "verified": verified,
        }

    async def _colleagues(self, visitor: Visitor) -> list[Mediator]:
        accounts = [one for one in await self.desk.guard.accounts.all() if one.active]
        others = [await self.desk.mediator(one) for one in accounts if one.id != visitor.account.id]
        return sorted(others, key=lambda one: not one.on_duty)
