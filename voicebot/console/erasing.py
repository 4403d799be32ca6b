"""Erasing everything about a person who asks for it; who erased it stays in the audit log."""

from __future__ import annotations

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.handoff.ticket import Ticket
from voicebot.store.accounts import Account


def may_erase(ticket: Ticket, who: Account) -> bool:
    """Only an administrator, and the mediator who has the ticket or closed it, erase a person."""
    owner = ticket.claimed_by or ticket.last_mediator
    return who.administers or owner == who.id


def routes(desk: Desk) -> list[BaseRoute]:
    """`/tickets/{id}/erase`."""

    async def erase(request: Request, visitor: Visitor, form: Form) -> Response:
        ticket = await desk.tickets.get(request.path_params["id"])
        if ticket is None:
            raise HTTPException(404)
        if not may_erase(ticket, visitor.account):
            return desk.go(f"/tickets/{ticket.id}", "erase_not_yours")
        if not form.ticked("asked"):
            return desk.go(f"/tickets/{ticket.id}", "not_asked")
        await desk.sessions.erase(ticket.person)
        await desk.note(visitor, "erase", ticket.id)
        await desk.news.tell(ticket.id)
        return desk.go("/", "erase")

    return [desk.guard.action("/tickets/{id}/erase", erase)]
