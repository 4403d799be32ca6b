"""The console over real HTTP messages and a real Redis; people who work in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from anyascii import anyascii
from fastapi import FastAPI
from redis.asyncio import Redis

from tests.conftest import PASSWORD
from voicebot.app import studio, waiting_room
from voicebot.config import Settings
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.console.guard import Guard
from voicebot.console.pages import Pages
from voicebot.content.editions import Edition, Editions
from voicebot.dialogue.flow import Flows
from voicebot.handoff import calling
from voicebot.handoff import ticket as handoff
from voicebot.handoff.ticket import State, Ticket
from voicebot.outbox.calling_hours import CallingHours
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record
from voicebot.speech.recordings import Recordings
from voicebot.speech.tts.pico import Pico
from voicebot.speech.voice import Voice
from voicebot.store.accounts import Account, Accounts, Role
from voicebot.store.audit import Audit
from voicebot.store.drafts import Drafts
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.notices import Notices
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.pictures import Pictures
from voicebot.store.ready_answers import ReadyAnswers
from voicebot.store.sessions import Sessions
from voicebot.store.signins import Signins
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.subscriptions import Subscriptions
from voicebot.store.threads import Threads
from voicebot.store.ticket_events import TicketEvents
from voicebot.switchboard.duty import Duty

ORIGIN = "https://voicebot.test"
SOMEBODY, NEIGHBOUR = "+33639980011", "+33639980012"
TOKEN = re.compile(r'name="token" value="([^"]+)"')

OpenBrowser = Callable[..., AbstractAsyncContextManager["Browser"]]
Hire = Callable[..., Awaitable[Account]]
Ask = Callable[..., Awaitable[Ticket]]


@dataclass
class Clock:
    """The time, which goes on only when a test says so."""

    now: float = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recordings")


@pytest.fixture
def desk(
    redis: Redis,
    privacy: Privacy,
    flows: Flows,
    prompts: Prompts,
    clock: Clock,
    recordings: Recordings,
    tmp_path: Path,
) -> Desk:
    guard = Guard(Accounts(redis, privacy), Signins(redis), privacy, https=True)
    tickets = waiting_room(redis, privacy)
    return Desk(
        guard,
        Audit(redis),
        Sessions(redis, privacy, tickets.announce),
        tickets,
        Mediators(redis, privacy),
        Threads(redis, privacy),
        Outbox(redis, privacy),
        Notices(redis),
        Opening(redis),
        TicketEvents(redis),
        Figures(redis),
        Editions(Edition("as shipped", flows, prompts, None, lambda says, channel: "")),
        privacy,
        Pages(),
        clock,
        studio(Settings(recordings=recordings.folder), prompts),
        Voice(recordings, tmp_path / "cache", (), (Pico(),)),
        StudioCodes(redis),
        Drafts(redis, privacy),
        Pictures(redis, privacy),
        ReadyAnswers(redis),
        Subscriptions(redis, privacy),
        next_call=Duty(
            Opening(redis),
            Mediators(redis, privacy),
            Sessions(redis, privacy),
            clock,
            CallingHours(),
            can_ring=True,
        ).next_call,
    )


@pytest.fixture
def ticket(desk: Desk, clock: Clock) -> Ask:
    """Somebody asks for a person: a ticket, brought into `state` by `mediator`."""

    async def asked(
        ticket_id: str = "t1",
        *,
        state: State = "waiting",
        mediator: str = "",
        outcome: str = "helped",
        at: float = clock.now,
        person: str = desk.privacy.pseudonym(SOMEBODY),
        **fields: Any,
    ) -> Ticket:
        usual = {"reason": "asked", "priority": "normal", "topic": "rsa", "channel": "voice", "slots": {}}
        content = {**usual, "person": person, "session": f"CA:{ticket_id}", **fields}
        await desk.sessions.add(person, Record.of({"kind": "ticket", "id": ticket_id, "at": at, **content}))
        change = desk.tickets.change
        if state != "waiting":
            await change(ticket_id, lambda one: handoff.claim(one, mediator, clock.now))
        if state == "in_call":
            await change(ticket_id, lambda one: calling.start_call(one, mediator, clock.now))
        if state == "closed":
            await change(ticket_id, lambda one: handoff.close(one, mediator, outcome, clock.now))
        made = await desk.tickets.get(ticket_id)
        assert made
        return made

    return asked


@dataclass
class Browser:
    """Somebody's browser: follows redirects, keeps cookies, fills in the forms of the page it is on."""

    client: httpx.AsyncClient
    page: httpx.Response = field(init=False)

    async def open(self, path: str) -> httpx.Response:
        self.page = await self.client.get(f"/mediation{path}", follow_redirects=True)
        return self.page

    async def send(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Send a form with the token of the page that is open."""
        found = TOKEN.search(self.page.text)
        assert found, "the page has no form"
        return await self.post(path, token=found[1], **fields)

    async def post(self, path: str, **fields: str | list[str]) -> httpx.Response:
        self.page = await self.client.post(f"/mediation{path}", data=fields, follow_redirects=True)
        return self.page

    async def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        await self.open("/sign-in")
        return await self.send("/sign-in", email=email, password=password)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    app = FastAPI()
    app.router.routes.append(site.routes(desk))
    return app


@pytest.fixture
def browser(app: FastAPI) -> OpenBrowser:
    """A new browser, at an internet address of its own if asked for."""

    @asynccontextmanager
    async def opened(address: str = "192.0.2.1") -> AsyncIterator[Browser]:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=(address, 4711))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield Browser(client)

    return opened


@pytest.fixture
def hire(desk: Desk, password_hash: str) -> Hire:
    """A new account."""

    async def hired(name: str = "Awa Diallo", role: Role = "mediator") -> Account:
        email = f"{anyascii(name.split()[0]).lower()}@example.org"
        account = await desk.guard.accounts.add(email, name, role, password_hash)
        assert account is not None
        return account

    return hired
