"""Pages that stay up to date: server-sent events, each carrying a freshly rendered part of the page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from voicebot.console.desk import Desk
from voicebot.console.guard import SignedOut, Visitor
from voicebot.errors import StoreError
from voicebot.store.signins import SIGNED_OUT

#: Seconds between checks, while nothing happens, that the reader is still signed in.
_LOOK_S: Final = 10.0
#: How many pages one account may keep open in each process.
MOST_PAGES: Final = 12
#: Milliseconds before the browser reconnects.
_RETRY_MS: Final = 2000
#: Tells the page to reload: its reader has been signed out, or the ticket was erased.
_OVER: Final = "over"

#: The parts of a page as HTML, by event name; None once the page is gone.
Parts = Callable[[Request, Visitor], Awaitable[Mapping[str, str] | None]]


async def _unrecorded(request: Request, visitor: Visitor) -> None:
    """For pages that show nobody's words."""


@dataclass(frozen=True)
class EventStream:
    """The events of one kind of page.

    `about` says whether an event concerns a given page; `seen` records who opened it.
    """

    desk: Desk
    parts: Parts
    about: Callable[[Request, str], bool]
    seen: Callable[[Request, Visitor], Awaitable[None]] = _unrecorded

    async def guard(self, request: Request) -> None:
        """Whoever may not see the page gets no events about it either.

        Raises HTTPException 401, or 429 for somebody who has too many pages open.
        """
        try:
            visitor = await self.desk.guard.admit(request, "mediator")
        except SignedOut:
            raise HTTPException(401) from None
        if self.desk.open_pages[visitor.account.id] >= MOST_PAGES:
            raise HTTPException(429)
        await self.seen(request, visitor)

    async def events(self, request: Request) -> AsyncIterator[ServerSentEvent]:
        """The parts at once, in case they changed since the page was rendered, then after every event."""
        who = (await self.desk.guard.visitor(request)).account.id
        self.desk.open_pages[who] += 1
        try:
            async for event in self._events(request):
                yield event
        finally:
            self.desk.open_pages[who] -= 1

    async def _events(self, request: Request) -> AsyncIterator[ServerSentEvent]:
        async with self.desk.news.listen() as news:
            sent: Mapping[str, str] = {}
            yield ServerSentEvent(comment="open", retry=_RETRY_MS)
            while True:
                try:
                    parts = await self.parts(request, await self.desk.guard.visitor(request))
                except SignedOut:
                    parts = None
                except StoreError:
                    return  # the browser reconnects, and shows meanwhile that it is cut off
                if parts is None:
                    yield ServerSentEvent(event=_OVER, raw_data="")
                    return
                for name, html in parts.items():
                    if sent.get(name) != html:
                        yield ServerSentEvent(event=name, raw_data=html)
                sent = parts
                while (told := await news.next(_LOOK_S)) and not self._concerns(request, told):
                    pass
                while await news.next(0.0):  # what comes at once is shown at once
                    pass

    def _concerns(self, request: Request, told: str) -> bool:
        """Whether to look again: the page may have changed, or its reader signed out."""
        return told == SIGNED_OUT or self.about(request, told)


def add(app: FastAPI, path: str, stream: EventStream) -> None:
    """Serve `stream` at `path`."""
    app.add_api_route(
        path, stream.events, response_class=EventSourceResponse, dependencies=[Depends(stream.guard)]
    )
