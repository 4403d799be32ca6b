"""Sessions and what a turn causes, written together: either the whole turn is stored or nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from redis.asyncio import Redis

from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.session import Session
from voicebot.privacy import Privacy, Seal
from voicebot.records import Record, TurnRecord
from voicebot.store.calls import Calls
from voicebot.store.keys import (
    FORGOTTEN_TTL_S,
    MEMORY_TTL_S,
    PRACTICE_TTL_S,
    RECORD_TTL_S,
    SESSION_TTL_S,
    TURNS_TTL_S,
    PersonKeys,
    abandoned,
    call,
    changed,
    closed,
    forgotten,
    rewrite_wanted,
    ticket_of,
    waiting,
)
from voicebot.store.people import People
from voicebot.store.person_snapshot import Memory, PersonSnapshot, Plain, looked_at
from voicebot.store.scripts import COMMIT, ERASE, LOOK, Call, run, run_all
from voicebot.store.server import arrived
from voicebot.store.transactions import Command, indexed, named_failure, together
from voicebot.store.turn_queue import TurnQueue

#: Called with each new record after it was written: its kind, the person, its id. Must not raise.
Told = Callable[[str, str, str], Awaitable[None]]
RECORD_KINDS = ("ticket", "sms", "callback", "ring")


@dataclass(frozen=True)
class Change:
    """Everything that one turn writes.

    `version` is the one that was loaded; `turn` is the redacted turn record. `memory` replaces what was
    remembered about the person for later calls. `proposed`: this turn offered what a mediator wanted offered.
    `file` is the open spoken file, which `forget` erases too.
    """

    session: Session
    version: int
    turn: TurnRecord | None = None
    records: tuple[Record, ...] = ()
    forget: bool = False
    opt_out: bool = False
    memory: Memory | None = None
    proposed: bool = False
    file: str = ""


async def _nobody(kind: str, person: str, record_id: str) -> None:
    """Nobody needs to be told."""


class Sessions:
    """The conversations in Redis, encrypted; alongside them `people`, their `calls` and their turns."""

    def __init__(self, redis: Redis, privacy: Privacy, told: Told = _nobody) -> None:
        self._redis = redis
        self.privacy = privacy
        self._told = told
        self.calls = Calls(redis)
        self.turn_queue = TurnQueue(redis)
        self.people = People(redis, privacy, self.known)

    async def load(self, person: str, session_id: str) -> tuple[Session, int]:
        """The session and its version; a new session and 0 if there is none."""
        key, seal = PersonKeys(person).session(session_id), await self.privacy.of(person)
        async with named_failure():
            blob, version = await arrived(self._redis.hmget(key, ["blob", "version"]))
        plain = seal.open(blob)
        session = Session(session_id, person) if plain is None else from_dict(plain)
        return session, int(version or 0)

    async def known(self, person: str, session_id: str) -> PersonSnapshot:
        """Everything needed by a turn that may open a conversation, in one round trip."""
        keys = PersonKeys(person)
        looked = looked_at(keys)
        look = LOOK.on(looked, (session_id, keys.session("")))
        seal = await self.privacy.of(person)
        async with named_failure():
            return PersonSnapshot(seal, person, session_id, await run(self._redis, look))

    async def ask(self, *calls: Call) -> list[Any]:
        """The results of scripts that look and count, in one round trip."""
        async with named_failure():
            return await run_all(self._redis, *calls)

    async def resumable(self, person: str) -> Plain | None:
        """The plain form of the person's last interrupted session, if it is still stored."""
        return (await self.known(person, "")).previous

    async def drop(self, person: str, kind: str, record_id: str) -> None:
        """Withdraw a record that has not been sent yet."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).record(kind, record_id))
            await self._redis.zrem(waiting(kind), f"{person}/{record_id}")

    async def turns(self, person: str, session_id: str) -> list[TurnRecord]:
        """The turn records of a conversation, oldest first."""
        async with named_failure():
            sealed = await arrived(self._redis.lrange(PersonKeys(person).turns(session_id), 0, -1))
        seal = await self.privacy.of(person)
        return [TurnRecord.of(plain) for one in sealed if (plain := seal.open(one)) is not None]

    async def records(self, kind: str) -> list[Record]:
        """The waiting records of `kind`, oldest first."""
        async with named_failure():
            names = [str(name).split("/", 1) for name in await self._redis.zrange(waiting(kind), 0, -1)]
            sealed = [await self._redis.get(PersonKeys(whose).record(kind, one)) for whose, one in names]
        opened = [(await self.privacy.of(name[0])).open(one) for name, one in zip(names, sealed, strict=True)]
        return [Record.of(plain) for plain in opened if plain is not None]

    async def commit(self, change: Change) -> bool:
        """Write a turn; False if another process took a turn of this session in the meantime."""
        async with named_failure():
            await self._announce(change.session.person, change.records)
            if not change.forget:
                written = await self._write(change)
            else:
                written = await self._forget(change)
        if written:
            await self._tell(change.session.person, change.records)
        return written

    async def erase(self, person: str) -> None:
        """Forget the person at somebody else's request. Whoever is talking with us starts over."""
        async with named_failure():
            traces = await self._traces(person)
            await run(self._redis, ERASE.on([PersonKeys(person).index()]))
            await self._withdraw(person, traces)

    async def _forget(self, change: Change) -> bool:
        """Write a turn that erases its person, and remove what others share."""
        person = change.session.person
        traces = await self._traces(person)
        if change.file:  # possibly another telephone's, on another shard
            owner, _, code = change.file.partition("/")
            await self._redis.delete(PersonKeys(owner).file(code))
        written = await self._write(change)
        if written:
            await self._withdraw(person, replace(traces, calls=traces.calls | {change.session.id}))
        return written

    async def _traces(self, person: str) -> _Traces:
        """What must go elsewhere, read before it is erased here."""
        await arrived(self._redis.sadd(forgotten(), person))
        calls = await self.calls.of(person)
        named = await arrived(self._redis.smembers(PersonKeys(person).index()))
        return _Traces(frozenset(calls), frozenset(map(str, named)))

    async def add(self, person: str, record: Record) -> None:
        """Store a record that no turn caused; the same `id` written twice is one record."""
        async with named_failure():
            await self._announce(person, (record,))
            keys = PersonKeys(person)
            kept = _record_kept(keys, record, await self.privacy.of(person, make=True))
            await together(self._redis, [*kept, *indexed(keys, [keys.record(record.kind, record.id)])])
        await self._tell(person, (record,))

    async def _tell(self, person: str, records: tuple[Record, ...]) -> None:
        for record in records:
            await self._told(record.kind, person, record.id)

    async def _announce(self, person: str, records: tuple[Record, ...]) -> None:
        """List records by name before they exist: a crash then leaves an empty name, never a lost record."""
        for record in records:
            await self._redis.zadd(waiting(record.kind), {f"{person}/{record.id}": record.at}, nx=True)

    async def _withdraw(self, person: str, traces: _Traces) -> None:
        """Destroy an erased person's key; remove their calls, and the names of their records, elsewhere."""
        await self.privacy.forget(person)
        ids = {kind: traces.ids(PersonKeys(person), kind) for kind in RECORD_KINDS}
        tickets = ids["ticket"] | traces.ids(PersonKeys(person), "handoff")
        listed = {of(kind): ids[kind] for kind in RECORD_KINDS for of in (waiting, abandoned)}
        async with self._redis.pipeline(transaction=False) as pipe:
            for call_id in traces.calls:
                pipe.delete(call(call_id))
            for ticket_id in tickets:
                pipe.delete(ticket_of(ticket_id))
            of_tickets = (waiting("ticket"), closed(), changed())
            for name, members in (listed | dict.fromkeys(of_tickets, tickets)).items():
                if members:
                    pipe.zrem(name, *(f"{person}/{one}" for one in members))
            await pipe.execute()
        await self._redis.set(rewrite_wanted(), "1")
        await arrived(self._redis.srem(forgotten(), person))

    async def _write(self, change: Change) -> bool:
        """One script, which does nothing if the version has changed."""
        keys = PersonKeys(change.session.person)
        # What is left of somebody who was forgotten is empty; their own key is about to be destroyed.
        seal = Seal(self.privacy) if change.forget else await self.privacy.of(keys.person, make=True)
        commands = [*_session_kept(keys, change, seal), *_turn_kept(keys, change, seal)]
        for record in change.records:
            commands += _record_kept(keys, record, seal)
        if change.memory and not change.forget:
            commands += _memory_kept(keys, change.memory, seal)
        own = keys.session(change.session.id)
        commands += indexed(
            keys, {command[1] for command in commands if command[1] != own or not change.forget}
        )
        if change.proposed:
            commands.append(("DEL", keys.proposed()))
        if change.opt_out:
            commands.append(("SET", keys.opted_out(), 1))
        words = [word for command in commands for word in (len(command), *command)]
        commit = COMMIT.on([own, keys.index()], [change.version, int(change.forget), *words])
        return bool(await run(self._redis, commit))


