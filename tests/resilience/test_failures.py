"""What breaks, broken: services killed and drained, Redis gone or frozen, all down. The caller is heard."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests import conversations
from tests.conftest import DATA_KEY
from tests.deployment import (
    PEPPER,
    ROOT,
    Deployment,
    KeypadCaller,
    MortalRedis,
    deployed,
    fronted,
    own_keys,
    service_settings,
)
from voicebot.cli.fallback import text_document
from voicebot.packaged import PROMPTS
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.sessions import Sessions

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failures")]

CALLS = 20
STORY = conversations.read(conversations.FOLDER / "rsa.keypad.yaml")
KEYS = [line.keys or "" for line in STORY.turns]
#: What a caller bears before the first word; a busy machine that runs the tests adds its own.
SOON_S, BUSY_S = 3.0, 0.5
#: Twenty callers at once before one process, on the machine of the tests. Twilio waits for 15 s.
LONGEST_S = 10.0


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def deployment(redis_server: MortalRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One for all tests of this file: a service takes seconds to start."""
    with deployed(redis_server, tmp_path_factory.mktemp("caddy")) as deployment:
        yield deployment


@pytest.fixture
def service(deployment: Deployment) -> Deployment:
    """The same, whole again."""
    deployment.heal()
    return deployment


async def known_of(redis_server: MortalRedis, caller: KeypadCaller) -> dict[str, object]:
    """What the service remembers of the call, and how it ended."""
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        sessions = Sessions(redis, Privacy(PEPPER, [DATA_KEY], own_keys(redis_server)))
        person = await sessions.calls.caller(caller.call)
        session, _ = await sessions.load(person or "", caller.call)
        place = session.place
        return {**session.slots, "status": session.status, "step": place.step if place else None}


def callers(service: Deployment, first: int = 0) -> list[KeypadCaller]:
    return [KeypadCaller(service.url, f"+3363998{number:04}") for number in range(first, first + CALLS)]


async def press_all(people: list[KeypadCaller], keys: str) -> None:
    await asyncio.gather(*(person.press(keys) for person in people))


async def all_were_heard(redis_server: MortalRedis, people: list[KeypadCaller]) -> None:
    """Each call is over, with the answers that its caller gave."""
    for person in people:
        assert person.gather is None, "the call should be over"
        known = await known_of(redis_server, person)
        assert known["status"] == "ended"
        assert {name: known.get(name) for name in STORY.ends.slots} == STORY.ends.slots


async def test_redis_killed_in_mid_call_loses_nothing_that_was_answered(
    service: Deployment, redis_server: MortalRedis
) -> None:
    person = KeypadCaller(service.url, "+33639980201")
    await person.dial()
    for number, keys in enumerate(KEYS):
        if number == 2:
            await redis_server.kill()
        await person.press(keys)
    await all_were_heard(redis_server, [person])


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "frozen"])
async def test_without_redis_the_caller_hears_a_sentence_and_goes_on_afterwards(
    service: Deployment, redis_server: MortalRedis, how: signal.Signals
) -> None:
    person = KeypadCaller(service.url, "+33639980202")
    await person.dial()
    for keys in KEYS[:2]:
        await person.press(keys)
    question = person.gather
    assert question is not None
    before = await known_of(redis_server, person)
    await redis_server.signal(how)
    person.slowest_s = 0.0
    await person._ask(question.attrib["action"], Digits="21", FinishedOnKey="#")
    assert person.hears
    assert person.slowest_s < SOON_S + BUSY_S
    if how == signal.SIGSTOP:
        os.kill(redis_server.pid, signal.SIGCONT)
    else:
        redis_server.stop()
        redis_server.start()
    assert await known_of(redis_server, person) == before, "nothing of the failed turn is kept"
    await person._ask(question.attrib["action"], Digits="21", FinishedOnKey="#")
    assert (await known_of(redis_server, person))["age"] == 21


async def test_two_services_with_the_same_request_take_one_turn(
    service: Deployment, redis_server: MortalRedis
) -> None:
    """As when the front gives up on one that answers after all."""
    one = KeypadCaller(service.url, "+33639980203", by=service.direct[0])
    await one.dial()
    assert one.gather is not None
    other = KeypadCaller(service.url, one.number, call=one.call, document=one.document, by=service.direct[1])
    first = one.gather.attrib["action"]
    for keys in KEYS:
        one.token = other.token = f"{one.call}:{one.gather.attrib['action']}"
        await asyncio.gather(one.press(keys), other.press(keys))
        assert questions(one) == questions(other)
        if one.gather is None:
            break
    await all_were_heard(redis_server, [one, other])
    last = await known_of(redis_server, one)
    await one._ask(first, Digits="9")
    assert await known_of(redis_server, one) == last, "late keys answer nothing"


def questions(person: KeypadCaller) -> str | None:
    """The address that the next answer goes to: it names the turn."""
    return None if person.gather is None else person.gather.attrib["action"]


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
    await all_were_heard(redis_server, people)
    assert max(person.slowest_s for person in people) < LONGEST_S


async def test_an_upgrade_one_service_after_the_other_drops_no_call(
    service: Deployment, redis_server: MortalRedis
) -> None:
    """The first one was killed by the test before and is back: all calls go on in it."""
    people = callers(service, 100)
    await asyncio.gather(*(person.dial() for person in people))
    leaving = None
    for number, keys in enumerate(KEYS):
        turn = asyncio.create_task(press_all(people, keys))
        if number == 1:
            await asyncio.sleep(0)
            leaving = service.apps[1].drain()
        await turn
    await all_were_heard(redis_server, people)
    assert leaving is not None
    assert leaving.wait(20) in (0, -signal.SIGTERM), "it ends by itself"
    assert max(person.slowest_s for person in people) < LONGEST_S


