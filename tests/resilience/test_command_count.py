"""What a turn asks of Redis, and that it stays so with thousands of open requests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count

import httpx
import pytest
from redis.asyncio import Redis

from tests.deployment import TOKEN, KeypadCaller
from tests.resilience.conftest import KEYS, ORIGIN, Clock, on, webhooks
from voicebot.app import waiting_room, watching
from voicebot.channels.service import Limits, Service
from voicebot.channels.sms import SMS_PATH
from voicebot.outbox.queue import OutboxQueue
from voicebot.records import Record, TicketRequest
from voicebot.store import keys
from voicebot.store.figures import Figures
from voicebot.store.keys import PersonKeys
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Sessions
from voicebot.telephony import sign

MANY = 5_000
#: What a process may ask of Redis. A script counts as one, as it is one round trip.
TEXT, KEYPAD, HANG_UP_WITH_TEXT = 12, 8, 25
SOON_S = 0.2
Turn = Callable[[], Awaitable[object]]
_OF_A_NEW_CONNECTION = ("CLIENT", "HELLO", "SELECT")
_ids = count(1)


@asynccontextmanager
async def counting(redis: Redis) -> AsyncIterator[list[str]]:
    """The commands that clients send within the block."""
    sent = list[str]()
    async with Redis(connection_pool=redis.connection_pool).monitor() as monitor:
        yield sent
        await redis.echo("that was all")
        async for told in monitor.listen():
            if "that was all" in told["command"]:
                break
            name = told["command"].split()[0]
            if told["client_type"] != "lua" and name not in _OF_A_NEW_CONNECTION:
                sent.append(name)


@pytest.fixture
async def whole(built: Service, redis: Redis, clock: Clock) -> AsyncIterator[Service]:
    """The service with its limits, figures, tickets and queue."""
    queue, tickets = OutboxQueue(redis), waiting_room(redis, built.privacy)

    async def announce(kind: str, person: str, record_id: str) -> None:
        await tickets.announce(kind, person, record_id)
        await queue.announce(kind, person, record_id)

    limits = Limits(texts=RateLimiter(redis), calls=RateLimiter(redis, what="calls"))
    service = on(built, redis, clock, queue=queue, limits=limits)
    sessions = Sessions(redis, built.privacy, announce)
    yield replace(service, runner=replace(service.runner, sessions=sessions, count=Figures(redis).count))
    await queue.close()


async def texted(client: httpx.AsyncClient, body: str, number: str = "+33639980390") -> None:
    form = {"MessageSid": f"SM{next(_ids):032x}", "From": number, "To": "+33939000001", "Body": body}
    headers = {"X-Twilio-Signature": sign(ORIGIN + SMS_PATH, form, TOKEN)}
    assert (await client.post(SMS_PATH, data=form, headers=headers)).status_code == 200


async def many_open_requests(service: Service, redis: Redis, clock: Clock) -> None:
    """One request, and copies of it by thousands of people."""
    request = TicketRequest(person="p0", reason="asked", session="CA0")
    await service.runner.sessions.add("p0", Record("t", clock.now, request))
    async with redis.pipeline(transaction=False) as pipe:
        for number in range(1, MANY):
            own = PersonKeys(f"p{number}")
            pipe.copy(PersonKeys("p0").ticket("t"), own.ticket("t"))
            pipe.copy(PersonKeys("p0").history("t"), own.history("t"))
            pipe.zadd(keys.waiting("ticket"), {f"p{number}/t": clock.now})
        await pipe.execute()


async def measured(service: Service, redis: Redis) -> dict[str, int]:
    """The commands of each kind of turn, the second of its kind: the first one loads scripts."""
    async with webhooks(service) as client:
        caller = KeypadCaller(ORIGIN, "+33639980391", client=client)
        await texted(client, "RSA")
        await caller.dial()
        await caller.press(KEYS[0])
        await texted(client, "21")
        turns: dict[str, Turn] = {
            "text": lambda: texted(client, "oui"),
            "keypad": lambda: caller.press(KEYS[1]),
            "hang-up": caller.hang_up,
            "switchboard": service.switches.board.look,
            "switchboard again": service.switches.board.look,
            "metrics": lambda: watching._look(service),
        }
        counts = {}
        for what, turn in turns.items():
            async with counting(redis) as sent:
                await turn()
            counts[what] = len(sent)
    return counts


async def test_a_turn_asks_little_of_redis_and_no_more_with_thousands_of_requests(
    whole: Service, redis: Redis, clock: Clock
) -> None:
    few = await measured(whole, redis)
    assert few["text"] <= TEXT, few
    assert few["keypad"] <= KEYPAD, few
    assert few["hang-up"] <= HANG_UP_WITH_TEXT, few
    await redis.flushall()
    await many_open_requests(whole, redis, clock)
    many = await measured(whole, redis)
    del few["switchboard"], many["switchboard"]  # the first look reads everything
    assert {what: count for what, count in many.items() if count > few[what]} == {}


async def test_metrics_and_the_switchboard_take_no_time_with_thousands_of_requests(
    whole: Service, redis: Redis, clock: Clock
) -> None:
    await many_open_requests(whole, redis, clock)
    for look in (lambda: watching._look(whole), whole.switches.board.look):
        await look()  # once, everything is read
        began = time.process_time()
        await look()
        assert time.process_time() - began < SOON_S


async def test_texts_at_once_do_not_multiply_the_commands(whole: Service, redis: Redis) -> None:
    """Twenty at once: once, three of them were answered by an apology after five tries each."""
    async with webhooks(whole) as client:
        await texted(client, "RSA")
        await texted(client, "21")
        async with counting(redis) as sent:
            await asyncio.gather(*(texted(client, "oui") for _ in range(3)))
    assert len(sent) <= 3 * (TEXT + 10)
