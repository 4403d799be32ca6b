"""How long a person waited for each answer of a call in the browser, for whoever watches it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from redis.asyncio import Redis

from voicebot.store.keys import TURNS_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.transactions import index, named_failure

Latency = Mapping[str, float]


@dataclass(frozen=True)
class Latencies:
    """Milliseconds by what they were spent on. They reveal nothing that was said, and are not encrypted."""

    redis: Redis

    async def add(self, person: str, session_id: str, latency: Latency) -> None:
        """Add the next latency of a call."""
        keys = PersonKeys(person)
        key = keys.latencies(session_id)
        async with named_failure(), self.redis.pipeline() as pipe:
            pipe.rpush(key, json.dumps(dict(latency)))
            pipe.expire(key, TURNS_TTL_S)
            index(pipe, keys, key)
            await pipe.execute()

    async def of(self, person: str, session_id: str) -> list[Latency]:
        """All latencies of a call, oldest first."""
        async with named_failure():
            found = await arrived(self.redis.lrange(PersonKeys(person).latencies(session_id), 0, -1))
        return [json.loads(one) for one in found]