async def test_a_service_is_ready_when_redis_is(service: Deployment, redis_server: MortalRedis) -> None:
    at = service.direct[0]
    assert (await fetched(f"{at}/ready")).json() == {"store": "ok"}
    await redis_server.die()
    answer = await fetched(f"{at}/ready")
    assert (answer.status_code, answer.json()) == (503, {"store": "unreachable"})
    assert (await fetched(f"{at}/health")).status_code == 200, "calls are still answered, by an apology"
    assert "voicebot_store_up 0.0" in (await fetched(f"{at}/metrics")).text
    redis_server.start()
    assert "voicebot_store_up 1.0" in (await fetched(f"{at}/metrics")).text


async def fetched(url: str, method: str = "GET") -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.request(method, url, timeout=5)


def test_with_redis_down_at_the_start_one_sentence_says_so(redis_server: MortalRedis, tmp_path: Path) -> None:
    """Whoever supervises it starts it again; the front speaks meanwhile."""
    settings = service_settings(redis_server, "http://localhost", 0) | {
        "REDIS_URL": f"unix://{tmp_path}/none"
    }
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        [sys.executable, "-m", "voicebot", "serve"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert ended.returncode == 2
    (sentence,) = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert "REDIS_URL" in sentence
    assert "Traceback" not in ended.stderr


async def test_with_everything_down_the_front_still_speaks(tmp_path: Path) -> None:
    """No service ever came up. The text is the one that Twilio's fallback address gives, too."""
    with fronted([], tmp_path) as url:
        person = KeypadCaller(url, "+33639980204")
        await person.dial()
        said = " ".join(element.text or "" for element in (person.document or []).iter("Say"))  # type: ignore[union-attr]
        assert "112" in said
        assert person.slowest_s < 10
        fallback = await fetched(f"{url}/fallback.xml", "POST")
        assert (fallback.status_code, "112" in fallback.text) == (200, True)
        async with httpx.AsyncClient(timeout=15) as client:  # the front looks for a service for five seconds
            texted = await client.post(f"{url}/twilio/sms")
        assert (texted.status_code, "3114" in texted.text) == (200, True)
        assert (ROOT / "deploy/fallback-sms.xml").read_text(encoding="utf-8").strip() == text_document(
            Prompts.load(PROMPTS)
        )


async def test_every_answer_is_armoured_and_tells_nothing_of_what_runs_here(service: Deployment) -> None:
    for path in ("/twilio/voice", "/mediation/sign-in", "/health", "/nowhere", "/metrics", "/ready"):
        answer = await fetched(f"{service.url}{path}")
        told = answer.headers
        assert "max-age" in told["strict-transport-security"], path
        assert told["x-content-type-options"] == "nosniff", path
        assert told["x-frame-options"] == "DENY", path
        assert not {"server", "via", "x-powered-by"} & set(told), path
        if path in ("/nowhere", "/metrics", "/ready"):
            assert answer.status_code == 404, "not for the outside"


async def test_a_slow_sender_holds_no_service_and_nobody_else(tmp_path: Path) -> None:
    """Slow-loris: a header that never ends is cut off; a body that drips stays in the front."""
    reached: list[bytes] = []

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        reached.append(await reader.readline())
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    behind = await asyncio.start_server(service, "127.0.0.1", 0)
    port = behind.sockets[0].getsockname()[1]
    async with behind:
        with fronted([port], tmp_path, read_header="1s") as url:
            host, _, front = url.removeprefix("http://").partition(":")
            head = f"POST /twilio/voice HTTP/1.1\r\nHost: {host}\r\n"
            without_end, _ = await opened(host, int(front), head)
            _, dripping = await opened(host, int(front), head + "Content-Length: 1000\r\n\r\nCallSid=")
            async with asyncio.timeout(12):
                assert await without_end.read() == b"", "cut off"
            assert (await fetched(f"{url}/nowhere")).status_code == 404, "others are served meanwhile"
            assert (await fetched(f"{url}/twilio/voice", "POST")).status_code == 200
            dripping.close()
    posts = [line for line in reached if line.startswith(b"POST")]
    assert posts == [b"POST /twilio/voice HTTP/1.1\r\n"], "the slow one never got there"


async def test_the_front_says_when_a_webhook_came_and_believes_nobody_else(tmp_path: Path) -> None:
    """By it the texts of one person are put in order, whichever service reads them first."""
    heads: list[bytes] = []

    async def service(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    behind = await asyncio.start_server(service, "127.0.0.1", 0)
    async with behind:
        with fronted([behind.sockets[0].getsockname()[1]], tmp_path) as url:
            before = time.time()
            async with httpx.AsyncClient(timeout=15) as client:
                await client.post(f"{url}/twilio/sms", headers={"X-Request-Start": "t=1000000000000"})
            after = time.time()
    (head,) = [head for head in heads if head.startswith(b"POST")]
    (told,) = re.findall(rb"(?i)x-request-start: t=(\d+)\r\n", head)
    assert before - 0.01 <= int(told) / 1000 <= after + 0.01


async def opened(host: str, port: int, begins: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection on which somebody has begun to send, and does not go on."""
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(begins.encode())
    await writer.drain()
    return reader, writer
