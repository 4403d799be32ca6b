"""The first page: who waits, since when, for what. It is alive: nobody needs to load it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import live
from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor
from voicebot.console.pages import local
from voicebot.console.rows import MOST_CLOSED, Naming

#: In what is sent later the page itself tells how long somebody has been waiting.
_LONG_AGO = 0.0


def routes(desk: Desk) -> list[BaseRoute]:
    """`/`."""
    return [desk.guard.page("/", QueuePage(desk).show)]


def add_stream(app: FastAPI, desk: Desk) -> None:
    """`/stream`, for the open queue."""
    live.add(app, "/stream", live.Stream(desk, QueuePage(desk).parts, lambda request, told: True))


@dataclass(frozen=True)
class QueuePage:
    """The queue as a page, and as the part of it that changes."""

    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """The whole page."""
        now = self.desk.clock()
        return self.desk.show(
            request,
            visitor,
            "queue.html",
            notices=await self.desk.notices.on(local(now).date().isoformat()),
            on_duty=(await self.desk.mediator(visitor.account)).on_duty,
            **await self._queue(visitor, now),
        )

    async def parts(self, request: Request, visitor: Visitor) -> Mapping[str, str]:
        """The lists alone."""
        context = {**await self._queue(visitor, _LONG_AGO), "token": visitor.token}
        return {"queue": self.desk.pages.fill("parts/queue.html", context)}

    async def _queue(self, visitor: Visitor, now: float) -> dict[str, Any]:
        naming = Naming(self.desk.prompts, await self.desk.people(), visitor.account.id, now)
        tickets = self.desk.tickets
        return vars(naming.queue(await tickets.waiting(), await tickets.closed(MOST_CLOSED)))
