"""The console as an application within the service: routes, headers, error pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import structlog
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from voicebot import browser
from voicebot.browser.headers import SecurityHeaders
from voicebot.console import (
    answers,
    auditing,
    content_files,
    erasing,
    fact_pages,
    facts_page,
    figures,
    hours,
    lost,
    more,
    own_account,
    procedures,
    profiles,
    publishing,
    pushing,
    questions,
    queue,
    reporting,
    searching,
    service_page,
    signing_in,
    step_page,
    studio_page,
    studio_takes,
    team,
    ticket_actions,
    ticket_page,
    trial_pane,
)
from voicebot.console.desk import Desk
from voicebot.console.guard import SignedOut
from voicebot.console.headers import headers
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
    answers.routes,
    pushing.routes,
    figures.routes,
    team.routes,
    hours.routes,
    facts_page.routes,
    studio_page.routes,
    studio_takes.routes,
    auditing.routes,
    procedures.routes,
    step_page.routes,
    fact_pages.routes,
    publishing.routes,
    trial_pane.routes,
    content_files.routes,
    questions.routes,
    service_page.routes,
)
_TROUBLES: Final = {403: "forbidden", 404: "missing", 405: "missing"}


def routes(desk: Desk) -> Mount:
    """Everything under `/mediation`."""
    return Mount(ROOT, SecurityHeaders(_application(desk), partial(headers, desk.guard.https)))


def entrance() -> Route:
    """`/mediation` itself leads inside, at whatever host the browser already is: no Host is believed."""

    async def enter(request: Request) -> Response:
        return RedirectResponse(f"{ROOT}/", 307)

    return Route(ROOT, enter, methods=["GET"])


def _application(desk: Desk) -> FastAPI:
    # Pages contain secrets, so they are not compressed (BREACH); static files do not, so they are.
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
        redirect_slashes=False,  # it would lead to whatever host the request names
    )
    queue.add_stream(app, desk)
    ticket_page.add_stream(app, desk)
    return app


class _Troubles:
    """What is shown when a page cannot be."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def signed_out(self, request: Request, error: Exception) -> Response:
        """To the door, with the reason if a session ended, and back afterwards with what was being typed."""
        guard = self._desk.guard
        over = request.method == "POST" or lost.KNOWN in request.cookies
        response = self._desk.go(signing_in.sign_in_path(request), "session_over" if over else "")
        await lost.keep(request, response, guard.privacy, guard.https)
        return response

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
