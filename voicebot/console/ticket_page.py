"""One ticket: three lines first, then everything that was said, the procedure, the person, the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute

from voicebot.console import drawing, live
from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor
from voicebot.console.history import told
from voicebot.console.names import question_key, topic_name
from voicebot.console.reading import Reading, Record
from voicebot.console.rows import Naming
from voicebot.console.thread import shown_messages
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.numbers import is_textable

_NOTHING_TYPED = {"text": "", "note": ""}


def routes(desk: Desk) -> list[BaseRoute]:
    """`/tickets/…`, to be read."""
    page, guard = TicketPage(desk), desk.guard
    return [
        guard.page("/tickets/{id}", page.show),
        guard.page("/tickets/{id}/flow", page.flow),
    ]


def add_stream(app: FastAPI, desk: Desk) -> None:
    """The events of an open ticket."""
    stream = live.Stream(
        desk, TicketPage(desk).parts, lambda request, told: told == request.path_params["id"]
    )
    live.add(app, "/tickets/{id}/stream", stream)


@dataclass(frozen=True)
class _Known:
    """All that is kept about a ticket."""

    ticket: Ticket
    records: Sequence[Record]
    number: str | None
    people: Mapping[str, str]


@dataclass(frozen=True)
class TicketPage:
    """A ticket as a page, and as the parts of it that change."""

    desk: Desk

    async def show(
        self, request: Request, visitor: Visitor, wrong: str = "", typed: Mapping[str, str] = _NOTHING_TYPED
    ) -> Response:
        """The whole page; that it was seen is noted."""
        known = await self._known(request)
        await self.desk.note(visitor, "saw_ticket", known.ticket.id)
        context = await self._context(visitor, known, self.desk.clock())
        return self.desk.show(
            request,
            visitor,
            "ticket.html",
            422 if wrong else 200,
            **context,
            wrong=wrong,
            typed={**_NOTHING_TYPED, **typed},
            turns=self._reading.turns(known.records),
            answers=self._reading.answers(known.ticket.slots, known.ticket.topic),
            flow=self._flow(known),
            colleagues=await self._colleagues(visitor),
        )

    async def parts(self, request: Request, visitor: Visitor) -> Mapping[str, str] | None:
        """Its head, the texts and the history."""
        try:
            known = await self._known(request)
        except HTTPException:
            return None
        context = {**await self._context(visitor, known, 0.0), "token": visitor.token}
        names = {"state": "ticket_state", "thread": "thread", "history": "history"}
        return {name: self.desk.pages.fill(f"parts/{part}.html", context) for name, part in names.items()}

    async def flow(self, request: Request, visitor: Visitor) -> Response:
        """The procedure drawn, with the step lit where the person stopped: for the page, or on its own."""
        known = await self._known(request)
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

    @property
    def _reading(self) -> Reading:
        return Reading(self.desk.prompts, self.desk.flows)

    async def _known(self, request: Request) -> _Known:
        ticket = await self.desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        records = await self.desk.sessions.turns(ticket.person, ticket.session)
        number = await self.desk.sessions.number(ticket.person)
        return _Known(ticket, records, number, await self.desk.people())

    async def _context(self, visitor: Visitor, known: _Known, now: float) -> dict[str, Any]:
        """What the changing parts show. The number is for who has the ticket."""
        ticket = known.ticket
        row = Naming(self.desk.prompts, known.people, visitor.account.id, now).row(ticket)
        more = {
            "number": known.number if row.mine else None,
            "number_kept": known.number is not None,
            "language": ticket.wishes.language,
            "textable": is_textable(known.number),
            "followable": is_textable(known.number) and ticket.topic in self.desk.flows.by_name,
            "callable": known.number is not None and self.desk.ring is not None,
        }
        summary = self._reading.summary(ticket, known.records, row.wish)
        return {
            "ticket": {**vars(row), **more},
            "summary": summary,
            "messages": await shown_messages(self.desk, ticket, known.people),
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
