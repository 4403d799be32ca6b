"""Pages that stay open: server-sent events, each of which carries a part of the page made anew."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from voicebot.console.desk import Desk
from voicebot.console.guard import SignedOut, Visitor
from voicebot.errors import StoreError

#: So often a page that hears nothing looks whether who reads it is still signed in.
_LOOK_S: Final = 10.0
#: The browser connects again after so long.
_RETRY_MS: Final = 2000
#: The page is to be loaded anew: who read it is signed out, or the ticket was erased.
_OVER: Final = "over"

#: The parts of a page by event name, as HTML; None when the page is gone.
Parts = Callable[[Request, Visitor], Awaitable[Mapping[str, str] | None]]


@dataclass(frozen=True)
class Stream:
    """The events of one kind of page. `about` says whether news concern a page."""

    desk: Desk
    parts: Parts
    about: Callable[[Request, str], bool]

    async def guard(self, request: Request) -> None:
        """Who may not see the page may not hear of it either. Raises HTTPException 401."""
        try:
            await self.desk.guard.visitor(request)
        except SignedOut:
            raise HTTPException(401) from None

    async def events(self, request: Request) -> AsyncIterator[ServerSentEvent]:
        """The parts at once, for what changed since the page was made, then whenever there are news."""
        async with self.desk.news.listen() as news:
            sent: Mapping[str, str] = {}
            yield ServerSentEvent(comment="open", retry=_RETRY_MS)
            while True:
                try:
                    parts = await self.parts(request, await self.desk.guard.visitor(request))
                except SignedOut:
                    parts = None
                except StoreError:
                    return  # the browser comes back, and shows meanwhile that it is cut off
                if parts is None:
                    yield ServerSentEvent(event=_OVER, raw_data="")
                    return
                for name, html in parts.items():
                    if sent.get(name) != html:
                        yield ServerSentEvent(event=name, raw_data=html)
                sent = parts
                while (told := await news.next(_LOOK_S)) and not self.about(request, told):
                    pass


def add(app: FastAPI, path: str, stream: Stream) -> None:
    """Serve `stream` at `path`."""
    app.add_api_route(
        path, stream.events, response_class=EventSourceResponse, dependencies=[Depends(stream.guard)]
    )
