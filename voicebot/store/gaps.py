"""How long a person waited for each answer of a call, while somebody watches it being tried out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis

from voicebot.store.keys import TURNS_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure

Gap = Mapping[str, float]


@dataclass(frozen=True)
class Gaps:
    """Milliseconds by what they were spent on. They tell nothing of what was said, and are not sealed."""

    redis: Redis

    async def add(self, person: str, session_id: str, gap: Gap) -> None:
        """The next gap of a call."""
        keys = PersonKeys(person)
        key = keys.gaps(session_id)
        async with named_failure(), self.redis.pipeline() as pipe:
            pipe.rpush(key, json.dumps(dict(gap)))
            pipe.expire(key, TURNS_TTL_S)
            pipe.sadd(keys.index(), key)
            await pipe.execute()

    async def of(self, person: str, session_id: str) -> list[Gap]:
        """All gaps of a call, oldest first."""
        async with named_failure():
            found = await arrived(self.redis.lrange(PersonKeys(person).gaps(session_id), 0, -1))
        return [json.loads(one) for one in found]
