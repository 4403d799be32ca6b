"""The audit log as a page, for administrators."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor


def routes(desk: Desk) -> list[BaseRoute]:
    """`/audit`."""

    async def show(request: Request, visitor: Visitor) -> Response:
        names = {account.id: account.name for account in await desk.guard.accounts.all()}
        return desk.show(request, visitor, "audit.html", deeds=await desk.audit.latest(), names=names)

    return [desk.guard.page("/audit", show, "administrator")]
