"""Too many texts: told once, then dropped and counted."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from voicebot.store.rate_limiter import RateLimiter

NOW = 1_795_000_000.0


@pytest.fixture
def floods(redis: Redis) -> RateLimiter:
    return RateLimiter(redis, of_one=3, of_all=6)


async def test_one_sender_is_told_once_and_then_dropped(floods: RateLimiter) -> None:
    verdicts = [await floods.judge("p1", NOW) for _ in range(6)]
    assert verdicts == ["answer"] * 3 + ["tell", "drop", "drop"]
    assert await floods.dropped(NOW) == 2


async def test_others_are_answered_meanwhile(floods: RateLimiter) -> None:
    for _ in range(5):
        await floods.judge("p1", NOW)
    assert await floods.judge("p2", NOW) == "answer"


async def test_ten_minutes_later_all_is_forgotten(floods: RateLimiter) -> None:
    for _ in range(5):
        await floods.judge("p1", NOW)
    assert await floods.judge("p1", NOW + 600) == "answer"


async def test_many_senders_at_once_are_too_many_together(floods: RateLimiter) -> None:
    verdicts = [await floods.judge(f"p{number}", NOW) for number in range(8)]
    assert verdicts == ["answer"] * 6 + ["tell"] * 2
