"""Workers and Redis are killed in the middle of their work: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from tests.deployment import MortalRedis
from voicebot.privacy import Privacy
from voicebot.records import CallBackOrder, Record, TextOrder
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions

PEOPLE = 40
ROOT = Path(__file__).parents[2]
#: Far more than it takes; the tests end as soon as the work is done.
_DEADLINE_S = 90.0
_LOOK_S = 0.02


class Workers:
    """Worker processes."""

    def __init__(self, socket: Path, api: str, module: str = "tests.outbox.worker") -> None:
        self._command = [sys.executable, "-m", module, str(socket), api, DATA_KEY]
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self._processes.append(subprocess.Popen(self._command, cwd=ROOT, env=environment))

    def kill(self) -> None:
        process = self._processes.pop(0)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        while self._processes:
            self.kill()


@pytest.fixture
def twilio() -> Iterator[TwilioAccount]:
    """A Twilio that is slow, busy, in trouble and out of reach, each now and then."""
    chance = random.Random(7)

    def trouble(kind: str) -> Trouble:
        wait = chance.uniform(0.0, 0.05)
        luck = chance.random()
        if luck < 0.1:
            return Trouble(20429, 429, wait_s=wait)
        if luck < 0.2:
            return Trouble(answer_lost=True, wait_s=wait)
        return Trouble(20500, 503, wait_s=wait) if luck < 0.3 else Trouble(wait_s=wait)

    with twilio_api(TwilioAccount(trouble)) as account:
        yield account


@pytest.fixture
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture
def workers(redis_server: MortalRedis, twilio: TwilioAccount) -> Iterator[Workers]:
    workers = Workers(redis_server.socket, twilio.url)
    yield workers
    workers.stop()


async def ask(redis: Redis, privacy: Privacy, person: int) -> None:
    """Somebody asked for a summary and to be called back."""
    sessions, name = Sessions(redis, privacy), f"p{person}"
    await sessions.people.keep_number(name, number(person))
    text = TextOrder(person=name, topic="rsa", notes=("rsa.note_caf",))
    await sessions.add(name, Record(f"CA{person}:1", time.time(), text))
    await sessions.add(name, Record(f"CA{person}:2", time.time(), CallBackOrder(person=name)))


def number(person: int) -> str:
    return f"+3363998{person:04d}"


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Look again and again: what other processes do cannot be waited for in any other way."""
    async with asyncio.timeout(_DEADLINE_S):
        while not await done():  # noqa: ASYNC110 - the processes share no event with us
            await asyncio.sleep(_LOOK_S)


async def each_got_one(account: TwilioAccount) -> bool:
    everybody = {number(person) for person in range(PEOPLE)}
    texted, called = ({taken.asked["To"] for taken in account.of(kind)} for kind in ("Messages", "Calls"))
    return texted == called == everybody


async def taken(account: TwilioAccount, goal: int) -> bool:
    return len(account.texts) + len(account.calls) >= goal


async def all_settled(outbox: Outbox) -> bool:
    return not await outbox.count("sms") and not await outbox.count("callback")


@pytest.mark.xdist_group("crashes")
async def test_killed_workers_and_a_killed_redis_lose_and_repeat_nothing(
    redis_server: MortalRedis, workers: Workers, twilio: TwilioAccount, privacy: Privacy
) -> None:
    async with connect(f"unix://{redis_server.socket}", redis_server.data) as redis:
        for person in range(PEOPLE):
            await ask(redis, privacy, person)
        workers.start()
        workers.start()
        for goal in range(8, 2 * PEOPLE - 8, 12):
            await until(partial(taken, twilio, goal))
            if goal % 24 == 8:
                workers.kill()
                workers.start()
            else:
                await redis_server.kill()
        await until(partial(each_got_one, twilio))
        outbox = Outbox(redis, privacy)
        await until(partial(all_settled, outbox))
        assert await outbox.given_up("sms") == []
    for kind in ("Messages", "Calls"):
        counted = Counter(taken.asked["To"] for taken in twilio.of(kind))
        assert {one: times for one, times in counted.items() if times > 1} == {}


@pytest.mark.xdist_group("crashes")
async def test_what_was_acknowledged_survives_redis_being_killed(
    redis_server: MortalRedis, privacy: Privacy
) -> None:
    async with connect(f"unix://{redis_server.socket}", redis_server.data) as redis:
        for person in range(PEOPLE):
            await ask(redis, privacy, person)
        await redis_server.kill()
        assert await Outbox(redis, privacy).count("sms") == PEOPLE
        assert len(await Sessions(redis, privacy).records("callback")) == PEOPLE
