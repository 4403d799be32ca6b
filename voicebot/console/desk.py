"""What every page of the console needs, and how the pages respond."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from voicebot.console.guard import Guard, Visitor
from voicebot.console.pages import ROOT, Pages
from voicebot.console.running import Running
from voicebot.console.writing import Writing
from voicebot.content.editions import Editions
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Value
from voicebot.handoff.mediator import Mediator
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.speech.voice import Voice
from voicebot.store.accounts import Account
from voicebot.store.audit import Audit, Deed
from voicebot.store.drafts import Drafts
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.pictures import Pictures
from voicebot.store.ready_answers import ReadyAnswers
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.subscriptions import Subscriptions
from voicebot.store.threads import Threads
from voicebot.store.ticket_events import TicketEvents
from voicebot.store.tickets import Tickets
from voicebot.store.unheard import Unheard
from voicebot.studio import Studio

_FLASH: Final = "mediation-said"
_FLASH_S: Final = 60
#: Seconds within which seeing the same ticket again is the same view.
_VIEW_S: Final = 600
#: Ring a mediator (by id), then the person a ticket (by id) is about. Raises TicketRefused.
Ring = Callable[[str, str], Awaitable[None]]
#: The first moment from one on (Unix seconds) when mediators work and a person (a pseudonym) may be called.
NextCall = Callable[[str, float], Awaitable[float | None]]
#: The places near an area: a lookup of flows, from answers to `place_1_name` and so on.
NearPlaces = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


@dataclass(frozen=True)
class Desk:
    """The console of one service. `clock` gives Unix seconds. Without `ring` no calls can be made.

    Without `writing` there is no folder of an association in which authors could write.
    `facts` is the folder of confirmed facts and of the archive that they are compared with.
    """

    guard: Guard
    audit: Audit
    sessions: Sessions
    tickets: Tickets
    mediators: Mediators
    threads: Threads
    outbox: Outbox
    notices: Notices
    opening: Opening
    news: TicketEvents
    figures: Figures
    editions: Editions
    privacy: Privacy
    pages: Pages
    clock: Callable[[], float]
    studio: Studio
    voice: Voice
    codes: StudioCodes
    drafts: Drafts
    pictures: Pictures
    ready: ReadyAnswers
    subscriptions: Subscriptions
    ring: Ring | None = None
    places: NearPlaces | None = None
    next_call: NextCall | None = None
    facts: Path = Path("var/facts")
    open_pages: Counter[str] = field(default_factory=Counter)
    writing: Writing | None = None
    unheard: Unheard | None = None
    running: Running | None = None

    @property
    def flows(self) -> Flows:
        """The procedures as they are now."""
        return self.editions.current.flows

    @property
    def prompts(self) -> Prompts:
        """The sentences as they are now."""
        return self.editions.current.prompts

    def show(
        self, request: Request, visitor: Visitor | None, template: str, status: int = 200, **context: Any
    ) -> HTMLResponse:
        """A whole page, with the message left by the last action, which is shown only once."""
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
        """Redirect to another page after an action; that page shows the message `said` of words.yaml."""
        response = RedirectResponse(ROOT + path, 303)
        if said:
            secure = self.guard.https
            response.set_cookie(
                _FLASH, said, max_age=_FLASH_S, path=ROOT, secure=secure, httponly=True, samesite="lax"
            )
        return response

    async def people(self) -> Mapping[str, str]:
        """The names of everyone who has or had an account, by id."""
        return {account.id: account.name for account in await self.guard.accounts.all()}

    async def mediator(self, account: Account) -> Mediator:
        """The mediator who owns this account, as known so far."""
        known = await self.mediators.get(account.id)
        return known or Mediator(account.id, account.name, roles=(account.role,))

    async def change_mediator(self, account: Account, change: Callable[[Mediator], Mediator]) -> Mediator:
        """Apply `change` to the mediator who owns this account, adding them to the directory if need be."""
        changed = await self.mediators.change(account.id, change)
        if changed is None:
            changed = change(await self.mediator(account))
            await self.mediators.save(changed)
        return changed

    async def note_view(self, visitor: Visitor, about: str) -> None:
        """Record that somebody sees the ticket `about`, once in ten minutes."""
        await self.audit.note_first(Deed(self.clock(), visitor.account.id, "saw_ticket", about), _VIEW_S)

    async def note(self, visitor: Visitor, did: str, about: str = "") -> None:
        """Record in the audit log who saw or did what."""
        await self.audit.note(Deed(self.clock(), visitor.account.id, did, about))
