"""The console as one application within the service: its routes, its headers, its pages for trouble."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import structlog
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from voicebot import browser
from voicebot.console import (
    auditing,
    erasing,
    figures,
    hours,
    more,
    own_account,
    profiles,
    queue,
    reporting,
    searching,
    signing_in,
    studio_page,
    studio_takes,
    team,
    ticket_actions,
    ticket_page,
)
from voicebot.console.desk import Desk
from voicebot.console.guard import SignedOut
from voicebot.console.headers import SecurityHeaders
from voicebot.console.pages import ROOT, STATIC
from voicebot.errors import StoreError

log = structlog.get_logger()

_PARTS: Final[tuple[Callable[[Desk], list[BaseRoute]], ...]] = (
    signing_in.routes,
    queue.routes,
    ticket_page.routes,
    ticket_actions.routes,
    erasing.routes,
    reporting.routes,
    searching.routes,
    more.routes,
    own_account.routes,
    profiles.routes,
    figures.routes,
    team.routes,
    hours.routes,
    studio_page.routes,
    studio_takes.routes,
    auditing.routes,
)
_TROUBLES: Final = {403: "forbidden", 404: "missing", 405: "missing"}


def routes(desk: Desk) -> Mount:
    """Everything under `/mediation`."""
    return Mount(ROOT, SecurityHeaders(_application(desk), desk.guard.https))


def _application(desk: Desk) -> FastAPI:
    # Pages hold secrets and are not compressed (BREACH); static files hold none and are.
    sound, static = (GZipMiddleware(StaticFiles(directory=folder)) for folder in (browser.STATIC, STATIC))
    parts: list[BaseRoute] = [Mount("/static/sound", sound), Mount("/static", static)]
    for part in _PARTS:
        parts += part(desk)
    troubles = _Troubles(desk)
    app = FastAPI(
        routes=parts,
        exception_handlers={
            SignedOut: troubles.signed_out,
            StoreError: troubles.broken,
            HTTPException: troubles.refused,
            Exception: troubles.broken,
        },
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    queue.add_stream(app, desk)
    ticket_page.add_stream(app, desk)
    return app


class _Troubles:
    """What is shown when a page cannot be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def signed_out(self, request: Request, error: Exception) -> Response:
        """To the door, and back afterwards."""
        return RedirectResponse(ROOT + signing_in.sign_in_path(request), 303)

    async def refused(self, request: Request, error: Exception) -> Response:
        """Not for them, or not there."""
        status = error.status_code if isinstance(error, HTTPException) else 500
        return self._page(request, _TROUBLES.get(status, "broken"), status)

    async def broken(self, request: Request, error: Exception) -> Response:
        """Our own trouble: named in the log, never on the page."""
        log.error("console failed", error=type(error).__name__)
        return self._page(request, "broken", 503)

    def _page(self, request: Request, kind: str, status: int) -> Response:
        return self._desk.show(request, None, "trouble.html", status, kind=kind)
