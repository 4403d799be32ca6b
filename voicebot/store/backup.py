"""A backup: everything that Redis keeps for us, as it lies there, sealed; without the personal keys.

One gzipped file of JSON lines: the name of a key, its remaining lifetime, its value as Redis dumps it. What
expires meanwhile is gone after a restore; what was written after the backup began may be missing from it.
"""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

from redis.asyncio import Redis

from voicebot.errors import DataError
from voicebot.store.keys import PREFIX
from voicebot.store.server import waiting_twin
from voicebot.store.transactions import named_failure

#: Keys read or written in one go.
_AT_ONCE: Final = 500
_GZIP: Final = 31
#: The first line: what the file is.
_HEAD: Final = {"backup": "voicebot", "version": 1}


async def packed(redis: Redis) -> AsyncIterator[bytes]:
    """The file, piece by piece. Raises StoreError."""
    gz, twin = zlib.compressobj(wbits=_GZIP), waiting_twin(redis)
    try:
        yield gz.compress(_line(_HEAD))
        async with named_failure():
            names: list[bytes] = []
            async for name in twin.scan_iter(match=f"{PREFIX}:*", count=_AT_ONCE):
                names.append(name)
                if len(names) == _AT_ONCE:
                    yield gz.compress(await _dumped(twin, names))
                    names = []
            yield gz.compress(await _dumped(twin, names))
        yield gz.flush()
    finally:
        await twin.aclose()


async def unpack(redis: Redis, file: Path) -> int:
    """Write what `file` holds to a Redis that has nothing of ours; how many keys.

    Raises DataError if it is no backup or Redis is not empty, StoreError if Redis fails.
    """
    twin = waiting_twin(redis)
    try:
        async with named_failure():
            async for _ in twin.scan_iter(match=f"{PREFIX}:*", count=_AT_ONCE):
                raise DataError("expected a Redis without data of voicebot, it has some: empty it first")
            count = 0
            async with twin.pipeline(transaction=False) as pipe:
                for record in _read(file):
                    pipe.restore(str(record["key"]), max(0, int(record["ttl_ms"])), b64decode(record["dump"]))
                    count += 1
                    if len(pipe) == _AT_ONCE:
                        await pipe.execute()
                await pipe.execute()
            return count
    finally:
        await twin.aclose()


async def _dumped(twin: Redis, names: list[bytes]) -> bytes:
    async with twin.pipeline(transaction=False) as pipe:
        for name in names:
            pipe.dump(name)
            pipe.pttl(name)
        found = await pipe.execute()
    kept = zip(names, found[::2], found[1::2], strict=True)
    return b"".join(
        _line({"key": name.decode(), "ttl_ms": ttl, "dump": b64encode(dump).decode()})
        for name, dump, ttl in kept
        if dump is not None
    )


def _line(plain: Any) -> bytes:
    return json.dumps(plain).encode() + b"\n"


def _read(file: Path) -> Iterator[dict[str, Any]]:
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            if json.loads(next(lines, "null")) != _HEAD:
                raise ValueError
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise DataError(f"expected a whole backup of voicebot in {file.name}, got something else") from error
