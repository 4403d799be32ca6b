"""Sessions and what a turn causes, written together: either all of a turn is kept or nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.keys import (
    DAY_S,
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
    ticket_of,
    waiting,
)
from voicebot.store.scripts import COMMIT, LOOK, Call, Word, run, run_all
from voicebot.store.server import arrived

Plain = Mapping[str, Any]
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


class Known:
    """What the store holds of a person when a turn of theirs begins; opened only as far as asked for.

    `recognized` tells whether their number is kept, `number_is_fresh` whether it was kept within a day.
    `held` is the ticket for which a mediator answers their texts.
    """

    def __init__(
        self, privacy: Privacy, person: str, session_id: str, found: Sequence[Any], held: str | None = None
    ) -> None:
        """`found` is what `look` found (`store/scripts.py`)."""
        blob, version, self._other, self._is_latest, self._memory, number_s, self._proposed = found
        self._privacy = privacy
        self.version = 0 if blob is None else int(version or 0)
        self.session = Session(session_id, person) if blob is None else from_dict(privacy.unseal(blob))
        self.recognized = int(number_s) > 0
        self.number_is_fresh = int(number_s) > RECORD_TTL_S - DAY_S
        self.held = held

    @property
    def previous(self) -> Plain | None:
        """The plain form of the person's last session if it broke off and is still kept."""
        if self._other is not None:
            last = from_dict(self._privacy.unseal(self._other))
        else:
            last = self.session if self._is_latest and self.version else None
        return to_dict(last) if last and last.status in ("open", "suspended") else None

    @property
    def memory(self) -> Memory | None:
        """What the person agreed to be remembered by; None when they were never asked, or it expired."""
        return None if self._memory is None else Memory(**self._privacy.unseal(self._memory))

    @property
    def proposed(self) -> str:
        """The procedure that a mediator wants offered, "" for none."""
        return "" if self._proposed is None else str(self._privacy.unseal(self._proposed))


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
        looked = (keys.latest(), keys.memory(), keys.number(), keys.proposed())
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
        async with named_failure():
            await self._redis.set(call(call_id), person, ex=SESSION_TTL_S)

    async def caller(self, call_id: str) -> str | None:
        """The pseudonym of who makes this call."""
        async with named_failure():
            person = await self._redis.get(call(call_id))
        return None if person is None else str(person)

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
            if change.forget and change.file:  # perhaps of another telephone, so in another part of a cluster
                owner, _, code = change.file.partition("/")
                await self._redis.delete(PersonKeys(owner).file(code))
            written = await self._write(change)
            if written and change.forget:
                await self._redis.delete(call(change.session.id))
                await self._withdraw(change.session.person)
        if written:
            await self._tell(change.session.person, change.records)
        return written

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

    async def _withdraw(self, person: str) -> None:
        """Take the names of an erased person's records out of the queues."""
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
