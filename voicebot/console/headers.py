"""What the console says to browsers: nothing from elsewhere, pages never cached, static files for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Nothing from elsewhere, no inline scripts or styles. The style sheet of Pico CSS embeds its arrows as data.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "media-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_PERMISSIONS: Final = "camera=(), geolocation=(), microphone={microphone}, payment=(), usb=()"
#: The only page that may use the microphone.
_HEARS: Final = "/studio"
_STATIC: Final = "/static/"
#: Modules import each other by unversioned names, so browsers must check whether they changed.
_MODULES: Final = "/static/sound/"
_KEEP: Final = "public, max-age=31536000, immutable"
_TWO_YEARS: Final = "max-age=63072000"


def headers(https: bool, path: str) -> Mapping[str, str]:
    """The headers of the console at `path`, reached by `https` or not."""
    microphone = "(self)" if path.endswith(_HEARS) else "()"
    return {
        "Content-Security-Policy": POLICY,
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": _PERMISSIONS.format(microphone=microphone),
        "Cache-Control": _kept(path),
        **({"Strict-Transport-Security": _TWO_YEARS} if https else {}),
    }


def _kept(path: str) -> str:
    if _STATIC not in path:
        return "no-store"
    return "no-cache" if _MODULES in path else _KEEP
