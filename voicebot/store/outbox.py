"""Texts and call-backs on their way: what was asked for, what became of it, and what is due.

The records themselves are written with the turn that caused them (`Sessions.commit`). Here each gets its
`Delivery`, sealed beside it, which changes only from the version that was read. `waiting` lists by due time
what is not settled, so whatever a queue forgets is found again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from redis.asyncio import Redis
from redis.exceptions import WatchError

from voicebot.delivery import UNKNOWN, Change, Delivery, Part
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.keys import DAY_S, HOUR_S, RECORD_TTL_S, PersonKeys, abandoned, failures, spent, waiting
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure

_RETRIES = 20
_REPORTED_WITHIN_S = 3600.0

Kind = Literal["sms", "callback", "ring"]
#: Texts to a person, calls to a person, and calls to a mediator about a person.
KINDS: tuple[Kind, ...] = ("sms", "callback", "ring")


@dataclass(frozen=True)
class Ref:
    """Which record: a text or a call-back of a person, or a mediator's telephone that rings about them."""

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
class Letter:
    """A record with what became of it; `delivery` is None until it is first looked at."""

    ref: Ref
    content: Mapping[str, Any]
    delivery: Delivery | None


@dataclass(frozen=True)
class Allowance:
    """How many of a thing a person gets in a day; `day` is a local date."""

    what: str
    day: str
    most: int


class Outbox:
    """The deliveries in Redis, sealed."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def open(self, ref: Ref) -> Letter | None:
        """The record and its delivery; None when it was erased or never written."""
        keys = PersonKeys(ref.person)
        async with named_failure():
            record, delivery = await self._redis.mget(
                keys.record(ref.kind, ref.id), keys.delivery(ref.kind, ref.id)
            )
        if record is None:
            return None
        return Letter(ref, self._privacy.unseal(record), self._read(delivery))

    async def begin(
        self, ref: Ref, delivery: Delivery, allowance: Allowance, beyond: Delivery
    ) -> Delivery | None:
        """Lay `delivery` down and take its parts off the day's allowance, once; `beyond` where it is used up.

        The delivery that stands then; None when the record was erased.
        """
        counter = PersonKeys(ref.person).count(allowance.what, allowance.day)
        for _ in range(_RETRIES):
            async with named_failure(), self._redis.pipeline() as pipe:
                await pipe.watch(counter, *self._keys(ref))
                record, known = await pipe.mget(*self._keys(ref))
                if record is None or known is not None:
                    return self._read(known)
                wanted = sum(not part.over for part in delivery.parts)
                spent = int(await pipe.get(counter) or 0) + wanted
                fits = spent <= allowance.most
                laid = delivery if fits else beyond
                pipe.multi()  # type: ignore[no-untyped-call]
                if fits:
                    pipe.set(counter, spent, ex=2 * DAY_S)
                if await self._put(pipe, ref, laid):
                    return laid
        raise _too_busy()

    async def change(self, ref: Ref, change: Change) -> tuple[Delivery, Delivery] | None:
        """Apply `change` to the delivery as it stands, once: before and after; None when there is none."""
        for _ in range(_RETRIES):
            async with named_failure(), self._redis.pipeline() as pipe:
                await pipe.watch(*self._keys(ref))
                record, known = await pipe.mget(*self._keys(ref))
                before = self._read(known)
                if record is None or before is None:
                    return None
                after = change(before)
                pipe.multi()  # type: ignore[no-untyped-call]
                if after == before or await self._put(pipe, ref, after):
                    return before, after
        raise _too_busy()

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
        """Nothing is left to do; what failed is listed for people to see, and counted by its code."""
        async with named_failure():
            if failed_at is not None:
                new = await self._redis.zadd(abandoned(ref.kind), {ref.name: failed_at}, nx=True)
                if new:
                    await arrived(self._redis.hincrby(failures(ref.kind), code or UNKNOWN, 1))
                await self._redis.zremrangebyscore(abandoned(ref.kind), "-inf", failed_at - RECORD_TTL_S)
            await self._redis.zrem(waiting(ref.kind), ref.name)

    async def drop_name(self, ref: Ref, older_than: float) -> None:
        """Take an erased record off the list, unless it is so young that it may still be being written."""
        async with named_failure():
            listed_at = await self._redis.zscore(waiting(ref.kind), ref.name)
            if listed_at is not None and float(listed_at) < older_than:
                await self._redis.zrem(waiting(ref.kind), ref.name)

    async def given_up(self, kind: Kind) -> list[Letter]:
        """What was given up in the last month and is still kept, oldest first."""
        async with named_failure():
            names = await self._redis.zrange(abandoned(kind), 0, -1)
        letters = [await self.open(Ref.of(kind, str(name))) for name in names]
        return [letter for letter in letters if letter]

    async def count(self, kind: Kind) -> int:
        """How many are not settled."""
        async with named_failure():
            return int(await self._redis.zcard(waiting(kind)))

    async def state(self, kind: Kind, at: float) -> tuple[int, int, float]:
        """How many wait, how many were given up in the last month, and how many seconds the oldest is due."""
        async with named_failure():
            waiting_count = int(await self._redis.zcard(waiting(kind)))
            given_up = int(await self._redis.zcard(abandoned(kind)))
            oldest = await self._redis.zrange(waiting(kind), 0, 0, withscores=True)
        overdue_s = max(0.0, at - float(oldest[0][1])) if oldest else 0.0
        return waiting_count, given_up, overdue_s

    async def spend(self, kind: Kind, at: float, most: int) -> bool:
        """Take one off what may leave in the hour of `at`; False when that is used up."""
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
        """Whether no other record of this kind is on its way to the person: three wishes make one call.

        The report on one that is older than `_REPORTED_WITHIN_S` is not waited for any more.
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
        letter = await self.open(ref)
        going = letter.delivery if letter else None
        if going is None or going.state in ("delivered", "failed"):
            return False
        return going.next is not None or going.parts[-1].at > at - _REPORTED_WITHIN_S

    async def _put(self, pipe: Any, ref: Ref, delivery: Delivery) -> bool:
        """Write within the transaction of `pipe`; False when something watched has changed."""
        keys = PersonKeys(ref.person)
        sealed = self._privacy.seal([asdict(part) for part in delivery.parts])
        pipe.set(keys.delivery(ref.kind, ref.id), sealed, ex=RECORD_TTL_S)
        pipe.sadd(keys.index(), keys.delivery(ref.kind, ref.id))
        try:
            await pipe.execute()
        except WatchError:
            return False
        return True

    def _read(self, sealed: Any) -> Delivery | None:
        if sealed is None:
            return None
        return Delivery(tuple(Part(**part) for part in self._privacy.unseal(sealed)))

    @staticmethod
    def _keys(ref: Ref) -> tuple[str, str]:
        keys = PersonKeys(ref.person)
        return keys.record(ref.kind, ref.id), keys.delivery(ref.kind, ref.id)


def next_hour(at: float) -> float:
    """When what may leave in an hour begins anew."""
    return (at // HOUR_S + 1) * HOUR_S


def _too_busy() -> StoreError:
    return StoreError(f"a delivery was changed by others each time: expected to win within {_RETRIES} tries")
