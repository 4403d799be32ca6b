"""The audit log as a page, for administrators."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.deeds import folded
from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor
from voicebot.console.names import topic_name


def routes(desk: Desk) -> list[BaseRoute]:
    """`/audit`."""

    async def show(request: Request, visitor: Visitor) -> Response:
        names = {account.id: account.name for account in await desk.guard.accounts.all()}
        deeds = folded(await desk.audit.latest())
        asked = {deed.about for deed in deeds if deed.about and deed.about not in names}
        found = [ticket for about in asked if (ticket := await desk.tickets.get(about))]
        tickets = {ticket.id: topic_name(desk.prompts, ticket.topic) for ticket in found}
        return desk.show(request, visitor, "audit.html", deeds=deeds, names=names, tickets=tickets)

    return [desk.guard.page("/audit", show, "administrator")]
