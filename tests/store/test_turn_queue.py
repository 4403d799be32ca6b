"""What one person sends at once is taken one after the other, in order, by whichever process has it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from time import time

import pytest
from redis.asyncio import Redis

from voicebot.errors import StoreError
from voicebot.store import keys, turn_queue
from voicebot.store.turn_queue import TurnQueue


@pytest.fixture
async def elsewhere(redis_socket: str) -> AsyncIterator[Redis]:
    """The connection of another process."""
    connection = Redis(unix_socket_path=redis_socket, decode_responses=True)
    yield connection
    await connection.aclose()


async def test_twenty_at_once_in_two_processes_are_taken_in_order_of_arrival(
    redis: Redis, elsewhere: Redis
) -> None:
    processes = TurnQueue(redis), TurnQueue(elsewhere)
    taken, inside = list[int](), list[int]()

    async def one(number: int) -> None:
        async with processes[number % 2].turn("p1") as ours:
            assert ours
            inside.append(number)
            await asyncio.sleep(0)
            assert inside == [number], "nobody else has a turn meanwhile"
            inside.clear()
            taken.append(number)

    tasks = list[asyncio.Task[None]]()
    async with processes[0].turn("p1"):
        for number in range(20):
            tasks.append(asyncio.create_task(one(number)))
            async with asyncio.timeout(20):
                while await redis.zcard(keys.turn_order("p1")) < number + 2:  # noqa: ASYNC110
                    await asyncio.sleep(0)  # until it has taken its place behind the one before
    await asyncio.gather(*tasks)
    assert taken == list(range(20))
    assert await redis.keys("*") == []


async def test_what_came_first_is_taken_first_although_a_busy_process_read_it_later(
    redis: Redis, elsewhere: Redis
) -> None:
    busy, quick, taken, now = TurnQueue(redis), TurnQueue(elsewhere), list[str](), time()

    async def one(queue: TurnQueue, name: str, arrived_at: float) -> None:
        async with queue.turn("p1", arrived_at):
            taken.append(name)

    second = asyncio.create_task(one(quick, "second", now))
    async with asyncio.timeout(20):
        while not await redis.zcard(keys.turn_order("p1")):  # noqa: ASYNC110
            await asyncio.sleep(0)
    await asyncio.gather(second, one(busy, "first", now - 0.1))
    assert taken == ["first", "second"]


async def test_whoever_has_the_turn_keeps_it_when_somebody_came_before(redis: Redis) -> None:
    long_ago = time() - 10
    async with TurnQueue(redis).turn("p1"), TurnQueue(redis, patience_s=0.05).turn("p1", long_ago) as ours:
        assert not ours


async def test_two_people_do_not_wait_for_each_other(redis: Redis) -> None:
    queue = TurnQueue(redis)
    async with queue.turn("p1"), queue.turn("p2") as ours:
        assert ours


async def test_the_place_of_a_process_that_died_is_skipped(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = TurnQueue(redis)
    monkeypatch.setattr(turn_queue, "LEASE_S", 0.05)
    assert await queue._is_first("p1", "of a dead process")
    async with asyncio.timeout(1), queue.turn("p1") as ours:
        assert ours


async def test_whoever_waited_long_enough_goes_on_without_a_turn(redis: Redis) -> None:
    async with TurnQueue(redis).turn("p1"), TurnQueue(redis, patience_s=0.05).turn("p1") as ours:
        assert not ours


async def test_a_store_that_does_not_answer_is_named() -> None:
    nobody = Redis(unix_socket_path="/nowhere")
    with pytest.raises(StoreError):
        async with TurnQueue(nobody).turn("p1"):
            raise AssertionError("no turn without a store")
