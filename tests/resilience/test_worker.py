"""The worker while the store is away, and while the clock jumps: everything leaves in the end, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from structlog.testing import capture_logs

from tests.deployment import MortalRedis
from tests.resilience.conftest import Clock
from voicebot.app import PROMPTS
from voicebot.channels.deliveries import hooks
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.queue import OutboxQueue, Tempo, work
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record, TextOrder
from voicebot.simulator.twilio_api import Trouble, TwilioAccount, twilio_api
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.telephony.rest import TwilioClient

HURRY = Tempo(timeout_s=2, first_wait_s=0.1, longest_wait_s=0.5, refill_s=0.1, sweep_s=1, tries=1000)
TEN_MINUTES, HOUR, DAY = 600.0, 3600.0, 86400.0
_DEADLINE_S, _LOOK_S = 30.0, 0.02


@dataclass
class Office:
    """A worker's parts, on a server that can die."""

    server: MortalRedis
    queue: OutboxQueue
    errands: OutboxSender
    account: TwilioAccount
    clock: Clock

    async def ask(self, person: str, number: str) -> Ref:
        """Somebody wants a summary by text."""
        ref = Ref("sms", person, f"CA-{person}:1")
        order = TextOrder(person=person, topic="rsa", notes=("rsa.note_caf",))
        await self.errands.sessions.people.keep_number(person, number)
        await self.errands.sessions.add(person, Record(ref.id, self.clock(), order))
        return ref


@pytest.fixture
def account() -> Iterator[TwilioAccount]:
    with twilio_api() as account:
        yield account


@pytest.fixture
async def office(
    account: TwilioAccount, privacy: Privacy, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Office]:
    server = MortalRedis(tmp_path_factory.mktemp("w"))
    account.clock = clock
    async with connect(server.url, server.data) as redis:
        sessions, outbox = Sessions(redis, privacy), Outbox(redis, privacy)
        twilio = TwilioClient("AC" + "0b" * 16, "secret", base_url=account.url, timeout_s=2)
        terms = Terms("+33939000001", hours=CallingHours(0, 24), settle_s=0.0)
        at = hooks("https://voicebot.test")
        prompts = partial(Prompts.load, PROMPTS)
        errands = OutboxSender(outbox, sessions, prompts, privacy, twilio, at, terms, clock)
        queue = OutboxQueue(redis, HURRY)
        yield Office(server, queue, errands, account, clock)
        await queue.close()
    server.stop()


async def until(done: Callable[[], bool]) -> None:
    """Worker and server tell nobody."""
    async with asyncio.timeout(_DEADLINE_S):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)


async def test_a_store_that_was_away_for_ten_minutes_is_worked_on_again(office: Office) -> None:
    await office.ask("p1", "+33639980361")
    await office.server.die()
    with capture_logs() as logs:
        working = asyncio.create_task(work(office.queue, office.errands))
        await until(lambda: sum(entry["event"] == "refill failed" for entry in logs) >= 2)
    office.clock.now += TEN_MINUTES
    assert not working.done(), "the worker is still there"
    office.server.start()
    await office.ask("p2", "+33639980362")
    await until(lambda: len(office.account.texts) >= 2)
    working.cancel()
    await asyncio.wait([working])
    assert sorted(taken.asked["To"] for taken in office.account.texts) == ["+33639980361", "+33639980362"]


@pytest.mark.parametrize("jump", [-DAY, -HOUR, HOUR, DAY])
async def test_a_clock_that_jumps_while_twilio_is_asked_sends_nothing_twice(
    office: Office, jump: float
) -> None:
    """The answer is lost, the clock jumps, the errand is taken up again."""
    office.account.trouble = lambda kind: Trouble(answer_lost=True)
    ref = await office.ask("p1", "+33639980363")
    await office.errands.run(ref)
    assert len(office.account.texts) == 1
    office.clock.now += jump
    await office.errands.run(ref)
    office.clock.now += abs(jump) + HOUR
    await office.errands.run(ref)
    assert len(office.account.texts) == 1
    letter = await office.errands.outbox.open(ref)
    assert letter is not None
    assert letter.delivery is not None
    assert letter.delivery.state == "sent"
