"""Events for open pages: "something about this ticket changed". What changed is in the store.

A process subscribes once, however many pages are open, and passes on what it hears.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.transactions import named_failure

#: How many events a slow page may be behind: it reads everything anew after any of them.
_MOST_BEHIND: Final = 100
#: Seconds between looks for the next event.
_LOOK_S: Final = 1.0
#: Seconds for a subscription to end.
_END_S = 2 * _LOOK_S


class Listener:
    """What one open page hears."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[str | StoreError] = asyncio.Queue(_MOST_BEHIND)

    async def next(self, within_s: float) -> str | None:
        """What the next event is about; None if there was none for `within_s` seconds. Raises StoreError."""
        if within_s <= 0:
            told = None if self._heard.empty() else self._heard.get_nowait()
        else:
            told = None
            with suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    told = await self._heard.get()
        if isinstance(told, StoreError):
            raise told
        return told

    def hear(self, told: str | StoreError) -> None:
        """Pass on an event; what a page cannot take any more it has been told already."""
        with suppress(asyncio.QueueFull):
            self._heard.put_nowait(told)


class TicketEvents:
    """The channel in Redis. Subscribing late loses nothing: a page reads everything when it opens."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._listeners: set[Listener] = set()
        self._hearing: asyncio.Task[None] | None = None
        self._subscribed = asyncio.Event()

    async def tell(self, about: str) -> None:
        """Something about `about` (a ticket's id) changed."""
        async with named_failure():
            await self._redis.publish(keys.news(), about)

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[Listener]:
        """Receive all events within the block. Raises StoreError."""
        listener = Listener()
        self._listeners.add(listener)
        try:
            await self._subscribe(listener)
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._hearing:
                hearing, self._hearing = self._hearing, None
                hearing.cancel()
                # It unsubscribes while Redis is still there: afterwards it would wait for ever.
                await asyncio.wait((hearing,), timeout=_END_S)

    async def _subscribe(self, listener: Listener) -> None:
        """Wait until the process is subscribed, which the first page causes."""
        if self._hearing is None or self._hearing.done():
            self._subscribed.clear()
            self._hearing = asyncio.create_task(self._hear())
        waiting = asyncio.create_task(self._subscribed.wait())
        await asyncio.wait((waiting, self._hearing), return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if not self._subscribed.is_set():
            await listener.next(0.0)  # says why not

    async def _hear(self) -> None:
        """Pass on what comes, until there is no page left or Redis is gone."""
        try:
            async with named_failure(), self._redis.pubsub() as pubsub:
                await pubsub.subscribe(keys.news())
                self._subscribed.set()
                # The library may swallow a cancellation that comes while it reads: so it is asked, too.
                while self._hearing is asyncio.current_task():
                    message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=_LOOK_S)
                    if message:
                        self._pass_on(str(message["data"]))
        except StoreError as error:
            self._subscribed.clear()
            self._pass_on(error)

    def _pass_on(self, told: str | StoreError) -> None:
        for listener in self._listeners:
            listener.hear(told)
