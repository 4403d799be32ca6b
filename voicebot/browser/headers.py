"""Security headers on responses to browsers. Source: OWASP, "HTTP Security Response Headers"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: What every page of ours says.
_COMMON: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_CACHE: Final = "Cache-Control"


class SecurityHeaders:
    """Adds headers to the responses below the path `root`; `own` gives those that a path has beside ours.

    How long a response may be cached is `own`'s word only where the response does not say so itself.
    """

    def __init__(self, app: ASGIApp, own: Callable[[str], Mapping[str, str]], root: str = "") -> None:
        self._app, self._own, self._root = app, own, root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its response."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        ours = scope["type"] == "http" and scope["path"].startswith(self._root)
        await self._app(scope, receive, with_headers if ours else send)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        cached = headers.get(_CACHE)
        headers.update({**_COMMON, **self._own(path)})
        if cached is not None:
            headers[_CACHE] = cached
