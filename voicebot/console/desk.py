"""What the pages of the console work with, and how they answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voicebot.console.guard import Guard, Visitor
from voicebot.console.mediators import Mediators
from voicebot.console.pages import ROOT, Pages
from voicebot.console.tickets import Tickets
from voicebot.dialogue.flow import Flows
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.audit import Audit, Deed
from voicebot.store.figures import Figures
from voicebot.store.news import News
from voicebot.store.notices import Notices
from voicebot.store.outbox import Outbox
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Threads

_FLASH: Final = "mediation-said"
_FLASH_S: Final = 60


@dataclass(frozen=True)
class Desk:
    """The console of one service. `clock` gives Unix seconds."""

    guard: Guard
    audit: Audit
    sessions: Sessions
    tickets: Tickets
    mediators: Mediators
    threads: Threads
    outbox: Outbox
    notices: Notices
    news: News
    figures: Figures
    flows: Flows
    prompts: Prompts
    privacy: Privacy
    pages: Pages
    clock: Callable[[], float]

    def show(
        self, request: Request, visitor: Visitor | None, template: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A whole page; what the last action did is told on it once."""
        said = request.cookies.get(_FLASH, "")
        common = {
            "me": visitor.account if visitor else None,
            "token": visitor.token if visitor else "",
            "path": request.url.path.removeprefix(ROOT),
            "said": said,
            "now": self.clock(),
        }
        response = HTMLResponse(self.pages.fill(template, {**common, **context}), status)
        if said:
            response.delete_cookie(_FLASH, path=ROOT)
        return response

    def go(self, path: str, said: str = "") -> Response:
        """On to another page after an action, which is told there by the message `said` of words.yaml."""
        response = RedirectResponse(ROOT + path, 303)
        if said:
            secure = self.guard.https
            response.set_cookie(
                _FLASH, said, max_age=_FLASH_S, path=ROOT, secure=secure, httponly=True, samesite="lax"
            )
        return response

    async def people(self) -> Mapping[str, str]:
        """The names of all who have or had an account, by id."""
        return {account.id: account.name for account in await self.guard.accounts.all()}

    async def is_on_duty(self, account_id: str) -> bool:
        """Whether calls may be offered to them."""
        return (await self.mediators.get(account_id)).on_duty

    async def note(self, visitor: Visitor, did: str, about: str = "") -> None:
        """Write into the audit log who saw or did what."""
        await self.audit.note(Deed(self.clock(), visitor.account.id, did, about))
