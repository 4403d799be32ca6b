"""Messages of the day: what administrators tell all mediators, until a day they choose."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure


@dataclass(frozen=True)
class Notice:
    """One message: `at` is when it was written (Unix seconds), `until` its last day, 2026-01-31."""

    id: str
    text: str
    at: float
    until: str


class Notices:
    """The messages in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, text: str, at: float, until: str) -> Notice:
        """A new message."""
        notice = Notice(secrets.token_hex(4), text, at, until)
        await self.put_back(notice)
        return notice

    async def put_back(self, notice: Notice) -> None:
        """Keep `notice`, also after it was removed."""
        async with named_failure():
            await arrived(self._redis.hset(keys.notices(), notice.id, json.dumps(asdict(notice))))

    async def remove(self, notice_id: str) -> Notice | None:
        """Take a message away; what it was, None when it was gone already."""
        async with named_failure():
            kept = await arrived(self._redis.hget(keys.notices(), notice_id))
            await arrived(self._redis.hdel(keys.notices(), notice_id))
        return None if kept is None else Notice(**json.loads(kept))

    async def on(self, day: str) -> list[Notice]:
        """What is to be told on `day`, the newest first; what has passed is removed."""
        async with named_failure():
            kept = await arrived(self._redis.hgetall(keys.notices()))
            found = [Notice(**json.loads(one)) for one in kept.values()]
            past = [notice.id for notice in found if notice.until < day]
            if past:
                await arrived(self._redis.hdel(keys.notices(), *past))
        return sorted((one for one in found if one.until >= day), key=lambda one: -one.at)
