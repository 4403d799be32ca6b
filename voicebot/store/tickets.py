"""Tickets in Redis, sealed: taken by one mediator only, with a history that is only appended to.

The record of kind "ticket" is written with the turn that caused it (`Sessions.commit`). From it the ticket is
made here, at once (`announce`) or, if the process died in between, by the next look at the queue: nothing is
lost. From then on its state lives beside the record; both are erased with everything of the person.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.exceptions import WatchError

from voicebot.errors import StoreError, TicketMissing, TicketRefused
from voicebot.handoff.ticket import Entry, Ticket, ask_again, opened
from voicebot.privacy import Privacy
from voicebot.store.keys import RECORD_TTL_S, PersonKeys, closed, ticket_of, waiting
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure

_RETRIES = 50
#: A record is listed a moment before it is written; a name without a record is believed after this time.
_BEING_WRITTEN_S = 60.0
_KIND = "ticket"
_TICKET = TypeAdapter(Ticket)
_ENTRY = TypeAdapter(Entry)

Transition = Callable[[Ticket], Ticket]
#: Told of a ticket before (None: it is new) and after a change. Must not raise.
Told = Callable[[Ticket | None, Ticket], Awaitable[None]]


async def _nobody(before: Ticket | None, after: Ticket) -> None:
    """Nobody needs to be told."""


class Tickets:
    """All tickets. `told` hears of every change, after it was written, in the process that made it."""

    def __init__(
        self,
        redis: Redis,
        privacy: Privacy,
        told: Told = _nobody,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._redis = redis
        self._privacy = privacy
        self._told = told
        self._clock = clock

    async def announce(self, kind: str, person: str, record_id: str) -> None:
        """A record was written; of kind "ticket", its ticket is opened now. Never raises: a look mends it."""
        if kind == _KIND:
            with suppress(StoreError):
                await self._open(person, record_id)

    async def get(self, ticket_id: str) -> Ticket | None:
        """The ticket; None when it was erased or never was."""
        person = await self._person(ticket_id)
        return None if person is None else await self._read(person, ticket_id)

    async def waiting(self) -> list[Ticket]:
        """Every ticket that is not closed, in no order of urgency: the longest open first."""
        found = []
        async with named_failure():
            names = await self._redis.zrange(waiting(_KIND), 0, -1, withscores=True)
        for name, listed_at in names:
            person, _, ticket_id = str(name).partition("/")
            ticket = await self._read(person, ticket_id) or await self._open(person, ticket_id)
            if ticket is None or ticket.state == "closed":
                await self._tidy(str(name), float(listed_at), ticket)
            else:
                found.append(ticket)
        return found

    async def closed(self, most: int = 200) -> list[Ticket]:
        """The tickets that were closed last, the last one first."""
        async with named_failure():
            names = [str(name) for name in await self._redis.zrevrange(closed(), 0, most - 1)]
        read = [await self._read(*_split(name)) for name in names]
        return [ticket for ticket in read if ticket and ticket.state == "closed"]

    async def of(self, person: str) -> list[Ticket]:
        """The tickets of a person, the oldest first."""
        async with named_failure():
            ids = await arrived(self._redis.smembers(PersonKeys(person).tickets()))
        read = [await self._read(person, str(ticket_id)) for ticket_id in ids]
        return sorted((ticket for ticket in read if ticket), key=lambda ticket: ticket.opened_at)

    async def of_session(self, person: str, session_id: str) -> Ticket | None:
        """The open ticket of a conversation."""
        mine = [one for one in await self.of(person) if one.session == session_id and one.state != "closed"]
        return mine[-1] if mine else None

    async def change(self, ticket_id: str, transition: Transition) -> Ticket:
        """Apply `transition` to the ticket as it stands, once, whoever else tries the same; the ticket after.

        What `transition` raises (`TicketRefused`) comes through. Raises TicketMissing when it was erased.
        """
        person = await self._person(ticket_id)
        for _ in range(_RETRIES):
            async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
                if person is not None:
                    await pipe.watch(PersonKeys(person).ticket(ticket_id))
                before = await self._read(person, ticket_id) if person else None
                if person is None or before is None:
                    raise TicketMissing(ticket_id)
                after = transition(before)
                if after == before:
                    return after
                await self._list_before(before, after)
                pipe.multi()  # type: ignore[no-untyped-call]
                self._put(pipe, before, after)
                if not await _executed(pipe):
                    continue
            await self._list_after(before, after)
            await self._told(before, after)
            return after
        raise _too_busy()

    async def _open(self, person: str, record_id: str) -> Ticket | None:
        """The ticket of a record, made if it is not there yet; None when there is no record.

        Who asks again in the same conversation has one ticket still.
        """
        keys = PersonKeys(person)
        for _ in range(_RETRIES):
            async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(keys.tickets(), keys.record(_KIND, record_id), keys.ticket(record_id))
                known, sealed = (
                    await self._read(person, record_id),
                    await pipe.get(keys.record(_KIND, record_id)),
                )
                if known or sealed is None:
                    return known
                new = opened(self._privacy.unseal(sealed))
                older = await self.of_session(person, new.session)
                if older and older.id == new.id:  # another process opened it since we looked
                    continue
                if older:
                    with suppress(TicketRefused, TicketMissing):  # it was closed or erased just now
                        return await self._join(older, self._privacy.unseal(sealed))
                    continue
                await self._redis.set(ticket_of(new.id), person, ex=RECORD_TTL_S)
                pipe.multi()  # type: ignore[no-untyped-call]
                self._put(pipe, None, new)
                if not await _executed(pipe):
                    continue
            await self._told(None, new)
            return new
        raise _too_busy()

    async def _join(self, older: Ticket, record: dict[str, Any]) -> Ticket:
        """Add what was asked again to the ticket there is; the new name then leaves the queue."""
        joined = await self.change(older.id, partial(ask_again, record=record))
        async with named_failure():
            await self._redis.zrem(waiting(_KIND), f"{older.person}/{record['id']}")
        return joined

    async def _person(self, ticket_id: str) -> str | None:
        async with named_failure():
            person = await self._redis.get(ticket_of(ticket_id))
        return None if person is None else str(person)

    async def _read(self, person: str, ticket_id: str) -> Ticket | None:
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hget(keys.ticket(ticket_id), "blob")
            pipe.lrange(keys.history(ticket_id), 0, -1)
            blob, entries = await pipe.execute()
        if blob is None:
            return None
        history = tuple(_ENTRY.validate_python(self._privacy.unseal(entry)) for entry in entries)
        return replace(_TICKET.validate_python(self._privacy.unseal(blob)), history=history)

    def _put(self, pipe: Any, before: Ticket | None, after: Ticket) -> None:
        """Write within the transaction of `pipe`. Raises StoreError rather than rewrite history."""
        keys, told = PersonKeys(after.person), before.history if before else ()
        if after.history[: len(told)] != told:
            raise StoreError("expected a history that only grows, got one in which something was changed")
        blob = _TICKET.dump_python(replace(after, history=()), mode="json")
        pipe.hset(keys.ticket(after.id), "blob", self._privacy.seal(blob))
        pipe.hincrby(keys.ticket(after.id), "version", 1)
        new = [self._privacy.seal(_ENTRY.dump_python(e, mode="json")) for e in after.history[len(told) :]]
        if new:
            pipe.rpush(keys.history(after.id), *new)
        pipe.sadd(keys.tickets(), after.id)
        names = (keys.ticket(after.id), keys.history(after.id), keys.tickets())
        pipe.sadd(keys.index(), *names)
        for name in (*names, keys.index()):
            pipe.expire(name, RECORD_TTL_S)

    async def _list_before(self, before: Ticket, after: Ticket) -> None:
        """A ticket that is opened again is listed first: a crash then leaves a name, never a lost ticket."""
        if before.state == "closed" and after.state != "closed":
            await self._redis.zadd(waiting(_KIND), {_name(after): after.opened_at})

    async def _list_after(self, before: Ticket, after: Ticket) -> None:
        async with named_failure():
            await self._redis.expire(ticket_of(after.id), RECORD_TTL_S)
            if after.state == "closed":
                await self._redis.zadd(closed(), {_name(after): after.since})
                await self._redis.zrem(waiting(_KIND), _name(after))
                await self._redis.zremrangebyscore(closed(), "-inf", after.since - RECORD_TTL_S)
            elif before.state == "closed":
                await self._redis.zrem(closed(), _name(after))

    async def _tidy(self, name: str, listed_at: float, ticket: Ticket | None) -> None:
        """Finish what a process that died left half done: a closed ticket, or a name without a record."""
        async with named_failure():
            if ticket is not None:
                await self._redis.zadd(closed(), {name: ticket.since})
            if ticket is not None or listed_at < self._clock() - _BEING_WRITTEN_S:
                await self._redis.zrem(waiting(_KIND), name)


def told_all(*listeners: Told) -> Told:
    """One listener that tells several, one after the other."""

    async def tell(before: Ticket | None, after: Ticket) -> None:
        for listener in listeners:
            await listener(before, after)

    return tell


def find(tickets: Iterable[Ticket], ticket_id: str) -> Ticket | None:
    """The ticket with this id among `tickets`."""
    return next((ticket for ticket in tickets if ticket.id == ticket_id), None)


async def _executed(pipe: Any) -> bool:
    """Whether the transaction went through; not when something watched was changed meanwhile."""
    try:
        await pipe.execute()
    except WatchError:
        return False
    return True


def _name(ticket: Ticket) -> str:
    return f"{ticket.person}/{ticket.id}"


def _split(name: str) -> tuple[str, str]:
    person, _, ticket_id = name.partition("/")
    return person, ticket_id


def _too_busy() -> StoreError:
    return StoreError(f"a ticket was changed by others each time: expected to win within {_RETRIES} tries")
