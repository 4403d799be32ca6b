"""Each person's own key, kept apart from what it opens: destroyed, it makes even a backup unreadable.

On one machine it is a file (SQLite, which overwrites what is deleted); services on several machines share a
Redis of its own that keeps no append-only file. Neither belongs into a backup. The keys are sealed with the
common ones, so that this store alone opens nothing either.
"""

from __future__ import annotations

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from redis.asyncio import Redis

from voicebot.errors import ConfigError, StoreError
from voicebot.privacy import PersonalKey, PersonalKeys, Privacy
from voicebot.store.keys import DAY_S, MEMORY_TTL_S, keys_id, personal_key
from voicebot.store.server import reached
from voicebot.store.transactions import named_failure

#: Seconds since the last contact after which a key is destroyed: it outlives everything that it opens.
_LIVES_S: Final = MEMORY_TTL_S + 2 * DAY_S
#: Seconds to wait for another process that writes to the file.
_BUSY_S: Final = 2.0
#: Where, among people, the mark is kept that says to which Redis the keys belong.
_PAIR: Final = "-"
_FIND: Final = "SELECT sealed, renewed FROM keys WHERE person = ?"
_TABLE: Final = "CREATE TABLE IF NOT EXISTS keys (person TEXT PRIMARY KEY, sealed TEXT, renewed REAL)"

T = TypeVar("T")


def personal_keys(where: str, default: Path) -> PersonalKeys:
    """The keys at `where`: a file, or a server (redis://…). Raises StoreError if a file cannot be opened."""
    if where.startswith(("redis://", "rediss://", "unix://")):
        return ServedKeys(reached(where))
    return FiledKeys(Path(where) if where else default)


async def check_pair(redis: Redis, privacy: Privacy) -> None:
    """Whether these personal keys belong to this Redis. Raises ConfigError: others would open nothing.

    The first service that starts on both marks them as a pair.
    """
    if privacy.personal is None:
        return
    kept = await privacy.personal.find(_PAIR)
    async with named_failure():
        known = await redis.get(keys_id())
    if known is None:
        mark = await privacy.personal.make(_PAIR, secrets.token_hex(8))
        async with named_failure():
            known = await redis.set(keys_id(), mark, nx=True, get=True) or mark
        kept = PersonalKey(mark)
    if kept is None or kept.sealed != str(known):
        raise ConfigError(
            "VOICEBOT_PERSONAL_KEYS: expected the keys that belong to this Redis, got others; name the file "
            "or server that all services share, see docs/operating.md"
        )
    await privacy.personal.renew(_PAIR, kept.sealed)


class FiledKeys:
    """The keys in a file that the processes of one machine share."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        # Writing waits for the disk: in a thread of its own, never on the event loop.
        self._writing = ThreadPoolExecutor(1, "personal-keys")
        with _named():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._file, self._read = _opened(path), _opened(path)
            self._file.execute(_TABLE)

    async def find(self, person: str) -> PersonalKey | None:
        """See `PersonalKeys`."""
        with _named():
            row = self._read.execute(_FIND, (person,)).fetchone()
        if row is None:
            return None
        age_s = self._clock() - row[1]
        return None if age_s >= _LIVES_S and person != _PAIR else PersonalKey(row[0], renewed=age_s < DAY_S)

    async def make(self, person: str, sealed: str) -> str:
        """See `PersonalKeys`. Keys that have expired are removed meanwhile."""

        def write() -> str:
            now = self._clock()
            expired = (now - _LIVES_S, _PAIR)
            self._file.execute("DELETE FROM keys WHERE renewed <= ? AND person <> ?", expired)
            self._file.execute("INSERT OR IGNORE INTO keys VALUES (?, ?, ?)", (person, sealed, now))
            (kept,) = self._file.execute("SELECT sealed FROM keys WHERE person = ?", (person,)).fetchone()
            return str(kept)

        return await self._written(write)

    async def renew(self, person: str, sealed: str) -> None:
        """See `PersonalKeys`."""
        words = (sealed, self._clock(), person)
        await self._written(
            lambda: self._file.execute("UPDATE keys SET sealed = ?, renewed = ? WHERE person = ?", words)
        )

    async def destroy(self, person: str) -> None:
        """See `PersonalKeys`."""
        await self._written(lambda: self._file.execute("DELETE FROM keys WHERE person = ?", (person,)))

    async def _written(self, write: Callable[[], T]) -> T:
        with _named():
            return await asyncio.get_running_loop().run_in_executor(self._writing, write)


class ServedKeys:
    """The keys in a Redis of their own, for services on several machines."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def find(self, person: str) -> PersonalKey | None:
        """See `PersonalKeys`."""
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.get(personal_key(person))
            pipe.ttl(personal_key(person))
            sealed, left_s = await pipe.execute()
        return None if sealed is None else PersonalKey(str(sealed), renewed=left_s > _LIVES_S - DAY_S)

    async def make(self, person: str, sealed: str) -> str:
        """See `PersonalKeys`."""
        async with named_failure():
            kept = await self._redis.set(personal_key(person), sealed, nx=True, get=True, ex=_LIVES_S)
        return sealed if kept is None else str(kept)

    async def renew(self, person: str, sealed: str) -> None:
        """See `PersonalKeys`."""
        async with named_failure():
            await self._redis.set(personal_key(person), sealed, xx=True, ex=_LIVES_S)

    async def destroy(self, person: str) -> None:
        """See `PersonalKeys`."""
        async with named_failure():
            await self._redis.delete(personal_key(person))


@contextmanager
def _named() -> Iterator[None]:
    """Turn a failure of the file into a StoreError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(
            f"the file of personal keys cannot be used ({type(error).__name__}): is its folder there and "
            "writable? See VOICEBOT_PERSONAL_KEYS"
        ) from error


def _opened(path: Path) -> sqlite3.Connection:
    """A connection that overwrites what it deletes and waits for the disk, shared by our threads."""
    file = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    for pragma in ("secure_delete=ON", "journal_mode=DELETE", "synchronous=FULL"):
        file.execute(f"PRAGMA {pragma}")
    return file
