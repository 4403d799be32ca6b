"""Forgetting a person who asks a mediator for it: everything goes, and who did it stays in the audit log."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.ticket_page import TicketPage


def routes(desk: Desk) -> list[BaseRoute]:
    """`/tickets/{id}/erase`."""

    async def erase(request: Request, visitor: Visitor, form: Form) -> Response:
        ticket = await desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        if not form.ticked("asked"):
            return await TicketPage(desk).show(request, visitor, "not_asked")
        await desk.sessions.erase(ticket.person)
        await desk.note(visitor, "erase", ticket.id)
        await desk.news.tell(ticket.id)
        return desk.go("/", "erase")

    return [desk.guard.action("/tickets/{id}/erase", erase)]
