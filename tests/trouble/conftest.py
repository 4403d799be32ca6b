"""The real service in this process, on whatever store a test breaks, at whatever time it says."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from tests import conversations
from tests.conftest import VAR
from tests.deployment import TOKEN, KeypadCaller
from voicebot.app import build, waiting_room
from voicebot.app.build import all_lookups, switched
from voicebot.channels import sms, twilio_voice
from voicebot.channels.service import Service
from voicebot.channels.telephone_desk import TelephoneDesk
from voicebot.config import Settings
from voicebot.rehearsal import new_secrets
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Threads
from voicebot.twilio import Signature

ORIGIN = "https://voicebot.test"
STORY = conversations.read(conversations.FOLDER / "rsa.keypad.yaml")
SETTINGS = Settings(_env_file=None, recognizer="none", public_url=ORIGIN).model_copy(update=new_secrets())
KEYS = [line.keys or "" for line in STORY.turns]


@dataclass
class Clock:
    """The time, which jumps as a test says."""

    now: float = 1_795_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def built(redis_socket: str) -> Service:
    """Loading it takes seconds: once for all tests. Calls go by keypad."""
    return build(SETTINGS, Redis(unix_socket_path=redis_socket, decode_responses=True))


def on(built: Service, redis: Redis, clock: Callable[[], float], **more: Any) -> Service:
    """The same service on another store, at another time, in the loop of a test."""
    sessions, tickets = Sessions(redis, built.privacy), waiting_room(redis, built.privacy)
    lookups = all_lookups(redis, built.privacy, tickets, VAR / "places", clock)
    lookups |= switched(SETTINGS, redis, tickets, Mediators(redis, built.privacy), sessions).duty.lookups()
    return replace(
        built,
        runner=replace(built.runner, clock=clock, sessions=sessions, count=_uncounted, lookups=lookups),
        outbox=Outbox(redis, built.privacy),
        threads=Threads(redis, built.privacy),
        **{"floods": None, "call_floods": None, "tickets": None, "codes": None, **more},
    )


async def _uncounted(at: float, counts: Any) -> None:
    """Figures are of no interest here."""


def webhooks(service: Service) -> httpx.AsyncClient:
    """A client that reaches the service's webhooks as Twilio does, without a network."""
    app, signature = FastAPI(), Signature(TOKEN)
    app.include_router(twilio_voice.routes(TelephoneDesk(service), signature, ORIGIN))
    app.include_router(sms.routes(service, signature))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)


@pytest.fixture
def service(built: Service, redis: Redis, clock: Clock) -> Service:
    return on(built, redis, clock)


@pytest.fixture
async def caller(service: Service) -> AsyncIterator[KeypadCaller]:
    """Somebody who calls and answers by keys."""
    async with webhooks(service) as client:
        yield KeypadCaller(ORIGIN, "+33639980301", client=client)


async def known(service: Service, call: str) -> dict[str, object]:
    """The answers that are kept of a call, and how it ended."""
    person = await service.runner.sessions.caller(call)
    session, _ = await service.runner.sessions.load(person or "", call)
    return {**session.slots, "status": session.status, "place": session.place}


async def went_well(service: Service, person: KeypadCaller) -> None:
    """The call is over and everything the caller answered is kept."""
    assert person.gather is None, "the call should be over"
    kept = await known(service, person.call)
    assert kept["status"] == "ended"
    assert {name: kept.get(name) for name in STORY.ends.slots} == STORY.ends.slots
