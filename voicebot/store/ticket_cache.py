"""The tickets that a process has read, kept in memory and read again only once they have changed.

Every change of a ticket gets a number and is listed under it, before and after it is written. A process asks
for what was listed since it last looked, and for the few before that: they may not have been complete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from redis.asyncio import Redis

from voicebot.handoff.ticket import Ticket
from voicebot.store.keys import RECORD_TTL_S, changed, changes
from voicebot.store.transactions import named_failure

#: How many of the last changes are listed. Whoever missed more reads everything again.
_LISTED: Final = 2000
#: Changes looked at again each time: more are never being written at once.
_OVERLAP: Final = 200


class TicketCache:
    """Tickets by name (`person/ticket_id`). What is missing, or has changed, must be read by whoever asks."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._seen = 0
        self._known: dict[str, Ticket] = {}

    async def list_change(self, name: str) -> None:
        """The ticket is about to change, or has just changed."""
        async with named_failure():
            number = int(await self._redis.incr(changes()))
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.zadd(changed(), {name: number})
                pipe.zremrangebyscore(changed(), "-inf", number - _LISTED)
                pipe.expire(changed(), RECORD_TTL_S)
                await pipe.execute()

    async def refresh(self) -> None:
        """Forget whatever changed since the last time."""
        async with named_failure():
            newest = int(await self._redis.get(changes()) or 0)
            since = self._seen - _OVERLAP
            if newest < self._seen or newest - since >= _LISTED:
                self._known.clear()  # another store, or too much has happened
            names = await self._redis.zrangebyscore(changed(), since, "+inf")
        for name in names:
            self._known.pop(str(name), None)
        self._seen = newest

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those that must be read."""
        return [name for name in names if name not in self._known]

    def keep(self, found: Mapping[str, Ticket | None]) -> None:
        """Remember what was read."""
        self._known.update((name, ticket) for name, ticket in found.items() if ticket is not None)

    def get(self, name: str) -> Ticket | None:
        """The ticket as it was last read."""
        return self._known.get(name)

    def keep_only(self, names: Iterable[str], but: Iterable[str] = ()) -> None:
        """Forget tickets not listed under `names`, as they may have been erased, and those of `but`."""
        listed = set(names) - set(but)
        for name in [name for name in self._known if name not in listed]:
            del self._known[name]
