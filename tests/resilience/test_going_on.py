"""A service that ends under somebody who is speaking: dead, another one hears the rest; drained, itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from tests.deployment import PEPPER, TOKEN, Deployment, MortalRedis, Process, deployed, own_keys
from voicebot.privacy import Privacy
from voicebot.simulator import Answers, CallerVoice, CallOptions, CallReport, SayText, place_call
from voicebot.simulator.report import Unseen
from voicebot.store.sessions import Sessions

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failures")]

#: Up to a question that has no answer here: there the caller hangs up.
SAID = Answers(
    {
        "accueil.question": [SayText("je voudrais demander le RSA")],
        "rsa.besoin": [SayText("je veux le demander")],
        "rsa.age": [SayText("j'ai trente ans")],
        "common.value_age": [SayText("oui")],
        "rsa.france": [SayText("oui")],
    }
)
#: What a carrier tells of a socket that broke, of one that did not open at once, and of a sentence cut short.
EXPECTED = ("31920", "31921", "the app closed the stream with")


class FirstAnswer(Unseen):
    """Tells when the caller was answered, or gave up."""

    def __init__(self) -> None:
        self.given = asyncio.Event()

    def assistant(self, line: Mapping[str, Any]) -> None:
        if line["heard"]:
            self.given.set()

    def ended(self, last: Mapping[str, Any]) -> None:
        self.given.set()


async def live(url: str) -> float:
    """The calls on the audio sockets of the service at `url`."""
    async with httpx.AsyncClient() as client:
        page = (await client.get(f"{url}/metrics", timeout=5)).text
    families = text_string_to_metric_families(page)
    return next(one.samples[0].value for one in families if one.name == "voicebot_calls_live")


async def whose_call(service: Deployment) -> Process:
    (busy,) = [app for app, url in zip(service.apps, service.direct, strict=True) if await live(url)]
    return busy


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MortalRedis]:
    server = MortalRedis(tmp_path_factory.mktemp("r"))
    yield server
    server.stop()


@pytest.fixture(scope="module")
def deployment(redis_server: MortalRedis, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Started once: two services that load a recognizer take long."""
    with deployed(redis_server, tmp_path_factory.mktemp("caddy"), recognizer="whisper") as deployment:
        yield deployment


@pytest.mark.parametrize(("how", "number"), [("killed", "+33639980330"), ("drained", "+33639980331")])
async def test_who_speaks_when_the_service_ends_is_heard_by_another_one(
    deployment: Deployment, redis_server: MortalRedis, caller: CallerVoice, how: str, number: str
) -> None:
    deployment.heal()
    report = await cut_short(deployment, redis_server, caller, how, number)
    asked = [line["prompt"] for line in report.lines if line["prompt"]]
    assert report.ending == "caller_hung_up", report.problems
    assert asked[-1] == "rsa.nationalite", "they were led on"
    assert [problem for problem in report.problems if not problem.startswith(EXPECTED)] == []
    again = any(one == other for one, other in pairwise(asked))
    assert again == (how == "killed"), (
        "who was cut off is asked once more; a drained service lets calls finish"
    )
    assert not any("appuyez" in line["text"].lower() for line in report.lines), "nobody was sent to the keys"


async def cut_short(
    service: Deployment, redis_server: MortalRedis, caller: CallerVoice, how: str, number: str
) -> CallReport:
    """A call whose service ends after the first answer."""
    view = FirstAnswer()
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        sessions = Sessions(redis, Privacy(PEPPER, [DATA_KEY], own_keys(redis_server)))

        async def journal(call_sid: str) -> Sequence[Mapping[str, Any]]:
            person = await sessions.calls.caller(call_sid)
            return [turn.shown() for turn in await sessions.turns(person, call_sid)] if person else []

        options = CallOptions(from_number=number, tempo="real_time", journal=journal, view=view)
        calling = asyncio.create_task(place_call(service.url, TOKEN, SAID, caller, options))
        given = asyncio.create_task(view.given.wait())
        await asyncio.wait({calling, given}, return_when=asyncio.FIRST_COMPLETED)
        given.cancel()
        if calling.done():  # the carrier failed, and says why
            return calling.result()
        busy = await whose_call(service)
        busy.kill() if how == "killed" else busy.drain()
        return await calling
