"""Real parts for all tests: one Redis for the run, emptied before each test that uses it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.server import embedded

DATA_KEY = Fernet.generate_key().decode()


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
