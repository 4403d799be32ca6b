"""A text that was being written when the session ended: it comes back after signing in.

It travels sealed in a cookie of the browser in which it was typed, for half an hour.
"""

from __future__ import annotations

import re
from typing import Final

from fastapi import HTTPException, Request
from starlette.responses import Response

from voicebot.console.forms import read_form
from voicebot.console.pages import ROOT
from voicebot.errors import StoreError
from voicebot.privacy import Privacy

COOKIE: Final = "mediation-begun"
#: Marks a browser in which somebody was signed in, to tell a session that ended from a first visit.
KNOWN: Final = "mediation-known"
_FOR_S: Final = 1800
#: The most that fits into a cookie once sealed.
_LONGEST: Final = 1000
_ACTION: Final = re.compile(r"^/tickets/(?P<ticket>[^/]+)/(?P<did>text|note)$")


async def keep(request: Request, response: Response, privacy: Privacy, https: bool) -> None:
    """Put what was typed into a cookie, if it was a text or a note about a ticket."""
    found = _ACTION.match(request.url.path.removeprefix(ROOT))
    if found is None or request.method != "POST":
        return
    try:
        typed = (await read_form(request)).text(found["did"], _LONGEST)
    except HTTPException:
        return
    if typed:
        sealed = privacy.seal([found["ticket"], found["did"], typed])
        response.set_cookie(
            COOKIE, sealed, max_age=_FOR_S, path=ROOT, secure=https, httponly=True, samesite="lax"
        )


def begun(request: Request, privacy: Privacy, ticket: str) -> dict[str, str]:
    """What was typed about `ticket` before the session ended, by field; {} if nothing was."""
    sealed = request.cookies.get(COOKIE)
    if not sealed:
        return {}
    try:
        about, field, text = privacy.unseal(sealed)
    except (StoreError, ValueError, TypeError):
        return {}
    return {str(field): str(text)} if about == ticket else {}


def page_before(request: Request) -> str:
    """The page to return to after signing in: for a form about a ticket, that ticket's page."""
    path = request.url.path.removeprefix(ROOT)
    if request.method == "GET":
        return path
    parts = path.split("/")
    return "/".join(parts[:3]) if parts[1:2] == ["tickets"] and len(parts) > 2 else ""
