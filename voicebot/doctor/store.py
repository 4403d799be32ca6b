"""Checks on Redis: that it answers, that it loses nothing, that its clock agrees with ours."""

from __future__ import annotations

import time
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from voicebot.config import Settings
from voicebot.doctor.clocks import check_clock
from voicebot.errors import VoicebotError
from voicebot.store.server import connect


async def persistence(settings: Settings) -> str:
    """Redis keeps whatever it has acknowledged, come what may."""
    async with connect(settings.redis_url, settings.data) as redis:
        kept = await _asked(redis, "persistence")
        memory = await _asked(redis, "memory")
    if not int(kept.get("aof_enabled", 0)):
        raise VoicebotError("Redis keeps no append-only file: set `appendonly yes`, or tickets can be lost")
    if kept.get("aof_last_write_status", "ok") != "ok":
        raise VoicebotError("Redis could not write its append-only file: is its disk full?")
    if memory.get("maxmemory_policy", "noeviction") != "noeviction":
        raise VoicebotError(
            f"Redis drops records when its memory is full (maxmemory-policy {memory['maxmemory_policy']}): "
            "set `maxmemory-policy noeviction`"
        )
    return "reachable, append-only file on" if settings.redis_url else "embedded, append-only file on"


async def _asked(redis: Redis, section: str) -> dict[str, Any]:
    """A section of INFO, which hosted servers also answer, while they disable CONFIG."""
    try:
        found: dict[str, Any] = await redis.info(section)
    except RedisError as error:
        raise VoicebotError(f"Redis does not tell its state ({type(error).__name__}): allow INFO") from None
    return found


async def clock(settings: Settings) -> str:
    """Several services sharing one Redis share one time."""
    async with connect(settings.redis_url, settings.data) as redis:
        seconds, micros = await redis.time()
    check_clock("Redis", seconds + micros / 1e6, time.time())
    return "the same"
