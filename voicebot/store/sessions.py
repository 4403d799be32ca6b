"""Sessions and what a turn causes, written together: either all of a turn is kept or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from voicebot.dialogue.codec import from_dict, to_dict
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
from voicebot.store.known import Known, Memory, Plain, looked_at
from voicebot.store.scripts import COMMIT, ERASE, LOOK, Call, Word, run, run_all
from voicebot.store.server import arrived

#: A command of Redis: its name, the key, the rest.
Command = tuple[Word, ...]
#: Told of each new record after it was written: its kind, the person, its id. Must not raise.
Told = Callable[[str, str, str], Awaitable[None]]
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
        self.privacy = privacy
        self._told = told

    async def load(self, person: str, session_id: str) -> tuple[Session, int]:
        """The session and its version; a new session and 0 when there is none."""
        key = PersonKeys(person).session(session_id)
        async with named_failure():
            blob, version = await arrived(self._redis.hmget(key, ["blob", "version"]))
        if blob is None:
            return Session(session_id, person), 0
        return from_dict(self.privacy.unseal(blob)), int(version or 0)

    async def known(self, person: str, session_id: str) -> Known:
        """All that a turn which may open a conversation needs, in one round trip."""
        keys = PersonKeys(person)
        looked = looked_at(keys)
        look = LOOK.on(looked, (session_id, keys.session("")))
        async with named_failure():
            return Known(self.privacy, person, session_id, await run(self._redis, look))

    async def ask(self, *calls: Call) -> list[Any]:
        """The answers of scripts that look and count, in one round trip."""
        async with named_failure():
            return await run_all(self._redis, *calls)

    async def resumable(self, person: str) -> Plain | None:
        """The plain form of the person's last broken-off session, if it is still kept."""
        return (await self.known(person, "")).previous

    async def memory(self, person: str) -> Memory | None:
        """What the person agreed to be remembered by; None when they were never asked, or it expired."""
        return (await self.known(person, "")).memory

    async def propose(self, person: str, topic: str) -> None:
        """Offer the procedure `topic` when the person is next with us, within a month."""
        keys = PersonKeys(person)
        kept: Command = ("SET", keys.proposed(), self.privacy.seal(topic), "EX", RECORD_TTL_S)
        async with named_failure():
            await self._together([kept, *_indexed(keys, [keys.proposed()])])

    async def proposed(self, person: str) -> str:
        """The procedure that a mediator wants offered, "" for none."""
        return (await self.known(person, "")).proposed

    async def bind_call(self, call_id: str, person: str) -> None:
        """Remember who makes this call."""
        keys = PersonKeys(person)
        async with named_failure():
            made: list[Command] = [("SADD", keys.calls(), call_id), ("EXPIRE", keys.calls(), SESSION_TTL_S)]
            await self._together([*made, *_indexed(keys, [keys.calls()])])
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

    async def keep_number(self, person: str, number: str) -> None:
        """Keep the number, sealed, so that the person can be called back or texted."""
        keys = PersonKeys(person)
        kept: Command = ("SET", keys.number(), self.privacy.seal(number), "EX", RECORD_TTL_S)
        async with named_failure():
            await self._together([kept, *_indexed(keys, [keys.number()])])

    async def number(self, person: str) -> str | None:
        """The person's number in E.164, None when it was hidden or erased."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).number())
        return None if sealed is None else str(self.privacy.unseal(sealed))

    async def plan_follow_up(self, person: str, topic: str, at: float) -> None:
        """What the person texts from `at` on answers how it went with the procedure `topic`."""
        keys = PersonKeys(person)
        kept: Command = ("SET", keys.follow_up(), self.privacy.seal([topic, at]), "EX", FOLLOW_UP_TTL_S)
        async with named_failure():
            await self._together([kept, *_indexed(keys, [keys.follow_up()])])

    async def follow_up(self, person: str, now: float) -> str:
        """The procedure that the person was asked about; "" when they were not, or not yet."""
        return (await self.known(person, "")).follow_up(now)

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
        return [self.privacy.unseal(one) for one in sealed]

    async def records(self, kind: str) -> list[Plain]:
        """The waiting records of `kind`, oldest first."""
        async with named_failure():
            names = [str(name) for name in await self._redis.zrange(waiting(kind), 0, -1)]
            keys = [PersonKeys(person).record(kind, one) for person, one in (n.split("/", 1) for n in names)]
            sealed = [await self._redis.get(key) for key in keys]
        return [self.privacy.unseal(one) for one in sealed if one is not None]

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
        async with named_failure():
            calls = await self._calls(person)
            await run(self._redis, ERASE.on([PersonKeys(person).index()]))
            await self._withdraw(person, calls)

    async def add(self, person: str, record: Record) -> None:
        """Keep a record that no turn caused; the same `id` written twice is one record."""
        async with named_failure():
            await self._announce(person, (record,))
            keys = PersonKeys(person)
            kept = self._record_kept(keys, record)
            await self._together([*kept, *_indexed(keys, [keys.record(record.kind, record.id)])])
        await self._tell(person, (record,))

    async def opt_out(self, person: str) -> None:
        """The person wants no texts, as we learn from elsewhere."""
        async with named_failure():
            await self._redis.set(PersonKeys(person).opted_out(), "1")

    async def _together(self, commands: Sequence[Command]) -> None:
        async with self._redis.pipeline(transaction=True) as pipe:
            for command in commands:
                pipe.execute_command(*command)
            await pipe.execute()

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
        """One script, which does nothing when the version is another by now."""
        keys = PersonKeys(change.session.person)
        commands = [*self._session_kept(keys, change), *self._turn_kept(keys, change)]
        for record in change.records:
            commands += self._record_kept(keys, record)
        if change.memory and not change.forget:
            commands += self._memory_kept(keys, change.memory)
        own = keys.session(change.session.id)
        commands += _indexed(
            keys, {command[1] for command in commands if command[1] != own or not change.forget}
        )
        if change.proposed:
            commands.append(("DEL", keys.proposed()))
        if change.opt_out:
            commands.append(("SET", keys.opted_out(), 1))
        words = [word for command in commands for word in (len(command), *command)]
        commit = COMMIT.on([own, keys.index()], [change.version, int(change.forget), *words])
        return bool(await run(self._redis, commit))

    def _session_kept(self, keys: PersonKeys, change: Change) -> list[Command]:
        key, session = keys.session(change.session.id), change.session
        blob = self.privacy.seal(to_dict(session))
        put: Command = ("HSET", key, "blob", blob, "version", change.version + 1)
        if change.forget:
            return [put, ("EXPIRE", key, FORGOTTEN_TTL_S)]
        lives = ("EXPIRE", key, PRACTICE_TTL_S if session.practice else SESSION_TTL_S)
        return [put, lives, ("SET", keys.latest(), session.id, "EX", SESSION_TTL_S)]

    def _turn_kept(self, keys: PersonKeys, change: Change) -> list[Command]:
        if change.turn is None or change.forget:
            return []
        key = keys.turns(change.session.id)
        return [("RPUSH", key, self.privacy.seal(change.turn)), ("EXPIRE", key, TURNS_TTL_S)]

    def _memory_kept(self, keys: PersonKeys, memory: Memory) -> list[Command]:
        sealed = self.privacy.seal({"agreed": memory.agreed, "slots": dict(memory.slots)})
        return [("SET", keys.memory(), sealed, "EX", MEMORY_TTL_S)]

    def _record_kept(self, keys: PersonKeys, record: Record) -> list[Command]:
        content = {"kind": record.kind, "id": record.id, "at": record.at, **record.content}
        sealed = self.privacy.seal(content)
        return [("SET", keys.record(record.kind, record.id), sealed, "EX", RECORD_TTL_S, "NX")]


def _indexed(keys: PersonKeys, names: Collection[Word]) -> list[Command]:
    """Keys of a person are listed, so that all of them can be erased."""
    return [("SADD", keys.index(), *names), ("EXPIRE", keys.index(), INDEX_TTL_S)] if names else []


@asynccontextmanager
async def named_failure() -> AsyncIterator[None]:
    """What Redis fails with becomes a StoreError."""
    try:
        yield
    except RedisError as error:
        raise StoreError(
            f"Redis refused or did not answer ({type(error).__name__}): is it up, has it memory?"
        ) from error
