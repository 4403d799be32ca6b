"""Notices: what administrators tell all mediators, until a day they choose."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure


@dataclass(frozen=True)
class Notice:
    """One notice: `at` is when it was written (Unix seconds), `until` its last day, such as 2026-01-31."""

    id: str
    text: str
    at: float
    """Unix seconds."""
    until: str


class Notices:
    """The notices in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, text: str, at: float, until: str) -> Notice:
        """A new notice."""
        notice = Notice(secrets.token_hex(4), text, at, until)
        await self.put_back(notice)
        return notice

    async def put_back(self, notice: Notice) -> None:
        """Store `notice`, even after it was removed."""
        async with named_failure():
            await arrived(self._redis.hset(keys.notices(), notice.id, json.dumps(asdict(notice))))

    async def remove(self, notice_id: str) -> Notice | None:
        """Remove a notice and return it, or None if it was already gone."""
        async with named_failure():
            kept = await arrived(self._redis.hget(keys.notices(), notice_id))
            await arrived(self._redis.hdel(keys.notices(), notice_id))
        return None if kept is None else Notice(**json.loads(kept))

    async def on(self, day: str) -> list[Notice]:
        """What is to be shown on `day`, newest first; expired notices are removed."""
        async with named_failure():
            kept = await arrived(self._redis.hgetall(keys.notices()))
            found = [Notice(**json.loads(one)) for one in kept.values()]
            past = [notice.id for notice in found if notice.until < day]
            if past:
                await arrived(self._redis.hdel(keys.notices(), *past))
        return sorted((one for one in found if one.until >= day), key=lambda one: -one.at)
