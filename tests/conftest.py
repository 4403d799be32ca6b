"""Real parts for all tests: one Redis for the run, emptied before each test that uses it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
import structlog
from cryptography.fernet import Fernet
from hypothesis import Phase, settings
from redis.asyncio import Redis

from tests import kinds
from tests.speech.room import ScriptedRecognizer
from voicebot.app import FLOWS, PROMPTS, build
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.console import passwords
from voicebot.dialogue.flow import Flows
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.packaged import NLU
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.simulator import CallerVoice
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices
from voicebot.store.server import embedded

VAR = Path(__file__).parent.parent / "var"
#: How long an example takes says nothing on a machine that is shared.
_PHASES = (Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink)
settings.register_profile("shared machine", deadline=None, phases=_PHASES)
settings.load_profile("shared machine")
#: How far behind the others a third worker stands (see nice(1)): it gets a tenth of a core that is wanted.
_BEHIND = 10
DATA_KEY = Fernet.generate_key().decode()
PASSWORD = "un-bon-mot-de-passe"


def pytest_sessionstart() -> None:
    """Two workers for two cores; any further one takes what they leave while they wait for something.

    So it slows none of their tests that are about how long somebody waits.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    if int(worker.removeprefix("gw")) > 1:
        os.nice(_BEHIND)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs sound, a browser or processes; put groups that take long first."""
    kinds.mark(items)
    items.sort(key=kinds.place)


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """A command that sets the logs up does so for its own test, whose streams are closed after it."""
    yield
    structlog.reset_defaults()


def _digest(folder: Path) -> str:
    """What stands in all files of a folder, and where in it."""
    found = sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        found.update(f"{path.relative_to(folder)}:{path.stat().st_size}:".encode() + path.read_bytes())
    return found.hexdigest()


@pytest.fixture(scope="session", autouse=True)
def learned_once() -> Iterator[None]:
    """Understanding takes seconds to learn: what reads the same words shares one, wherever they stand."""
    load, learned = Understanding.load, dict[str, Understanding]()

    def once(*folders: Path, kept: Path | None = None, second_opinion: bool = True) -> Understanding:
        words = "".join(map(_digest, folders or (NLU,))) + ("" if second_opinion else " by words alone")
        if words not in learned:
            learned[words] = load(*folders, kept=kept or VAR / "cache", second_opinion=second_opinion)
        return learned[words]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Understanding, "load", once)
        yield


@pytest.fixture(scope="session")
def understanding() -> Understanding:
    """The packaged words."""
    return Understanding.load()


@pytest.fixture(scope="session")
def flows() -> Flows:
    """The procedures that are shipped."""
    return load_flows(FLOWS)


@pytest.fixture(scope="session")
def prompts() -> Prompts:
    """The sentences that are shipped."""
    return Prompts.load(PROMPTS)


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
    """The real service with its real recognizer, for the tests of the xdist groups "audio" and "voices"."""
    with rehearse(Settings(var=VAR), tmp_path_factory.mktemp("redis")) as rehearsal:
        assert rehearsal.service.speech.recognizer is not None, "run `make test`, which installs the models"
        yield rehearsal


@pytest.fixture(scope="session")
def quiet_line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The real service with a recognizer that hears nothing, for the tests of the xdist group "line".

    They are about sockets, keys, pages and when somebody speaks, never about which words.
    """

    def make(settings: Settings, redis: Redis) -> Service:
        service = build(settings, redis)
        return replace(service, speech=replace(service.speech, recognizer=ScriptedRecognizer([""])))

    settings = Settings(var=VAR, recognizer="none")
    with rehearse(settings, tmp_path_factory.mktemp("redis"), make=make) as rehearsal:
        yield rehearsal


@pytest.fixture(scope="session")
def caller() -> CallerVoice:
    """Somebody who calls."""
    return CallerVoice(voices.caller(VAR))


@pytest.fixture(scope="session")
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return passwords._HASHER.hash(PASSWORD)
