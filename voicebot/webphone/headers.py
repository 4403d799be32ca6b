"""What the telephone in the browser says to browsers: it may use the microphone and one socket of ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Nothing from elsewhere, no inline scripts or styles. Older Firefox does not count sockets as 'self'.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'{socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def headers(origin: str, path: str) -> Mapping[str, str]:
    """The headers of the page at `path`; `origin` is where people reach it."""
    return {
        "Content-Security-Policy": _POLICY.format(socket=f" ws{origin.removeprefix('http')}"),
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=(), usb=()",
        "Cache-Control": "no-cache" if "/static/" in path else "no-store",
    }
