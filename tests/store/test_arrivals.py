"""Who texts, looked at in one round trip: what is known of them, and whether they are answered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from voicebot.dialogue.session import Place, Session
from voicebot.privacy import Privacy
from voicebot.store.arrivals import Arrivals
from voicebot.store.keys import DAY_S, RECORD_TTL_S, SESSION_TTL_S, PersonKeys, flood
from voicebot.store.person_snapshot import Memory
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Change, Sessions
from voicebot.store.threads import Threads

NOW = 1_795_000_000.0
SESSION = Session("SM1", "p1", channel="sms", status="open", place=Place("rsa", "age"))


@pytest.fixture
def sessions(redis: Redis, privacy: Privacy) -> Sessions:
    return Sessions(redis, privacy)


@pytest.fixture
def arrivals(sessions: Sessions, redis: Redis) -> Arrivals:
    return Arrivals(sessions, RateLimiter(redis, of_one=3, of_all=6))


async def test_a_stranger_begins_a_conversation_which_lasts_a_day(arrivals: Arrivals, redis: Redis) -> None:
    first = await arrivals.arrive("p1", "SM1", NOW)
    assert (first.opted_out, first.verdict) == (False, "answer")
    assert first.known
    assert (first.known.session, first.known.version) == (Session("SM1", "p1"), 0)
    assert (first.known.previous, first.known.memory, first.known.held) == (None, None, None)
    assert not first.known.recognized
    again = await arrivals.arrive("p1", "SM2", NOW)
    assert again.known
    assert again.known.session.id == "SM1"
    keys = PersonKeys("p1")
    assert await redis.smembers(keys.index()) == {keys.texting()}
    assert 0 < await redis.ttl(keys.texting()) <= SESSION_TTL_S
    assert await redis.ttl(keys.index()) > 0


async def test_all_that_is_known_comes_along(arrivals: Arrivals, sessions: Sessions, redis: Redis) -> None:
    await sessions.people.keep_number("p1", "+33612345678")
    await arrivals.arrive("p1", "SM1", NOW)
    await sessions.commit(Change(SESSION, 0, memory=Memory(True, {"age": 61})))
    suspended = replace(SESSION, id="CA7", status="suspended")
    await sessions.commit(Change(suspended, 0))
    known = (await arrivals.arrive("p1", "SM9", NOW)).known
    assert known
    assert (known.session, known.version) == (SESSION, 1)
    assert known.previous == (await sessions.known("p1", "CA9")).previous
    assert known.previous
    assert known.previous["id"] == "CA7"
    assert known.memory == Memory(True, {"age": 61})
    assert (known.recognized, known.number_is_fresh) == (True, True)


async def test_a_number_is_kept_anew_after_a_day(
    arrivals: Arrivals, sessions: Sessions, redis: Redis
) -> None:
    await sessions.people.keep_number("p1", "+33612345678")
    await redis.expire(PersonKeys("p1").number(), RECORD_TTL_S - DAY_S - 1)
    known = (await arrivals.arrive("p1", "SM1", NOW)).known
    assert known
    assert (known.recognized, known.number_is_fresh) == (True, False)


async def test_who_wants_no_texts_leaves_no_trace_but_a_count(
    arrivals: Arrivals, sessions: Sessions, redis: Redis
) -> None:
    await sessions.people.opt_out("p1")
    arrival = await arrivals.arrive("p1", "SM1", NOW)
    assert (arrival.opted_out, arrival.known) == (True, None)
    keys = PersonKeys("p1")
    left = {key for key in await redis.keys("*") if "p1" in key}
    assert left == {keys.opted_out(), RateLimiter(redis).own("p1", NOW)}
    assert (await arrivals.look_anyway("p1", "SM1", NOW)).session.id == "SM1"


async def test_of_too_many_texts_one_is_told_and_the_others_dropped(arrivals: Arrivals, redis: Redis) -> None:
    verdicts = [await arrivals.arrive("p1", f"SM{n}", NOW) for n in range(6)]
    assert [one.verdict for one in verdicts] == ["answer"] * 3 + ["tell", "drop", "drop"]
    assert [one.known is None for one in verdicts] == [False] * 3 + [True] * 3
    assert await RateLimiter(redis).dropped(NOW) == 2


async def test_one_person_alone_does_not_use_up_what_all_have(arrivals: Arrivals, redis: Redis) -> None:
    for number in range(20):
        await arrivals.arrive("p1", f"SM{number}", NOW)
    assert int(await redis.get(flood("texts", int(NOW) // 60))) == 3
    assert [(await arrivals.arrive(f"q{n}", "SM1", NOW)).verdict for n in range(4)] == ["answer"] * 3 + [
        "tell"
    ]


async def test_the_mediator_who_answers_is_told(arrivals: Arrivals, redis: Redis, privacy: Privacy) -> None:
    await Threads(redis, privacy).hold("p1", "t1")
    known = (await arrivals.arrive("p1", "SM1", NOW)).known
    assert known
    assert known.held == "t1"


async def test_without_limits_everybody_is_answered(sessions: Sessions) -> None:
    arrivals = Arrivals(sessions)
    assert {(await arrivals.arrive("p1", "SM1", NOW)).verdict for _ in range(50)} == {"answer"}
