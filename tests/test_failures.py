"""What breaks, broken: services killed, Redis gone or frozen, all down. The caller always hears something."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from tests import conversations
from tests.conftest import DATA_KEY
from tests.deployment import PEPPER, Deployment, KeypadCaller, MortalRedis, deployed, wait_for
from voicebot.privacy import Privacy
from voicebot.store.sessions import Sessions

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failures")]

CALLS = 20
STORY = conversations.read(conversations.FOLDER / "rsa.keypad.yaml")
KEYS = [line.keys or "" for line in STORY.turns]
#: What a caller bears before the first word.
SOON_S = 3.0


@pytest.fixture
async def redis_server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture
def service(redis_server: MortalRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with deployed(redis_server, tmp_path_factory.mktemp("caddy")) as deployment:
        yield deployment


async def slots_of(redis_server: MortalRedis, caller: KeypadCaller) -> dict[str, object]:
    """What the service remembers of the call, and how it ended."""
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        sessions = Sessions(redis, Privacy(PEPPER, [DATA_KEY]))
        person = await sessions.caller(caller.call)
        session, _ = await sessions.load(person or "", caller.call)
        place = session.place
        return {**session.slots, "status": session.status, "step": place.step if place else None}


def callers(service: Deployment) -> list[KeypadCaller]:
    return [KeypadCaller(service.url, f"+3363998{number:04}") for number in range(CALLS)]


async def press_all(people: list[KeypadCaller], keys: str) -> None:
    await asyncio.gather(*(person.press(keys) for person in people))


async def test_a_service_killed_in_the_middle_of_twenty_calls_costs_none_of_them(
    service: Deployment, redis_server: MortalRedis
) -> None:
    people = callers(service)
    await asyncio.gather(*(person.dial() for person in people))
    half = len(KEYS) // 2
    for number, keys in enumerate(KEYS):
        turn = asyncio.create_task(press_all(people, keys))
        if number == half:
            await asyncio.sleep(0)  # the requests are on their way
            service.apps[0].kill()
        await turn
    for person in people:
        assert person.gather is None, "the call should be over"
        known = await slots_of(redis_server, person)
        assert known["status"] == "ended"
        assert {name: known.get(name) for name in STORY.ends["slots"]} == STORY.ends["slots"]
    assert max(person.slowest_s for person in people) < 10


async def test_redis_killed_in_mid_call_loses_nothing_that_was_answered(
    service: Deployment, redis_server: MortalRedis
) -> None:
    person = KeypadCaller(service.url, "+33639980001")
    await person.dial()
    for number, keys in enumerate(KEYS):
        if number == 2:
            await redis_server.kill()
        await person.press(keys)
    known = await slots_of(redis_server, person)
    assert {name: known.get(name) for name in STORY.ends["slots"]} == STORY.ends["slots"]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "frozen"])
async def test_without_redis_the_caller_hears_a_sentence_and_goes_on_afterwards(
    service: Deployment, redis_server: MortalRedis, how: signal.Signals
) -> None:
    person = KeypadCaller(service.url, "+33639980001")
    await person.dial()
    await person.press(KEYS[0])
    question = person.gather
    await redis_server.signal(how)
    person.slowest_s = 0.0
    person.document = None
    await person._ask(question.attrib["action"], Digits="21", FinishedOnKey="#")  # type: ignore[union-attr]
    assert person.document is not None
    assert person.document.find("Say") is not None
    assert person.slowest_s < SOON_S + 0.5
    if how == signal.SIGSTOP:
        os.kill(redis_server.pid, signal.SIGCONT)
    else:
        redis_server.stop()
        redis_server.start()
    again = KeypadCaller(service.url, "+33639980001")
    await again.dial()
    assert again.gather is not None


async def test_with_everything_down_the_front_still_speaks(service: Deployment) -> None:
    for app in service.apps:
        app.kill()
    person = KeypadCaller(service.url, "+33639980001")
    await person.dial()
    assert person.document is not None
    said = " ".join(element.text or "" for element in person.document.iter("Say"))
    assert "3939" in said
    assert person.slowest_s < 10


async def test_a_service_that_comes_back_is_used_again(service: Deployment) -> None:
    service.apps[0].kill()
    person = KeypadCaller(service.url, "+33639980001")
    await person.dial()
    service.apps[0].start()
    wait_for(service.direct[0])
    service.apps[1].kill()
    await person.press(KEYS[0])
    assert person.gather is not None
