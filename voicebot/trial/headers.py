"""Security headers of the trial page. Source: OWASP, "HTTP Security Response Headers"."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing from elsewhere, no script or style inside a page. Older Firefox does not count sockets as 'self'.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'{socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Puts the headers on the answers below `root`; `origin` is the address that the page is reached at."""

    def __init__(self, app: ASGIApp, root: str, origin: str) -> None:
        self._app, self._root = app, root
        self._headers = {**_HEADERS, "Content-Security-Policy": _POLICY.format(socket=_socket(origin))}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-cache" if "/static/" in scope["path"] else "no-store")
            await send(message)

        ours = scope["type"] == "http" and scope["path"].startswith(self._root)
        await self._app(scope, receive, with_headers if ours else send)


def _socket(origin: str) -> str:
    return " ws" + origin.removeprefix("http")
