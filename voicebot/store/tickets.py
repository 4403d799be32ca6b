"""Tickets in Redis, encrypted: taken by one mediator only, with an append-only history.

The record of kind "ticket" is written with the turn that caused it (`Sessions.commit`). From it the ticket is
made here, at once (`announce`) or, if the process died in between, by the next look at the queue: nothing is
lost. From then on its state lives beside the record; both are erased with the person's data.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from pydantic import TypeAdapter
from redis.asyncio import Redis

from voicebot.errors import StoreError, TicketMissing, TicketRefused
from voicebot.handoff.ticket import HistoryEntry, Ticket, ask_again, opened
from voicebot.handoff.words import own_words
from voicebot.privacy import Privacy, Seal
from voicebot.records import Record, TicketRequest, TurnRecord
from voicebot.store.keys import RECORD_TTL_S, TURNS_TTL_S, PersonKeys, closed, ticket_of, waiting
from voicebot.store.server import arrived
from voicebot.store.ticket_cache import TicketCache
from voicebot.store.transactions import ChangedMeanwhileError, compare_and_change, index, named_failure

#: Seconds. A record is listed just before it is written; after this time a name without a record is obsolete.
_BEING_WRITTEN_S = 60.0
#: Tickets read in one round trip.
_AT_ONCE = 250
#: Closed tickets that are listed at most.
MOST_CLOSED = 2000
_KIND = "ticket"
_TICKET = TypeAdapter(Ticket)
_ENTRY = TypeAdapter(HistoryEntry)

Transition = Callable[[Ticket], Ticket]
#: Called with a ticket before (None if it is new) and after a change. Must not raise.
Told = Callable[[Ticket | None, Ticket], Awaitable[None]]


async def _nobody(before: Ticket | None, after: Ticket) -> None:
    """Nobody needs to be told."""


@dataclass(frozen=True)
class _Opened:
    """The ticket of a record: a new one, an existing one, or an older one that the record joins."""

    ticket: Ticket | None
    is_new: bool = False
    asks_again: tuple[str, float, TicketRequest, str] | None = None


class Tickets:
    """All tickets. `told` is called after every change was written, in the process that made it."""

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
        self._open_ones, self._closed_ones = TicketCache(redis), TicketCache(redis)

    async def announce(self, kind: str, person: str, record_id: str) -> None:
        """A record was written; of kind "ticket", its ticket is opened now. Never raises: a look fixes it."""
        if kind == _KIND:
            with suppress(StoreError):
                await self._open(person, record_id)

    async def get(self, ticket_id: str) -> Ticket | None:
        """The ticket; None if it was erased or never existed."""
        person = await self._person(ticket_id)
        ticket = None if person is None else await self._read(person, ticket_id)
        return None if ticket is None else (await self.with_words([ticket]))[0]

    async def with_words(self, tickets: Sequence[Ticket]) -> list[Ticket]:
        """The same tickets with the person's own words, which are kept for a day like all that was said."""
        if not tickets:
            return []
        async with named_failure(), self._redis.pipeline(transaction=False) as pipe:
            for ticket in tickets:
                pipe.get(PersonKeys(ticket.person).words(ticket.id))
            sealed = await pipe.execute()
        words = [
            (await self._privacy.of(ticket.person)).open(one)
            for ticket, one in zip(tickets, sealed, strict=True)
        ]
        return [
            ticket if said is None else replace(ticket, words=str(said))
            for ticket, said in zip(tickets, words, strict=True)
        ]

    async def waiting(self) -> list[Ticket]:
        """Every ticket that is not closed, ordered not by urgency but by age, the oldest first.

        Only what changed since the last time is read: thousands of open tickets cost a few milliseconds.
        """
        async with named_failure():
            listed = await self._redis.zrange(waiting(_KIND), 0, -1, withscores=True)
        names = {str(name): float(at) for name, at in listed}
        expiring = [name for name, at in names.items() if at < self._clock() - RECORD_TTL_S]
        known = await self._all(names, self._open_ones, expiring)
        found = []
        for name, listed_at in names.items():
            ticket = known[name] or await self._open(*_split(name))
            if ticket is None or ticket.state == "closed":
                await self._tidy(name, listed_at, ticket)
            else:
                found.append(ticket)
        return found

    async def closed(self, most: int = MOST_CLOSED) -> list[Ticket]:
        """The tickets closed most recently, the latest first."""
        async with named_failure():
            names = [str(name) for name in await self._redis.zrevrange(closed(), 0, MOST_CLOSED - 1)]
        read = (await self._all(names, self._closed_ones)).values()
        return [ticket for ticket in read if ticket and ticket.state == "closed"][:most]

    async def _all(
        self, names: Iterable[str], cache: TicketCache, expiring: Iterable[str] = ()
    ) -> Mapping[str, Ticket | None]:
        """The tickets with these names, in this order; what is known and unchanged is not read again."""
        names = list(names)
        await cache.refresh()
        cache.keep_only(names, expiring)
        missing = cache.missing(names)
        for start in range(0, len(missing), _AT_ONCE):
            cache.keep(await self._read_many(missing[start : start + _AT_ONCE]))
        return {name: cache.get(name) for name in names}

    async def _read_many(self, names: Sequence[str]) -> dict[str, Ticket | None]:
        async with named_failure(), self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                self._ask(pipe, *_split(name))
            found = await pipe.execute()
        return {
            name: _made(await self._privacy.of(_split(name)[0]), *found[2 * at : 2 * at + 2])
            for at, name in enumerate(names)
        }

    async def of(self, person: str) -> list[Ticket]:
        """The tickets of a person, oldest first."""
        async with named_failure():
            ids = await arrived(self._redis.smembers(PersonKeys(person).tickets()))
        read = [await self._read(person, str(ticket_id)) for ticket_id in ids]
        return sorted((ticket for ticket in read if ticket), key=lambda ticket: ticket.opened_at)

    async def of_session(self, person: str, session_id: str) -> Ticket | None:
        """The open ticket of a conversation."""
        mine = [one for one in await self.of(person) if one.session == session_id and one.state != "closed"]
        return mine[-1] if mine else None

    async def change(self, ticket_id: str, transition: Transition) -> Ticket:
        """Apply `transition` to the ticket's current state, once, even if others try the same.

        Returns the new ticket. Whatever `transition` raises (`TicketRefused`) is passed on. Raises
        TicketMissing if the ticket was erased.
        """
        person = await self._person(ticket_id)
        if person is None:
            raise TicketMissing(ticket_id)

        async def attempt(pipe: Any) -> tuple[Ticket, Ticket]:
            await pipe.watch(PersonKeys(person).ticket(ticket_id))
            before = await self._read(person, ticket_id)
            if before is None:
                raise TicketMissing(ticket_id)
            after = transition(before)
            if after != before:
                await self._open_ones.list_change(_name(after))
                await self._list_before(before, after)
                seal = await self._privacy.of(person, make=True)
                pipe.multi()
                self._put(pipe, before, after, seal)
            return before, after

        before, after = await compare_and_change(self._redis, "a ticket", attempt)
        if after != before:
            await self._open_ones.list_change(_name(after))
            await self._list_after(before, after)
            await self._told(before, after)
        return after

    async def _open(self, person: str, record_id: str) -> Ticket | None:
        """The ticket of a record, created if it does not exist yet; None if there is no record.

        Somebody who asks again in the same conversation still has one ticket.
        """
        while True:
            found = await compare_and_change(
                self._redis, "a ticket", partial(self._open_once, person, record_id)
            )
            if found.asks_again is None or found.ticket is None:
                break
            with suppress(TicketRefused, TicketMissing):  # it has just been closed or erased
                return await self._join(found.ticket, *found.asks_again)
        if found.is_new and found.ticket:
            await self._told(None, found.ticket)
        return found.ticket

    async def _open_once(self, person: str, record_id: str, pipe: Any) -> _Opened:
        keys = PersonKeys(person)
        record_key = keys.record(_KIND, record_id)
        await pipe.watch(keys.tickets(), record_key, keys.ticket(record_id))
        known, seal = await self._read(person, record_id), await self._privacy.of(person)
        plain = seal.open(await pipe.get(record_key))
        if known or plain is None:
            return _Opened(known)
        record = Record.of(plain)
        assert isinstance(record.order, TicketRequest), "records of this kind are requests"
        asked = record.id, record.at, record.order, await self._words(record.order)
        new = opened(*asked)
        older = await self.of_session(person, new.session)
        if older and older.id == new.id:  # another process has opened it since we looked
            raise ChangedMeanwhileError
        if older:
            return _Opened(older, asks_again=asked)
        await self._redis.set(ticket_of(new.id), person, ex=RECORD_TTL_S)
        seal = await self._privacy.of(person, make=True)
        pipe.multi()
        self._put(pipe, None, new, seal)
        return _Opened(new, is_new=True)

    async def _words(self, asked: TicketRequest) -> str:
        """What the person said in the conversation in which they asked."""
        async with named_failure():
            sealed = await arrived(self._redis.lrange(PersonKeys(asked.person).turns(asked.session), 0, -1))
        seal = await self._privacy.of(asked.person)
        turns = [TurnRecord.of(plain) for one in sealed if (plain := seal.open(one)) is not None]
        return own_words(turns, asked.priority == "danger")

    async def _join(self, older: Ticket, name: str, at: float, asked: TicketRequest, words: str) -> Ticket:
        """Add the repeated request to the existing ticket; the new name then leaves the queue."""
        joined = await self.change(older.id, partial(ask_again, mark=name, at=at, asked=asked, words=words))
        async with named_failure():
            await self._redis.zrem(waiting(_KIND), f"{older.person}/{name}")
        return joined

    async def _person(self, ticket_id: str) -> str | None:
        async with named_failure():
            person = await self._redis.get(ticket_of(ticket_id))
        return None if person is None else str(person)

    async def _read(self, person: str, ticket_id: str) -> Ticket | None:
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            self._ask(pipe, person, ticket_id)
            found = await pipe.execute()
        return _made(await self._privacy.of(person), *found)

    def _ask(self, pipe: Any, person: str, ticket_id: str) -> None:
        keys = PersonKeys(person)
        pipe.hget(keys.ticket(ticket_id), "blob")
        pipe.lrange(keys.history(ticket_id), 0, -1)

    def _put(self, pipe: Any, before: Ticket | None, after: Ticket, seal: Seal) -> None:
        """Write within the transaction of `pipe`. Raises StoreError rather than rewrite history."""
        keys, told = PersonKeys(after.person), before.history if before else ()
        if after.history[: len(told)] != told:
            raise StoreError("expected a history that only grows, got one in which something was changed")
        blob = _TICKET.dump_python(replace(after, history=(), words=""), mode="json")
        pipe.hset(keys.ticket(after.id), "blob", seal.seal(blob))
        pipe.hincrby(keys.ticket(after.id), "version", 1)
        new = [seal.seal(_ENTRY.dump_python(e, mode="json")) for e in after.history[len(told) :]]
        if new:
            pipe.rpush(keys.history(after.id), *new)
        if after.words and (before is None or after.words != before.words):
            pipe.set(keys.words(after.id), seal.seal(after.words), ex=TURNS_TTL_S)
            index(pipe, keys, keys.words(after.id))
        pipe.sadd(keys.tickets(), after.id)
        names = (keys.ticket(after.id), keys.history(after.id), keys.tickets())
        for name in names:
            pipe.expire(name, RECORD_TTL_S)
        index(pipe, keys, *names)

    async def _list_before(self, before: Ticket, after: Ticket) -> None:
        """A reopened ticket is listed first: a crash then leaves a name, never a lost ticket."""
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


def find(tickets: Iterable[Ticket], ticket_id: str) -> Ticket | None:
    """The ticket with this id among `tickets`."""
    return next((ticket for ticket in tickets if ticket.id == ticket_id), None)


def _made(seal: Seal, blob: str | None, entries: Sequence[str]) -> Ticket | None:
    """The ticket of what was stored; None if there is none, or its person was forgotten."""
    plain = seal.open(blob)
    if plain is None:
        return None
    history = tuple(_ENTRY.validate_python(seal.unseal(entry)) for entry in entries)
    return replace(_TICKET.validate_python(plain), history=history)


def _name(ticket: Ticket) -> str:
    return f"{ticket.person}/{ticket.id}"


def _split(name: str) -> tuple[str, str]:
    person, _, ticket_id = name.partition("/")
    return person, ticket_id
