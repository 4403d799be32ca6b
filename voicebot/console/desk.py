"""What the pages of the console work with, and how they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voicebot.console.guard import Guard, Visitor
from voicebot.console.pages import ROOT, Pages
from voicebot.dialogue.flow import Flows
from voicebot.handoff.mediator import Mediator
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.speech.voice import Voice
from voicebot.store.accounts import Account
from voicebot.store.audit import Audit, Deed
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.news import News
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets
from voicebot.studio import Studio

_FLASH: Final = "mediation-said"
_FLASH_S: Final = 60
#: Ring a mediator (id), then the person of a ticket (id). Raises TicketRefused.
Ring = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True)
class Desk:
    """The console of one service. `clock` gives Unix seconds. Without `ring` no call can be made."""

    guard: Guard
    audit: Audit
    sessions: Sessions
    tickets: Tickets
    mediators: Mediators
    threads: Threads
    outbox: Outbox
    notices: Notices
    opening: Opening
    news: News
    figures: Figures
    flows: Flows
    prompts: Prompts
    privacy: Privacy
    pages: Pages
    clock: Callable[[], float]
    studio: Studio
    voice: Voice
    codes: StudioCodes
    ring: Ring | None = None

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

    async def mediator(self, account: Account) -> Mediator:
        """The mediator who has this account, as known so far."""
        known = await self.mediators.get(account.id)
        return known or Mediator(account.id, account.name, roles=(account.role,))

    async def change_mediator(self, account: Account, change: Callable[[Mediator], Mediator]) -> Mediator:
        """Apply `change` to the mediator who has this account, who is then in the directory."""
        changed = await self.mediators.change(account.id, change)
        if changed is None:
            changed = change(await self.mediator(account))
            await self.mediators.save(changed)
        return changed

    async def note(self, visitor: Visitor, did: str, about: str = "") -> None:
        """Write into the audit log who saw or did what."""
        await self.audit.note(Deed(self.clock(), visitor.account.id, did, about))
