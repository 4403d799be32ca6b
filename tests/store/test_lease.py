"""One of several processes is elected; another takes over when it leaves or dies."""

from __future__ import annotations

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.lease import Lease


async def test_one_is_elected_until_it_leaves(redis: Redis) -> None:
    one, two = Lease(redis, "work", 60), Lease(redis, "work", 60)
    assert [await one.held(), await two.held(), await one.held()] == [True, False, True]
    await two.release()
    assert not await two.held(), "what is not ours cannot be released"
    await one.release()
    assert await two.held()


async def test_who_died_is_followed_by_another(redis: Redis) -> None:
    one, two = Lease(redis, "work", 60), Lease(redis, "work", 60)
    assert await one.held()
    await redis.pexpire(keys.lease("work"), 0)  # its time is over
    assert await two.held()
    assert not await one.held()
