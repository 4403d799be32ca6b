"""A service that dies under somebody who is speaking: another one hears the rest, by voice."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from tests.deployment import PEPPER, TOKEN, Deployment, MortalRedis, Process, deployed
from voicebot.channels.simulator import Answers, CallerVoice, CallOptions, CallReport, SayText, place_call
from voicebot.channels.simulator.report import Unseen
from voicebot.privacy import Privacy
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


@pytest.mark.parametrize("how", ["killed", "drained"])
async def test_who_speaks_when_the_service_ends_is_heard_by_another_one(
    caller: CallerVoice, tmp_path: Path, how: str
) -> None:
    redis_server = MortalRedis(tmp_path)
    try:
        with deployed(redis_server, tmp_path / "caddy", recognizer="whisper") as service:
            report = await cut_short(service, redis_server, caller, how)
    finally:
        redis_server.stop()
    asked = [line["prompt"] for line in report.lines if line["prompt"]]
    assert report.ending == "caller_hung_up", report.problems
    assert asked[-1] == "rsa.nationalite", "they were led on"
    assert [problem for problem in report.problems if not problem.startswith(EXPECTED)] == []
    assert any(one == other for one, other in pairwise(asked)), "asked once more"
    assert not any("appuyez" in line["text"].lower() for line in report.lines), "nobody was sent to the keys"


async def cut_short(
    service: Deployment, redis_server: MortalRedis, caller: CallerVoice, how: str
) -> CallReport:
    """A call whose service ends after the first answer."""
    view = FirstAnswer()
    async with Redis.from_url(redis_server.url, decode_responses=True) as redis:
        sessions = Sessions(redis, Privacy(PEPPER, [DATA_KEY]))

        async def journal(call_sid: str) -> Sequence[Mapping[str, Any]]:
            person = await sessions.caller(call_sid)
            return [dict(turn) for turn in await sessions.turns(person, call_sid)] if person else []

        options = CallOptions(from_number="+33639980330", tempo="real_time", journal=journal, view=view)
        calling = asyncio.create_task(place_call(service.url, TOKEN, SAID, caller, options))
        await view.given.wait()
        busy = await whose_call(service)
        busy.kill() if how == "killed" else busy.drain()
        return await calling
