"""News for pages that are open: "something about this ticket changed". What changed stands in the store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from voicebot.store import keys
from voicebot.store.sessions import named_failure


class Listener:
    """One open page's ear."""

    def __init__(self, pubsub: PubSub) -> None:
        self._pubsub = pubsub

    async def next(self, within_s: float) -> str | None:
        """The next thing that something happened to; None when nothing did for `within_s` seconds."""
        async with named_failure():
            message = await self._pubsub.get_message(ignore_subscribe_messages=True, timeout=within_s)
        return str(message["data"]) if message else None


class News:
    """The channel in Redis. Who listens too late misses nothing: a page reads everything when it opens."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def tell(self, about: str) -> None:
        """Something about `about` (the id of a ticket) changed."""
        async with named_failure():
            await self._redis.publish(keys.news(), about)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Listener]:
        """Hear everything that is told within the block."""
        async with self._redis.pubsub() as pubsub:
            async with named_failure():
                await pubsub.subscribe(keys.news())
            yield Listener(pubsub)
