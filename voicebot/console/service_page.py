"""`/service`, for administrators: what runs, what is missing, and a call or a text to oneself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import HTTPException, Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import Form
from voicebot.console.guard import Visitor
from voicebot.console.running import BACKED_UP, Running
from voicebot.telephony.phone_numbers import e164

_PATH = "/service"


def routes(desk: Desk) -> list[BaseRoute]:
    """The page, the thorough look, and the trials."""
    page, guard = _ServicePage(desk), desk.guard
    return [
        guard.page(_PATH, page.show, "administrator"),
        guard.action(f"{_PATH}/examen", page.examine, "administrator"),
        guard.action(f"{_PATH}/essai", page.try_number, "administrator"),
        guard.action(f"{_PATH}/renvoi", page.retry, "administrator"),
        guard.page(f"{_PATH}/sauvegarde", page.backup, "administrator"),
    ]


@dataclass(frozen=True)
class _ServicePage:
    desk: Desk

    @property
    def _running(self) -> Running:
        if self.desk.running is None:
            raise HTTPException(404)
        return self.desk.running

    async def show(self, request: Request, visitor: Visitor) -> Response:
        """What is known at once."""
        groups = await self._running.look()
        running = self._running
        able = {
            "examines": running.examine is not None,
            "tries": running.try_number is not None,
            "retries": running.retry is not None,
            "saves": running.backup is not None,
        }
        return self.desk.show(request, visitor, "service.html", groups=groups, **able)

    async def examine(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Like `voicebot doctor`."""
        if self._running.examine is None:
            raise HTTPException(404)
        found = await self._running.examine()
        if request.headers.get("hx-request"):
            return HTMLResponse(self.desk.pages.fill("parts/told.html", {"told": found}))
        none = dict.fromkeys(("examines", "tries", "retries", "saves"), False)
        return self.desk.show(request, visitor, "service.html", groups={"doctor": found}, **none)

    async def retry(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Send once more what was given up."""
        if self._running.retry is None:
            raise HTTPException(404)
        count = await self._running.retry()
        await self.desk.note(visitor, "retried")
        return self.desk.go(_PATH, "retried" if count else "nothing_to_retry")

    async def backup(self, request: Request, visitor: Visitor) -> Response:
        """All that Redis keeps, sealed, as a file."""
        if self._running.backup is None:
            raise HTTPException(404)
        await self.desk.note(visitor, BACKED_UP)
        day = datetime.fromtimestamp(self.desk.clock(), UTC).date()
        named = {"Content-Disposition": f'attachment; filename="voicebot-{day}.backup.gz"'}
        return StreamingResponse(self._running.backup(), media_type="application/gzip", headers=named)

    async def try_number(self, request: Request, visitor: Visitor, form: Form) -> Response:
        """Text or call the number that was typed."""
        number, how = e164(form.text("number", 30)), form.text("how", 10)
        if self._running.try_number is None or how not in ("text", "call"):
            raise HTTPException(404)
        if number is None:
            return self.desk.go(_PATH, "number_wrong")
        sent = await self._running.try_number(how, number)
        await self.desk.note(visitor, "tried_out")
        return self.desk.go(_PATH, "trial_sent" if sent else "trial_refused")
