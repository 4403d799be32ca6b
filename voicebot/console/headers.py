"""Security headers on every answer of the console. Source: OWASP, "HTTP Security Response Headers"."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing from elsewhere, no script or style inside a page. Pico's arrows are pictures in its style sheet.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone={microphone}, payment=(), usb=()"
#: The only page that may hear.
_HEARS: Final = "/studio"
_STATIC: Final = "/static/"
#: Modules that name each other, without a version: asked for anew when they changed.
_MODULES: Final = "/static/sound/"
_KEEP: Final = "public, max-age=31536000, immutable"
_TWO_YEARS: Final = "max-age=63072000"


class SecurityHeaders:
    """Puts the headers on. Pages are never kept by the browser, static files (named by version) for good."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add the headers to its answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add(MutableHeaders(scope=message), scope["path"])
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)

    def _add(self, headers: MutableHeaders, path: str) -> None:
        headers.update(_HEADERS)
        microphone = "(self)" if path.endswith(_HEARS) else "()"
        headers["Permissions-Policy"] = _PERMISSIONS.format(microphone=microphone)
        headers["Cache-Control"] = _kept(path)
        if self._https:
            headers["Strict-Transport-Security"] = _TWO_YEARS


def _kept(path: str) -> str:
    if _STATIC not in path:
        return "no-store"
    return "no-cache" if _MODULES in path else _KEEP
