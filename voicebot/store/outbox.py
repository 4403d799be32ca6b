"""Texts and call-backs on their way: what was asked for, what became of it, and what is due.

The records themselves are written with the turn that caused them (`Sessions.commit`). Here each gets its
`Delivery`, encrypted beside it, which changes only from the version that was read. `waiting` lists by due
time what is not settled, so whatever a queue forgets is found again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from redis.asyncio import Redis

from voicebot.privacy import Privacy, Seal
from voicebot.records import Record
from voicebot.store.keys import (
    DAY_S,
    HOUR_S,
    RECORD_TTL_S,
    PersonKeys,
    abandoned,
    failures,
    sid,
    spent,
    waiting,
)
from voicebot.store.server import arrived
from voicebot.store.transactions import compare_and_change, index, named_failure
from voicebot.telephony.delivery import UNKNOWN, Change, Delivery, DeliveryPart, tried_again

_REPORTED_WITHIN_S = 3600.0

Kind = Literal["sms", "callback", "ring"]
#: Texts to a person, calls to a person, and calls to a mediator about a person.
KINDS: tuple[Kind, ...] = ("sms", "callback", "ring")
#: What may be sent again after it was given up; a mediator is rung at once or not at all.
REPEATABLE: tuple[Kind, ...] = ("sms", "callback")


@dataclass(frozen=True)
class Ref:
    """Which record: a text or a call-back for a person, or a mediator's telephone ringing about them."""

    kind: Kind
    person: str
    id: str

    @property
    def name(self) -> str:
        """Its name in the lists."""
        return f"{self.person}/{self.id}"

    @classmethod
    def of(cls, kind: Kind, name: str) -> Ref:
        """The inverse of `name`."""
        person, _, record_id = name.partition("/")
        return cls(kind, person, record_id)


@dataclass(frozen=True)
class OutboxItem:
    """A record and what became of it; `delivery` is None until it is first looked at."""

    ref: Ref
    record: Record
    delivery: Delivery | None


@dataclass(frozen=True)
class Allowance:
    """How many of something a person may get per day; `day` is a local date."""

    what: str
    day: str
    most: int


