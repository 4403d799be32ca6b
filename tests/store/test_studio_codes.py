"""Codes for the voice studio by telephone: one call, one number, not for long, not to be guessed."""

from __future__ import annotations

import asyncio

import pytest
from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.studio_codes import MOST_TRIES, Pass, StudioCodes

AWA = Pass("awa", "rsa")


@pytest.fixture
def codes(redis: Redis) -> StudioCodes:
    return StudioCodes(redis)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_a_code_opens_the_studio_once(codes: StudioCodes) -> None:
    code = await codes.offer("person", AWA)
    assert len(code) == 6
    assert code.isdecimal()
    assert await codes.awaited("person")
    assert await codes.take("person", code) == AWA
    assert await codes.take("person", code) is None
    assert not await codes.awaited("person")


async def test_a_code_is_good_for_one_number(codes: StudioCodes) -> None:
    code = await codes.offer("person", AWA)
    assert not await codes.awaited("somebody else")
    assert await codes.take("somebody else", code) is None
    assert await codes.take("person", code) == AWA


async def test_who_tries_too_often_has_lost_it(codes: StudioCodes) -> None:
    code = await codes.offer("person", AWA)
    for _ in range(MOST_TRIES):
        assert await codes.awaited("person")
        assert await codes.take("person", other_than(code)) is None
    assert not await codes.awaited("person")
    assert await codes.take("person", code) is None
    assert await codes.take("person", await codes.offer("person", AWA)) == AWA


async def test_two_calls_at_once_do_not_both_get_in(codes: StudioCodes) -> None:
    code = await codes.offer("person", AWA)
    came = await asyncio.gather(*(codes.take("person", code) for _ in range(4)))
    assert [one for one in came if one] == [AWA]


async def test_a_newer_code_takes_the_place_of_the_older(codes: StudioCodes) -> None:
    first, second = await codes.offer("person", AWA), await codes.offer("person", Pass("leo", ""))
    if first != second:
        assert await codes.take("person", first) is None
    assert await codes.take("person", second) == Pass("leo", "")


async def test_the_store_knows_no_code_and_forgets_it_soon(codes: StudioCodes, redis: Redis) -> None:
    code = await codes.offer("person", AWA)
    await codes.take("person", other_than(code))
    for key in [name async for name in redis.scan_iter("*")]:
        assert 0 < await redis.ttl(key) <= keys.STUDIO_CODE_TTL_S
        kept = await (redis.hgetall(key) if await redis.type(key) == "hash" else redis.get(key))
        assert code not in str(kept)
