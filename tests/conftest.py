"""Real parts for all tests: one Redis for the run, emptied before each test that uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet
from hypothesis import settings
from redis.asyncio import Redis

from tests.speech.room import ScriptedRecognizer
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.channels.simulator import CallerVoice
from voicebot.config import Settings
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices
from voicebot.store.server import embedded

VAR = Path(__file__).parent.parent / "var"
#: How long an example takes says nothing on a machine that is shared.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")
DATA_KEY = Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """A command that sets the logs up does so for its own test, whose streams are closed after it."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session", autouse=True)
def learned_once() -> Iterator[None]:
    """Understanding takes seconds to learn and never changes: services that tests start share one."""
    load = Understanding.load
    once = cache(lambda: load())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Understanding, "load", lambda *folder: load(*folder) if folder else once())
        yield


@pytest.fixture(scope="session")
def redis_socket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded(tmp_path_factory.mktemp("redis")) as socket:
        yield socket


@pytest.fixture
async def redis(redis_socket: str) -> AsyncIterator[Redis]:
    connection = Redis(unix_socket_path=redis_socket, decode_responses=True)
    await connection.flushall()
    yield connection
    await connection.aclose()


@pytest.fixture
def privacy() -> Privacy:
    return Privacy("pepper", [DATA_KEY])


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return Path(__file__).parent.parent


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The real service with its real recognizer, for the tests of the xdist group "audio"."""
    with rehearse(Settings(var=VAR), tmp_path_factory.mktemp("redis")) as rehearsal:
        assert rehearsal.service.recognizer is not None, "run `make test`, which installs the models"
        yield rehearsal


@pytest.fixture(scope="session")
def quiet_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The real service with a recognizer that hears nothing, for the tests of the xdist group "line".

    They are about sockets, keys, pages and when somebody speaks, never about which words.
    """

    def make(settings: Settings, redis: Redis) -> Service:
        return replace(build(settings, redis), recognizer=ScriptedRecognizer([""]))

    settings = Settings(var=VAR, recognizer="none")
    with rehearse(settings, tmp_path_factory.mktemp("redis"), make=make) as rehearsal:
        yield rehearsal


@pytest.fixture(scope="session")
def caller() -> CallerVoice:
    """Somebody who calls."""
    return CallerVoice(voices.caller(VAR))
