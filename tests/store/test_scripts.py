"""Scripts in a real Redis: known or not, alone or together, and never half."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.keys import PersonKeys
from voicebot.store.scripts import COUNT, COUNT_ALL, Script, run, run_all
from voicebot.store.sessions import Change, Sessions

WRONG = Script("#!lua\nreturn redis.call('INCR', KEYS[1], 'too', 'many')")


async def test_a_server_that_was_started_again_is_told_the_script_again(redis: Redis) -> None:
    assert await run(redis, COUNT.on(["n"], [60])) == 1
    await redis.script_flush()
    assert await run(redis, COUNT.on(["n"], [60])) == 2
    await redis.script_flush()
    assert await run_all(redis, COUNT.on(["n"], [60]), COUNT.on(["m"], [60])) == [3, 1]


async def test_a_count_lives_as_long_as_from_its_first_time_on(redis: Redis) -> None:
    await run(redis, COUNT.on(["n"], [60]))
    await redis.expire("n", 10)
    await run(redis, COUNT.on(["n"], [60]))
    assert 0 < await redis.ttl("n") <= 10


async def test_many_counts_are_added_together(redis: Redis) -> None:
    await run(redis, COUNT_ALL.on(["h"], [60, "texts", 2, "silent", 1]))
    await run(redis, COUNT_ALL.on(["h"], [60, "texts", 1]))
    assert await redis.hgetall("h") == {"texts": "3", "silent": "1"}
    assert 0 < await redis.ttl("h") <= 60


async def test_what_a_script_fails_with_comes_through(redis: Redis) -> None:
    with pytest.raises(ResponseError):
        await run_all(redis, COUNT.on(["n"], [60]), WRONG.on(["m"]))


async def test_a_full_redis_takes_all_of_a_turn_or_nothing(redis: Redis, privacy: Privacy) -> None:
    sessions = Sessions(redis, privacy)
    await sessions.commit(Change(Session("CA1", "p1", turn=1), 0))
    await redis.config_set("maxmemory", "1")
    try:
        with pytest.raises(StoreError, match="has it memory"):
            await sessions.commit(Change(Session("CA1", "p1", turn=2), 1, turn={"turn": 2}, forget=True))
    finally:
        await redis.config_set("maxmemory", "0")
    session, version = await sessions.load("p1", "CA1")
    assert (session.turn, version) == (1, 1)
    assert await redis.smembers(PersonKeys("p1").index()) != set()
