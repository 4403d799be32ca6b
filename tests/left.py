"""All that is left of somebody in a Redis: every key, every value, and what the sealed ones hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.privacy import Privacy

_SEALED = re.compile(r"gAAAA[A-Za-z0-9_=-]{40,}")


async def everything(redis: Redis, privacy: Privacy) -> dict[str, str]:
    """The content of each key as text, with whatever is sealed in it in clear."""
    return {key: "\n".join(_opened(await _content(redis, key), privacy)) for key in await _all(redis)}


async def of(redis: Redis, privacy: Privacy, *traces: str) -> set[str]:
    """The keys in whose name or content one of `traces` stands."""
    kept = await everything(redis, privacy)
    return {key for key, text in kept.items() if any(trace in key or trace in text for trace in traces)}


async def _all(redis: Redis) -> list[str]:
    return sorted([key.decode() if isinstance(key, bytes) else str(key) for key in await redis.keys("*")])


async def _content(redis: Redis, key: str) -> str:
    readers: dict[str, Any] = {
        "string": lambda: _string(redis, key),
        "hash": lambda: redis.hgetall(key),
        "list": lambda: redis.lrange(key, 0, -1),
        "set": lambda: redis.smembers(key),
        "zset": lambda: redis.zrange(key, 0, -1, withscores=True),
        "stream": lambda: redis.xrange(key),
    }
    kind = await redis.type(key)
    return str(await readers[kind.decode() if isinstance(kind, bytes) else str(kind)]())


async def _string(redis: Redis, key: str) -> str:
    """Also one that is no text: a count of people that names nobody (HyperLogLog)."""
    kept: bytes = await redis.execute_command("GET", key, NEVER_DECODE=True)
    return kept.decode(errors="replace")


def _opened(text: str, privacy: Privacy) -> Iterator[str]:
    yield text
    for token in _SEALED.findall(text):
        try:
            yield str(privacy.unseal(token))
        except StoreError:  # the token of a queue's own, or of another key
            continue