class Outbox:
    """The deliveries in Redis, encrypted."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def open(self, ref: Ref) -> OutboxItem | None:
        """The record and its delivery; None if it was erased or never written."""
        keys = PersonKeys(ref.person)
        async with named_failure():
            record, delivery = await self._redis.mget(
                keys.record(ref.kind, ref.id), keys.delivery(ref.kind, ref.id)
            )
        seal = await self._privacy.of(ref.person)
        plain = seal.open(record)
        return None if plain is None else OutboxItem(ref, Record.of(plain), _read(delivery, seal))

    async def begin(
        self, ref: Ref, delivery: Delivery, allowance: Allowance, beyond: Delivery
    ) -> Delivery | None:
        """Record `delivery` and deduct its parts from the day's allowance, once.

        Where that is used up, `beyond` is recorded. Returns the delivery that is now in force; None if the
        record was erased.
        """
        counter = PersonKeys(ref.person).count(allowance.what, allowance.day)

        async def attempt(pipe: Any) -> Delivery | None:
            await pipe.watch(counter, *self._keys(ref))
            record, known = [await pipe.get(key) for key in self._keys(ref)]
            seal = await self._privacy.of(ref.person, make=record is not None)
            if record is None or known is not None:
                return _read(known, seal)
            wanted = sum(not part.over for part in delivery.parts)
            spent = int(await pipe.get(counter) or 0) + wanted
            fits = spent <= allowance.most
            laid = delivery if fits else beyond
            pipe.multi()
            if fits:
                pipe.set(counter, spent, ex=2 * DAY_S)
            _put(pipe, ref, laid, seal)
            return laid

        return await compare_and_change(self._redis, "a delivery", attempt)

    async def change(self, ref: Ref, change: Change) -> tuple[Delivery, Delivery] | None:
        """Apply `change` to the current delivery, once; returns it before and after, or None without one."""

        async def attempt(pipe: Any) -> tuple[Delivery, Delivery] | None:
            await pipe.watch(*self._keys(ref))
            record, known = [await pipe.get(key) for key in self._keys(ref)]
            seal = await self._privacy.of(ref.person, make=known is not None)
            before = _read(known, seal)
            if record is None or before is None:
                return None
            after = change(before)
            if after != before:
                pipe.multi()
                _put(pipe, ref, after, seal)
            return before, after

        return await compare_and_change(self._redis, "a delivery", attempt)

    async def own(self, ref: Ref, part: int, sid_: str) -> bool:
        """Whether the text or call `sid_` belongs to this part of a record; a free one does from now on.

        Two identical texts to one person cannot be told apart at Twilio: each takes one SID and keeps it.
        """
        mine = self._privacy.pseudonym(f"{ref.kind}/{ref.name}/{part}")
        async with named_failure():
            owner = await self._redis.set(sid(sid_), mine, nx=True, get=True, ex=RECORD_TTL_S)
        return owner is None or str(owner) == mine

    async def due(self, kind: Kind, at: float, most: int) -> list[Ref]:
        """What may be sent now, the longest waiting first."""
        async with named_failure():
            names = await self._redis.zrangebyscore(waiting(kind), "-inf", at, start=0, num=most)
        return [Ref.of(kind, str(name)) for name in names]

    async def wait(self, ref: Ref, due: float) -> None:
        """Look at it again when it is due."""
        async with named_failure():
            await self._redis.zadd(waiting(ref.kind), {ref.name: due})

    async def settle(self, ref: Ref, failed_at: float | None = None, code: str | None = None) -> None:
        """Nothing is left to do; failures are listed for people to see, and counted by code."""
        async with named_failure():
            if failed_at is not None:
                new = await self._redis.zadd(abandoned(ref.kind), {ref.name: failed_at}, nx=True)
                if new:
                    await arrived(self._redis.hincrby(failures(ref.kind), code or UNKNOWN, 1))
                await self._redis.zremrangebyscore(abandoned(ref.kind), "-inf", failed_at - RECORD_TTL_S)
            await self._redis.zrem(waiting(ref.kind), ref.name)

    async def drop_name(self, ref: Ref, older_than: float) -> None:
        """Take an erased record off the list, unless it is so recent that it may still be being written."""
        async with named_failure():
            listed_at = await self._redis.zscore(waiting(ref.kind), ref.name)
            if listed_at is not None and float(listed_at) < older_than:
                await self._redis.zrem(waiting(ref.kind), ref.name)

    async def given_up(self, kind: Kind) -> list[OutboxItem]:
        """What was given up in the last month and is still stored, oldest first."""
        async with named_failure():
            names = await self._redis.zrange(abandoned(kind), 0, -1)
        items = [await self.open(Ref.of(kind, str(name))) for name in names]
        return [item for item in items if item]

    async def try_again(self, kind: Kind, at: float) -> int:
        """Send once more what was given up, where that can help; how many are on their way again."""
        again = 0
        for item in await self.given_up(kind):
            changed = await self.change(item.ref, tried_again(at))
            if changed and changed[0] != changed[1]:
                async with named_failure():
                    await self._redis.zrem(abandoned(kind), item.ref.name)
                await self.wait(item.ref, at)
                again += 1
        return again

    async def count(self, kind: Kind) -> int:
        """How many are not settled."""
        async with named_failure():
            return int(await self._redis.zcard(waiting(kind)))

    async def state(self, kind: Kind, at: float) -> tuple[int, int, float]:
        """How many are waiting, how many were given up in a month, for how many seconds the oldest is due."""
        async with named_failure():
            waiting_count = int(await self._redis.zcard(waiting(kind)))
            given_up = int(await self._redis.zcard(abandoned(kind)))
            oldest = await self._redis.zrange(waiting(kind), 0, 0, withscores=True)
        overdue_s = max(0.0, at - float(oldest[0][1])) if oldest else 0.0
        return waiting_count, given_up, overdue_s

    async def spend(self, kind: Kind, at: float, most: int) -> bool:
        """Deduct one from what may be sent in the hour of `at`; False if that is used up."""
        key = spent(kind, int(at // HOUR_S))
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, 2 * HOUR_S)
            return int((await pipe.execute())[0]) <= most

    async def failures(self, kind: Kind) -> dict[str, int]:
        """How many were ever given up, by code."""
        async with named_failure():
            counted = await arrived(self._redis.hgetall(failures(kind)))
        return {str(code): int(times) for code, times in counted.items()}

    async def reserve(self, ref: Ref, at: float) -> bool:
        """Whether no other record of this kind is on its way to the person: three requests make one call.

        A record older than `_REPORTED_WITHIN_S` without a report no longer counts.
        """
        key = PersonKeys(ref.person).reserved(ref.kind)
        async with named_failure():
            held = await self._redis.set(key, ref.id, nx=True, get=True, ex=RECORD_TTL_S)
        if held is None or str(held) == ref.id or not await self._on_its_way(replace(ref, id=str(held)), at):
            async with named_failure():
                await self._redis.set(key, ref.id, ex=RECORD_TTL_S)
            return True
        return False

    async def _on_its_way(self, ref: Ref, at: float) -> bool:
        item = await self.open(ref)
        going = item.delivery if item else None
        if going is None or going.state in ("delivered", "failed"):
            return False
        return going.next is not None or going.parts[-1].at > at - _REPORTED_WITHIN_S

    @staticmethod
    def _keys(ref: Ref) -> tuple[str, str]:
        keys = PersonKeys(ref.person)
        return keys.record(ref.kind, ref.id), keys.delivery(ref.kind, ref.id)


def _put(pipe: Any, ref: Ref, delivery: Delivery, seal: Seal) -> None:
    """Write within the transaction of `pipe`."""
    keys = PersonKeys(ref.person)
    sealed = seal.seal([asdict(part) for part in delivery.parts])
    pipe.set(keys.delivery(ref.kind, ref.id), sealed, ex=RECORD_TTL_S)
    index(pipe, keys, keys.delivery(ref.kind, ref.id))


def _read(sealed: Any, seal: Seal) -> Delivery | None:
    parts = seal.open(sealed)
    return None if parts is None else Delivery(tuple(DeliveryPart(**part) for part in parts))


def next_hour(at: float) -> float:
    """When the next hour's limit begins (Unix seconds)."""
    return (at // HOUR_S + 1) * HOUR_S
