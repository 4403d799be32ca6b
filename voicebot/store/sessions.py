"""Sessions and what a turn causes, written together: either all of a turn is kept or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import RedisError, WatchError

from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.keys import (
    FOLLOW_UP_TTL_S,
    FORGOTTEN_TTL_S,
    INDEX_TTL_S,
    MEMORY_TTL_S,
    PRACTICE_TTL_S,
    RECORD_TTL_S,
    SESSION_TTL_S,
    TURNS_TTL_S,
    PersonKeys,
    abandoned,
    call,
    closed,
    stream,
    ticket_of,
    waiting,
)
from voicebot.store.server import arrived

Plain = Mapping[str, Any]
#: Told of each new record after it was written: its kind, the person, its id. Must not raise.
Told = Callable[[str, str, str], Awaitable[None]]
_RETRIES = 20
RECORD_KINDS = ("ticket", "sms", "callback", "ring")


@dataclass(frozen=True)
class Record:
    """A ticket, a text to send, a call to the person or to a mediator: `kind` is one of `RECORD_KINDS`.

    The same `id` written twice is one record.
    """

    kind: str
    id: str
    at: float
    content: Plain


@dataclass(frozen=True)
class Memory:
    """What a person said to being remembered, and the shared answers of their calls if they agreed."""

    agreed: bool
    slots: Mapping[str, Value]


@dataclass(frozen=True)
class Change:
    """All that one turn writes. `version` is the one that was loaded; `turn` is the redacted turn record.

    `memory` replaces what was remembered of the person for later calls. `proposed`: what a mediator wanted
    offered was offered in this turn. `file` is the spoken file that was open, which `forget` erases too.
    """

    session: Session
    version: int
    turn: Plain | None = None
    records: tuple[Record, ...] = ()
    forget: bool = False
    opt_out: bool = False
    memory: Memory | None = None
    proposed: bool = False
    file: str = ""


async def _nobody(kind: str, person: str, record_id: str) -> None:
    """Nobody needs to be told."""


class Sessions:
    """The conversations in Redis, sealed."""

    def __init__(self, redis: Redis, privacy: Privacy, told: Told = _nobody) -> None:
        self._redis = redis
        self._privacy = privacy
        self._told = told

    async def load(self, person: str, session_id: str) -> tuple[Session, int]:
        """The session and its version; a new session and 0 when there is none."""
        key = PersonKeys(person).session(session_id)
        async with named_failure():
            blob, version = await arrived(self._redis.hmget(key, ["blob", "version"]))
        if blob is None:
            return Session(session_id, person), 0
        return from_dict(self._privacy.unseal(blob)), int(version or 0)

    async def resumable(self, person: str) -> Plain | None:
        """The plain form of the person's last broken-off session, if it is still kept."""
        async with named_failure():
            session_id = await self._redis.get(PersonKeys(person).latest())
        if session_id is None:
            return None
        session, version = await self.load(person, str(session_id))
        usable = version > 0 and session.status in ("open", "suspended")
        return to_dict(session) if usable else None

    async def memory(self, person: str) -> Memory | None:
        """What the person agreed to be remembered by; None when they were never asked, or it expired."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).memory())
        return None if sealed is None else Memory(**self._privacy.unseal(sealed))

    async def propose(self, person: str, topic: str) -> None:
        """Offer the procedure `topic` when the person is next with us, within a month."""
        key = PersonKeys(person).proposed()
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(key, self._privacy.seal(topic), ex=RECORD_TTL_S)
            self._remember(pipe, PersonKeys(person), key)
            await pipe.execute()

    async def proposed(self, person: str) -> str:
        """The procedure that a mediator wants offered, "" for none."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).proposed())
        return "" if sealed is None else str(self._privacy.unseal(sealed))

    async def bind_call(self, call_id: str, person: str) -> None:
        """Remember who makes this call."""
        keys = PersonKeys(person)
        async with named_failure():
            async with self._redis.pipeline() as pipe:
                pipe.sadd(keys.calls(), call_id)
                pipe.expire(keys.calls(), SESSION_TTL_S)
                self._remember(pipe, keys, keys.calls())
                await pipe.execute()
            await self._redis.set(call(call_id), person, ex=SESSION_TTL_S)

    async def caller(self, call_id: str) -> str | None:
        """The pseudonym of who makes this call."""
        async with named_failure():
            person = await self._redis.get(call(call_id))
        return None if person is None else str(person)

    async def open_stream(self, stream_id: str) -> bool:
        """Whether the audio stream with this id was never opened before; from now on it was."""
        async with named_failure():
            return bool(await self._redis.set(stream(stream_id), "1", nx=True, ex=SESSION_TTL_S))

    async def text_session(self, person: str, new_id: str) -> str:
        """The id of the person's conversation by text; `new_id` when none goes on. It lasts a day."""
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(keys.texting(), new_id, nx=True, ex=SESSION_TTL_S)
            pipe.get(keys.texting())
            pipe.expire(keys.texting(), SESSION_TTL_S)
            self._remember(pipe, keys, keys.texting())
            results = await pipe.execute()
        return str(results[1])

    async def keep_number(self, person: str, number: str) -> None:
        """Keep the number, sealed, so that the person can be called back or texted."""
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(keys.number(), self._privacy.seal(number), ex=RECORD_TTL_S)
            self._remember(pipe, keys, keys.number())
            await pipe.execute()

    async def number(self, person: str) -> str | None:
        """The person's number in E.164, None when it was hidden or erased."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).number())
        return None if sealed is None else str(self._privacy.unseal(sealed))

    async def plan_follow_up(self, person: str, topic: str, at: float) -> None:
        """What the person texts from `at` on answers how it went with the procedure `topic`."""
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(keys.follow_up(), self._privacy.seal([topic, at]), ex=FOLLOW_UP_TTL_S)
            self._remember(pipe, keys, keys.follow_up())
            await pipe.execute()

    async def follow_up(self, person: str, now: float) -> str:
        """The procedure that the person was asked about; "" when they were not, or not yet."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).follow_up())
        topic, at = self._privacy.unseal(sealed) if sealed else ("", now)
        return str(topic) if now >= at else ""

    async def end_follow_up(self, person: str) -> None:
        """It was answered, or is not wanted any more."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).follow_up())

    async def drop(self, person: str, kind: str, record_id: str) -> None:
        """Take back a record that has not left yet."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).record(kind, record_id))
            await self._redis.zrem(waiting(kind), f"{person}/{record_id}")

    async def has_opted_out(self, person: str) -> bool:
        """Whether the person wants no texts."""
        async with named_failure():
            return bool(await self._redis.exists(PersonKeys(person).opted_out()))

    async def opt_in(self, person: str) -> None:
        """The person wants texts again."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).opted_out())

    async def turns(self, person: str, session_id: str) -> list[Plain]:
        """The turn records of a conversation, oldest first."""
        async with named_failure():
            sealed = await arrived(self._redis.lrange(PersonKeys(person).turns(session_id), 0, -1))
        return [self._privacy.unseal(one) for one in sealed]

    async def records(self, kind: str) -> list[Plain]:
        """The waiting records of `kind`, oldest first."""
        async with named_failure():
            names = [str(name) for name in await self._redis.zrange(waiting(kind), 0, -1)]
            keys = [PersonKeys(person).record(kind, one) for person, one in (n.split("/", 1) for n in names)]
            sealed = [await self._redis.get(key) for key in keys]
        return [self._privacy.unseal(one) for one in sealed if one is not None]

    async def commit(self, change: Change) -> bool:
        """Write a turn; False when another process took a turn of this session meanwhile."""
        async with named_failure():
            await self._announce(change.session.person, change.records)
            calls = await self._calls(change.session.person) if change.forget else set()
            if change.forget and change.file:  # perhaps of another telephone, so in another part of a cluster
                owner, _, code = change.file.partition("/")
                await self._redis.delete(PersonKeys(owner).file(code))
            written = await self._write(change)
            if written and change.forget:
                await self._withdraw(change.session.person, calls | {change.session.id})
        if written:
            await self._tell(change.session.person, change.records)
        return written

    async def erase(self, person: str) -> None:
        """Forget the person, as another person asks it for them. Whoever is talking with us begins anew."""
        index = PersonKeys(person).index()
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            calls = await self._calls(person)
            for _ in range(_RETRIES):
                await pipe.watch(index)
                known = await arrived(pipe.smembers(index))
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.delete(index, *known)
                with suppress(WatchError):
                    await pipe.execute()
                    return await self._withdraw(person, calls)
        raise StoreError(
            f"a person was being written about each time: expected to erase within {_RETRIES} tries"
        )

    async def add(self, person: str, record: Record) -> None:
        """Keep a record that no turn caused; the same `id` written twice is one record."""
        async with named_failure():
            await self._announce(person, (record,))
            async with self._redis.pipeline(transaction=True) as pipe:
                self._put_record(pipe, PersonKeys(person), record)
                await pipe.execute()
        await self._tell(person, (record,))

    async def opt_out(self, person: str) -> None:
        """The person wants no texts, as we learn from elsewhere."""
        async with named_failure():
            await self._redis.set(PersonKeys(person).opted_out(), "1")

    async def _tell(self, person: str, records: tuple[Record, ...]) -> None:
        for record in records:
            await self._told(record.kind, person, record.id)

    async def _announce(self, person: str, records: tuple[Record, ...]) -> None:
        """Queue records by name before they exist: a crash then leaves an empty name, never a lost record."""
        for record in records:
            await self._redis.zadd(waiting(record.kind), {f"{person}/{record.id}": record.at}, nx=True)

    async def _calls(self, person: str) -> set[str]:
        return {str(one) for one in await arrived(self._redis.smembers(PersonKeys(person).calls()))}

    async def _withdraw(self, person: str, calls: set[str]) -> None:
        """Take an erased person's calls, and the names of their records, out of what is not theirs alone."""
        for call_id in calls:
            await self._redis.delete(call(call_id))
        lists = [of(kind) for kind in RECORD_KINDS for of in (waiting, abandoned)]
        for listed in (*lists, closed()):
            names = [str(name) async for name, _ in self._redis.zscan_iter(listed, match=f"{person}/*")]
            if names:
                await self._redis.zrem(listed, *names)
            for name in names:
                await self._redis.delete(ticket_of(name.partition("/")[2]))

    async def _write(self, change: Change) -> bool:
        keys = PersonKeys(change.session.person)
        session_key = keys.session(change.session.id)
        async with self._redis.pipeline(transaction=True) as pipe:
            await pipe.watch(session_key, *([keys.index()] if change.forget else []))
            if int(await arrived(pipe.hget(session_key, "version")) or 0) != change.version:
                return False
            known = await arrived(pipe.smembers(keys.index())) if change.forget else set()
            pipe.multi()  # type: ignore[no-untyped-call]
            if known:
                pipe.delete(keys.index(), *known)
            self._put_session(pipe, keys, change)
            self._put_turn(pipe, keys, change)
            for record in change.records:
                self._put_record(pipe, keys, record)
            if change.memory and not change.forget:
                self._put_memory(pipe, keys, change.memory)
            if change.proposed:
                pipe.delete(keys.proposed())
            if change.opt_out:
                pipe.set(keys.opted_out(), "1")
            try:
                await pipe.execute()
            except WatchError:
                return False
        return True

    def _put_session(self, pipe: Pipeline, keys: PersonKeys, change: Change) -> None:
        key = keys.session(change.session.id)
        blob = self._privacy.seal(to_dict(change.session))
        pipe.hset(key, mapping={"blob": blob, "version": change.version + 1})
        if change.forget:
            pipe.expire(key, FORGOTTEN_TTL_S)
            return
        pipe.expire(key, PRACTICE_TTL_S if change.session.practice else SESSION_TTL_S)
        pipe.set(keys.latest(), change.session.id, ex=SESSION_TTL_S)
        self._remember(pipe, keys, key, keys.latest())

    def _put_turn(self, pipe: Pipeline, keys: PersonKeys, change: Change) -> None:
        if change.turn is None or change.forget:
            return
        key = keys.turns(change.session.id)
        pipe.rpush(key, self._privacy.seal(change.turn))
        pipe.expire(key, TURNS_TTL_S)
        self._remember(pipe, keys, key)

    def _put_memory(self, pipe: Pipeline, keys: PersonKeys, memory: Memory) -> None:
        sealed = self._privacy.seal({"agreed": memory.agreed, "slots": dict(memory.slots)})
        pipe.set(keys.memory(), sealed, ex=MEMORY_TTL_S)
        self._remember(pipe, keys, keys.memory())

    def _put_record(self, pipe: Pipeline, keys: PersonKeys, record: Record) -> None:
        key = keys.record(record.kind, record.id)
        content = {"kind": record.kind, "id": record.id, "at": record.at, **record.content}
        pipe.set(key, self._privacy.seal(content), ex=RECORD_TTL_S, nx=True)
        self._remember(pipe, keys, key)

    @staticmethod
    def _remember(pipe: Pipeline, keys: PersonKeys, *names: str) -> None:
        pipe.sadd(keys.index(), *names)
        pipe.expire(keys.index(), INDEX_TTL_S)


@asynccontextmanager
async def named_failure() -> AsyncIterator[None]:
    """What Redis fails with becomes a StoreError."""
    try:
        yield
    except RedisError as error:
        raise StoreError(
            f"Redis refused or did not answer ({type(error).__name__}): is it up, has it memory?"
        ) from error