@dataclass(frozen=True)
class _Traces:
    """What a person leaves outside their own keys: their calls, and the names of all their keys."""

    calls: frozenset[str]
    named: frozenset[str]

    def ids(self, keys: PersonKeys, kind: str) -> frozenset[str]:
        """The ids of the records, or with "handoff" of the tickets, among the names."""
        before = keys.record(kind, "")
        return frozenset(name.removeprefix(before) for name in self.named if name.startswith(before))


def _session_kept(keys: PersonKeys, change: Change, seal: Seal) -> list[Command]:
    key, session = keys.session(change.session.id), change.session
    put: Command = ("HSET", key, "blob", seal.seal(to_dict(session)), "version", change.version + 1)
    if change.forget:
        return [put, ("EXPIRE", key, FORGOTTEN_TTL_S)]
    lives = ("EXPIRE", key, PRACTICE_TTL_S if session.practice else SESSION_TTL_S)
    return [put, lives, ("SET", keys.latest(), session.id, "EX", SESSION_TTL_S)]


def _turn_kept(keys: PersonKeys, change: Change, seal: Seal) -> list[Command]:
    if change.turn is None or change.forget:
        return []
    key = keys.turns(change.session.id)
    return [("RPUSH", key, seal.seal(change.turn.plain())), ("EXPIRE", key, TURNS_TTL_S)]


def _memory_kept(keys: PersonKeys, memory: Memory, seal: Seal) -> list[Command]:
    sealed = seal.seal({"agreed": memory.agreed, "slots": dict(memory.slots)})
    return [("SET", keys.memory(), sealed, "EX", MEMORY_TTL_S)]


def _record_kept(keys: PersonKeys, record: Record, seal: Seal) -> list[Command]:
    sealed = seal.seal(record.plain())
    return [("SET", keys.record(record.kind, record.id), sealed, "EX", RECORD_TTL_S, "NX")]
