"""On a telephone: links to the pages that do not fit at the bottom of the screen."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor


def routes(desk: Desk) -> list[BaseRoute]:
    """`/more`."""

    async def show(request: Request, visitor: Visitor) -> Response:
        return desk.show(request, visitor, "more.html")

    return [desk.guard.page("/more", show, "anyone")]
