"""The first page: who is waiting, since when and for what. It updates itself without being reloaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from voicebot.console import live
from voicebot.console.desk import Desk
from voicebot.console.guard import Visitor
from voicebot.console.inbox import Inbox, View
from voicebot.console.names import topic_name
from voicebot.console.pages import ROOT, local
from voicebot.console.rows import Naming

#: Unix seconds, used as "now" in parts sent later: there the page itself counts how long ago it was.
LONG_AGO: Final = 0.0
_VIEW: Final = "mediation-view"


def routes(desk: Desk) -> list[BaseRoute]:
    """`/`."""
    return [desk.guard.page("/", QueuePage(desk).show)]


def add_stream(app: FastAPI, desk: Desk) -> None:
    """`/stream`, for the open inbox."""
    live.add(app, "/stream", live.EventStream(desk, QueuePage(desk).parts, lambda request, told: True))


@dataclass(frozen=True)
class QueuePage:
    """The inbox as a page, and as the part of it that changes."""

    desk: Desk

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """The whole page, without an open request."""
        around = await self.around(request, visitor)
        response = self.desk.show(request, visitor, "queue.html", **around, stream="/stream")
        self.remember(response, around["inbox"].view)
        return response

    def remember(self, response: Response, view: View) -> None:
        """Keep in this browser which list somebody was looking at, for the pages of its tickets."""
        query, secure = view.address(page=view.page), self.desk.guard.https
        response.set_cookie(_VIEW, query, path=ROOT, secure=secure, httponly=True, samesite="lax")

    async def parts(self, request: Request, visitor: Visitor, current: str = "") -> Mapping[str, str]:
        """Only the list."""
        context = {**await self.inbox(request, visitor, current, LONG_AGO), "token": visitor.token}
        return {"queue": self.desk.pages.fill("parts/queue.html", context)}

    async def around(self, request: Request, visitor: Visitor, current: str = "") -> dict[str, Any]:
        """The list with what stands above it: notices, and who is on duty."""
        now = self.desk.clock()
        on_duty = [one for one in await self.desk.mediators.all() if one.on_duty]
        return {
            "notices": await self.desk.notices.on(local(now).date().isoformat()),
            "on_duty": any(one.id == visitor.account.id for one in on_duty),
            "colleagues_on_duty": [one.name for one in on_duty if one.id != visitor.account.id],
            **await self.inbox(request, visitor, current),
        }

    async def inbox(
        self, request: Request, visitor: Visitor, current: str = "", told_at: float | None = None
    ) -> dict[str, Any]:
        """The list; `current` is the ticket that is open beside it."""
        now, tickets = self.desk.clock(), self.desk.tickets
        naming = Naming(self.desk.prompts, await self.desk.people(), visitor.account.id, now, told_at)
        inbox = Inbox(
            await tickets.waiting(), await tickets.closed(), visitor.account.id, now, naming.searchable
        )
        listing = inbox.listing(_view(request, bool(current)))
        return {
            "inbox": listing,
            "online": [naming.row(ticket) for ticket in await tickets.with_words(listing.online)],
            "rows": [naming.row(ticket) for ticket in await tickets.with_words(listing.shown)],
            "dangers": [naming.row(ticket) for ticket in listing.dangers],
            "dues": [ticket.id for ticket in listing.dues],
            "topics": {topic: topic_name(self.desk.prompts, topic) for topic in listing.topics},
            "current": current,
        }


def _view(request: Request, beside: bool) -> View:
    """What the address asks for; `beside` a ticket, if it asks for nothing, the list somebody came from."""
    asked = dict(request.query_params)
    if beside and not asked:
        asked = dict(parse_qsl(request.cookies.get(_VIEW, "").lstrip("?")))
    return View.of(asked)
