"""Conversations in a real Redis: kept, sealed, shared by processes, forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from voicebot.dialogue.session import Place, Session
from voicebot.errors import ConfigError, StoreError
from voicebot.privacy import Privacy
from voicebot.records import Record, TicketRequest, TurnRecord
from voicebot.store.keys import SESSION_TTL_S, PersonKeys, waiting
from voicebot.store.server import connect
from voicebot.store.sessions import Change, Sessions

SESSION = Session("CA1", "p1", status="open", place=Place("rsa", "age"), slots={"age": 61})
TURN = TurnRecord(turn=1, at=5.0, event="Heard", channel="voice", status="open")
TICKET = Record("CA1:3", 5.0, TicketRequest(person="p1", reason="asked"))


@pytest.fixture
def sessions(redis: Redis, privacy: Privacy) -> Sessions:
    return Sessions(redis, privacy)


async def test_a_session_comes_back_as_it_was(sessions: Sessions) -> None:
    assert await sessions.commit(Change(SESSION, 0))
    assert await sessions.load("p1", "CA1") == (SESSION, 1)


async def test_an_unknown_session_is_new(sessions: Sessions) -> None:
    assert await sessions.load("p1", "CA9") == (Session("CA9", "p1"), 0)


async def test_of_two_processes_with_the_same_turn_one_wins(sessions: Sessions) -> None:
    assert await sessions.commit(Change(SESSION, 0))
    assert not await sessions.commit(Change(replace(SESSION, turn=7), 0, records=(TICKET,)))
    assert (await sessions.load("p1", "CA1"))[0].turn == 0
    assert await sessions.records("ticket") == []


async def test_a_ticket_is_written_with_its_turn_and_only_once(sessions: Sessions) -> None:
    await sessions.commit(Change(SESSION, 0, records=(TICKET,)))
    await sessions.commit(
        Change(SESSION, 1, records=(replace(TICKET, order=TicketRequest(person="p1", reason="other")),))
    )
    assert await sessions.records("ticket") == [TICKET]


async def test_nothing_readable_lies_in_redis(sessions: Sessions, redis: Redis) -> None:
    await sessions.people.keep_number("p1", "+33612345678")
    turn = replace(TURN, heard="je m'appelle Zoé")
    await sessions.commit(Change(SESSION, 0, turn=turn, records=(TICKET,)))
    dump = " ".join([str(await _value(redis, key)) for key in await redis.keys("*")])
    assert "612345678" not in dump
    assert "Zoé" not in dump


async def test_everything_of_a_person_expires(sessions: Sessions, redis: Redis) -> None:
    await sessions.people.keep_number("p1", "+33612345678")
    await sessions.commit(Change(SESSION, 0, turn=TURN, records=(TICKET,)))
    personal = [key for key in await redis.keys("*") if "{p1}" in key]
    assert len(personal) == 6
    assert all([await redis.ttl(key) > 0 for key in personal])
    assert 0 < await redis.ttl(PersonKeys("p1").session("CA1")) <= SESSION_TTL_S


async def test_being_forgotten_leaves_an_empty_session_and_nothing_else(
    sessions: Sessions, redis: Redis
) -> None:
    await sessions.people.keep_number("p1", "+33612345678")
    await sessions.commit(Change(SESSION, 0, turn=TURN, records=(TICKET,)))
    empty = Session("CA1", "p1", status="ended")
    assert await sessions.commit(Change(empty, 1, turn=replace(TURN, turn=2), forget=True))
    keys = PersonKeys("p1")
    left = {key for key in await redis.keys("*") if "p1" in key}
    assert left == {keys.session("CA1")}
    assert await redis.zcard(waiting("ticket")) == 0
    assert await sessions.load("p1", "CA1") == (empty, 2)
    assert await sessions.people.number("p1") is None


async def test_only_an_unfinished_session_can_be_resumed(sessions: Sessions) -> None:
    assert await sessions.resumable("p1") is None
    await sessions.commit(Change(replace(SESSION, status="suspended"), 0))
    resumable = await sessions.resumable("p1")
    assert resumable is not None
    assert resumable["id"] == "CA1"
    await sessions.commit(Change(replace(SESSION, status="ended"), 1))
    assert await sessions.resumable("p1") is None


async def test_turns_are_told_in_order(sessions: Sessions) -> None:
    await sessions.commit(Change(SESSION, 0, turn=TURN))
    await sessions.commit(Change(SESSION, 1, turn=replace(TURN, turn=2)))
    assert [turn.turn for turn in await sessions.turns("p1", "CA1")] == [1, 2]


async def test_a_rotated_key_still_opens_old_records(redis: Redis) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    await Sessions(redis, Privacy("pepper", [old])).commit(Change(SESSION, 0))
    both = Sessions(redis, Privacy("pepper", [new, old]))
    assert (await both.load("p1", "CA1"))[0] == SESSION
    with pytest.raises(StoreError, match="removed too early"):
        await Sessions(redis, Privacy("pepper", [new])).load("p1", "CA1")


async def test_without_redis_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="start it, or unset REDIS_URL"):
        async with connect("redis://127.0.0.1:1/0", tmp_path):
            pass


async def test_the_embedded_server_keeps_its_data_across_a_restart(tmp_path: Path, privacy: Privacy) -> None:
    async with connect(None, tmp_path) as redis:
        await Sessions(redis, privacy).commit(Change(SESSION, 0))
    async with connect(None, tmp_path) as redis:
        assert (await Sessions(redis, privacy).load("p1", "CA1"))[0] == SESSION


def test_a_broken_key_is_refused_without_being_shown() -> None:
    with pytest.raises(ConfigError) as refused:
        Privacy("pepper", ["not-a-key"])
    assert "not-a-key" not in str(refused.value)


async def _value(redis: Redis, key: str) -> object:
    kind = await redis.type(key)
    read = {"string": redis.get, "hash": redis.hgetall, "set": redis.smembers}
    if kind in read:
        return await read[kind](key)
    return await redis.lrange(key, 0, -1) if kind == "list" else await redis.zrange(key, 0, -1)
