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
from voicebot.channels import sms
from voicebot.channels.service import Limits, Service
from voicebot.channels.sms import TextDesk
from voicebot.channels.voice import webhooks as voice_webhooks
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.config import Settings
from voicebot.privacy import Privacy
from voicebot.simulator.rehearsal import new_secrets
from voicebot.speech.turn import PATIENCE_S
from voicebot.store.audit import Audit
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.telephony import Signature

ORIGIN = "https://voicebot.test"
STORY = conversations.read(conversations.FOLDER / "rsa.keypad.yaml")
SETTINGS = Settings(_env_file=None, recognizer="none", public_url=ORIGIN).model_copy(update=new_secrets())
KEYS = [line.keys or "" for line in STORY.turns]


_UNLIMITED = 1_000_000


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
def built(redis_socket: str, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """Loading it takes seconds: once for all tests. Calls go by keypad.

    What concerns a person is sealed with the common keys, so that tests can open it; see `test_erased`.
    """
    settings = SETTINGS.model_copy(update={"data": tmp_path_factory.mktemp("b") / "redis"})
    service = build(settings, Redis(unix_socket_path=redis_socket, decode_responses=True))
    common = Privacy(SETTINGS.pseudonym_key.get_secret_value(), SETTINGS.fernet_keys)
    return replace(service, privacy=common)


def on(built: Service, redis: Redis, clock: Callable[[], float], **more: Any) -> Service:
    """The same service on another store, at another time, in the loop of a test."""
    sessions, tickets = Sessions(redis, built.privacy), waiting_room(redis, built.privacy)
    lookups = all_lookups(redis, built.privacy, tickets, VAR / "places", clock)
    switches = switched(SETTINGS, redis, tickets, Mediators(redis, built.privacy), sessions)
    lookups |= switches.duty.lookups()
    unlimited = RateLimiter(redis, _UNLIMITED, _UNLIMITED)
    usual = {
        "outbox": Outbox(redis, built.privacy),
        "switches": switches,
        "limits": Limits(texts=unlimited, calls=unlimited),
        "recording": replace(built.recording, codes=StudioCodes(redis), audit=Audit(redis)),
    }
    return replace(
        built,
        runner=replace(built.runner, clock=clock, sessions=sessions, count=_uncounted, lookups=lookups),
        **{**usual, **more},
    )


def with_ears(service: Service, recognizer: Any, patience_s: float = PATIENCE_S) -> Service:
    """The same service with other ears."""
    return replace(service, speech=replace(service.speech, recognizer=recognizer, patience_s=patience_s))


async def _uncounted(at: float, counts: Any) -> None:
    """Figures are of no interest here."""


def webhooks(service: Service) -> httpx.AsyncClient:
    """A client that reaches the service's webhooks as Twilio does, without a network."""
    app, signature = FastAPI(), Signature(TOKEN)
    app.include_router(voice_webhooks.routes(CallHandler(service), signature, ORIGIN))
    texts = TextDesk.of(service)
    app.include_router(sms.routes(texts, signature))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN)


@pytest.fixture
def service(built: Service, redis: Redis, clock: Clock) -> Service:
    return on(built, redis, clock)


@pytest.fixture
async def keypad_caller(service: Service) -> AsyncIterator[KeypadCaller]:
    """Somebody who calls and answers by keys."""
    async with webhooks(service) as client:
        yield KeypadCaller(ORIGIN, "+33639980301", client=client)


async def known(service: Service, call: str) -> dict[str, object]:
    """The answers that are kept of a call, and how it ended."""
    person = await service.runner.sessions.calls.caller(call)
    session, _ = await service.runner.sessions.load(person or "", call)
    return {**session.slots, "status": session.status, "place": session.place}


async def went_well(service: Service, person: KeypadCaller) -> None:
    """The call is over and everything the caller answered is kept."""
    assert person.gather is None, "the call should be over"
    kept = await known(service, person.call)
    assert kept["status"] == "ended"
    assert {name: kept.get(name) for name in STORY.ends.slots} == STORY.ends.slots
