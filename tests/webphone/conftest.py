"""The trial page without a browser: over real HTTP messages and a real Redis, with a clock of our own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from voicebot.app import build
from voicebot.browser.headers import SecurityHeaders
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.simulator.rehearsal import new_secrets
from voicebot.store.figures import Figures
from voicebot.store.outbox import Outbox
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Threads
from voicebot.webphone.headers import headers
from voicebot.webphone.site import open_site
from voicebot.webphone.voice_comparison import VoiceComparison

ORIGIN = "https://voicebot.test"
KEY = "sésame, ouvre-toi"


@dataclass
class Clock:
    """The time, which goes on only when a test says so."""

    now: float = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def built(redis_socket: str) -> Service:
    """The real service without an ear: calls go by keypad. Loading it takes seconds."""
    settings = Settings(recognizer="none", public_url=ORIGIN).model_copy(update=new_secrets())
    return build(settings, Redis(unix_socket_path=redis_socket, decode_responses=True))


@pytest.fixture
def service(built: Service, redis: Redis, clock: Clock) -> Service:
    """The same in the loop and at the time of a test."""
    figures = Figures(redis)
    runner = replace(built.runner, clock=clock, sessions=Sessions(redis, built.privacy), count=figures.count)
    return replace(
        built,
        runner=runner,
        outbox=Outbox(redis, built.privacy),
        limits=replace(built.limits, texts=RateLimiter(redis)),
        switches=replace(built.switches, threads=Threads(redis, built.privacy)),
    )


Site = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def site(service: Service, redis: Redis, tmp_path: Path) -> Site:
    """A browser in front of the page; `key` is what the page asks for."""

    @asynccontextmanager
    async def opened(key: str = "") -> AsyncIterator[httpx.AsyncClient]:
        app = FastAPI()
        open_site(app, service, redis, VoiceComparison(tmp_path, "kokoro", "pico"), key)
        app.add_middleware(SecurityHeaders, own=partial(headers, ORIGIN), root="/essai")
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield client

    return opened
