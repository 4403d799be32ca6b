"""A queue for each person in Redis: what they send at once is taken one after the other, in order of arrival.

Ten texts of one person, or the webhooks of one call, may reach different processes at the same moment. Each
takes its place as it arrives, and its turn when all before it are done:

    async with sessions.turn_queue.turn(person):
        ...  # load, decide, write

Where the front of the service says when a webhook reached it, that is the order: a process that was busy
reads late what came first. Such a turn begins a moment after its arrival, when what came before has joined.

Take the place before anything is read, and only once for each webhook: it is not reentrant. The queue gives
order and spares retries; it protects nothing. Versions do that, so whoever has waited for `patience_s` goes
on without a turn, and a place whose process has died is skipped.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from time import time
from typing import Final
from weakref import WeakValueDictionary

from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.scripts import JOIN, LEAVE, run
from voicebot.store.transactions import named_failure

#: Seconds for which a turn may last before the next one goes on, and before a silent place is skipped.
LEASE_S: Final = 5.0
_WAITING_S: Final = 4.0
#: Seconds between looks at a queue in which another process is ahead.
_LOOK_S: Final = 0.03
#: Seconds after its arrival at which a turn may begin, if others may have come before it at other processes.
SETTLED_S: Final = 0.25
#: Seconds for leaving: whoever gave up on a frozen store must be answered, and the place is skipped later.
_LEAVE_S: Final = 0.4


@dataclass(frozen=True)
class TurnQueue:
    """The queues of all people and calls. Twilio waits 15 seconds for an answer."""

    redis: Redis
    patience_s: float = 10.0
    _here: dict[str, set[asyncio.Event]] = field(default_factory=lambda: defaultdict(set))
    _joining: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    @asynccontextmanager
    async def turn(self, name: str, arrived_at: float | None = None) -> AsyncIterator[bool]:
        """Within the block it is our turn; `name` is a person's pseudonym or a call's id.

        `arrived_at` (Unix seconds) is when the webhook reached the front, None if it is not known. Yields
        False if we go on without: somebody ahead took too long. Raises StoreError if Redis does not answer.
        """
        place = secrets.token_hex(8)
        try:
            yield await self._reached(name, place, arrived_at)
        finally:
            with suppress(StoreError, TimeoutError):
                async with asyncio.timeout(_LEAVE_S):
                    await self._leave(name, place)

    async def _reached(self, name: str, place: str, arrived_at: float | None) -> bool:
        """Wait in the queue until we are the first, or for as long as we are patient."""
        joining = self._joining.setdefault(name, asyncio.Lock())
        async with joining:  # connections may overtake one another: here, places are taken one by one
            first = await self._is_first(name, place, arrived_at, begins=arrived_at is None)
        if first:
            return True
        if arrived_at is not None:
            await asyncio.sleep(min(SETTLED_S, max(0.0, arrived_at + SETTLED_S - time())))
        moved = asyncio.Event()
        self._here[name].add(moved)
        try:
            async with asyncio.timeout(self.patience_s):
                while not await self._is_first(name, place, arrived_at):
                    with suppress(TimeoutError):
                        async with asyncio.timeout(_LOOK_S):
                            await moved.wait()
                    moved.clear()
            return True
        except TimeoutError:
            return False
        finally:
            self._here[name].discard(moved)

    async def _is_first(
        self, name: str, place: str, arrived_at: float | None = None, begins: bool = True
    ) -> bool:
        """Take the place, or show that we still want it; True if it is its turn now, and it `begins`."""
        arrived = "" if arrived_at is None else f"{arrived_at:.3f}"
        join = JOIN.on(_keys(name), (place, arrived, LEASE_S, _WAITING_S, int(begins)))
        async with named_failure():
            return bool(await run(self.redis, join))

    async def _leave(self, name: str, place: str) -> None:
        async with named_failure():
            await run(self.redis, LEAVE.on(_keys(name), (place,)))
        for moved in self._here.get(name, ()):
            moved.set()
        if not self._here.get(name):
            self._here.pop(name, None)


def _keys(name: str) -> tuple[str, str]:
    return keys.turn_order(name), keys.turn_places(name)
