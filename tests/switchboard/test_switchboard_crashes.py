"""Workers are killed while they ring mediators: everybody's telephone rings, and nobody's twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from functools import partial

import pytest

from tests.conftest import DATA_KEY
from tests.deployment import MortalRedis
from tests.outbox.test_sender_crashes import Workers, until
from voicebot.app import waiting_room
from voicebot.handoff.calling import hold_line
from voicebot.handoff.mediator import Mediator
from voicebot.privacy import Privacy
from voicebot.records import Record
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.store.mediators import Mediators
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions

PEOPLE = 24


@pytest.fixture
def twilio() -> Iterator[TwilioAccount]:
    """A Twilio that is slow, and whose answer is lost now and then."""
    chance = random.Random(5)

    def trouble(kind: str) -> Trouble:
        return Trouble(answer_lost=chance.random() < 0.15, wait_s=chance.uniform(0.0, 0.1))

    with twilio_api(TwilioAccount(trouble)) as account:
        yield account


@pytest.fixture
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture
def workers(redis_server: MortalRedis, twilio: TwilioAccount) -> Iterator[Workers]:
    workers = Workers(redis_server.socket, twilio.url, "tests.switchboard.worker")
    yield workers
    workers.stop()


async def rung(account: TwilioAccount, goal: int) -> bool:
    return len(account.calls) >= goal


@pytest.mark.xdist_group("crashes")
async def test_killed_workers_ring_every_mediator_once(
    redis_server: MortalRedis, workers: Workers, twilio: TwilioAccount, privacy: Privacy
) -> None:
    assert DATA_KEY
    async with connect(f"unix://{redis_server.socket}", redis_server.data) as redis:
        tickets, mediators = waiting_room(redis, privacy), Mediators(redis, privacy)
        sessions = Sessions(redis, privacy, tickets.announce)
        for number in range(PEOPLE):
            phone = f"+336399801{number:02d}"
            await mediators.save(Mediator(f"m{number}", f"m{number}", phone=phone, on_duty=True))
        workers.start()
        workers.start()
        for number in range(PEOPLE):
            person, call = f"p{number}", f"CA{number}"
            told = {"reason": "asked", "priority": "normal", "topic": "rsa", "channel": "voice", "slots": {}}
            await sessions.add(
                person,
                Record.of(
                    {
                        "kind": "ticket",
                        "id": f"{call}:1",
                        "at": 1.0 + number,
                        **told,
                        "person": person,
                        "session": call,
                    }
                ),
            )
            await tickets.change(f"{call}:1", lambda one, call=call: hold_line(one, call, 2.0))
            if number % 6 == 5:
                await until(partial(rung, twilio, number // 2))
                workers.kill()
                workers.start()
        await until(partial(rung, twilio, PEOPLE))
        open_ = await tickets.waiting()
    counted = Counter(call.asked["To"] for call in twilio.calls)
    assert set(counted.values()) == {1}, "a telephone rang twice"
    assert {one.offer.mediator for one in open_ if one.offer} == {f"m{number}" for number in range(PEOPLE)}
