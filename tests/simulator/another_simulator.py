"""A simulator that we did not write (streamdouble) at the other end of the audio socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from streamdouble import protocol, scenario, session  # type: ignore[import-untyped]
from websockets.asyncio.client import connect

from voicebot.channels.voice.twiml import VOICE_PATH
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.simulator.webhook import WebhookClient

Play = Callable[[list[Any]], Awaitable[Any]]


@dataclass(frozen=True)
class Offered:
    """What the TwiML offers to a call: the address of the socket, and the parameters for it."""

    call: Any
    url: str
    headers: dict[str, str]
    parameters: dict[str, str]


async def answered(running: Rehearsal, number: str = "+33639980101") -> Offered:
    """Ring, and read from the TwiML where the sound goes."""
    who = protocol.StreamIdentity()
    async with httpx.AsyncClient() as client:
        webhooks = WebhookClient(client, running.url, running.url, running.auth_token)
        form = {"CallSid": who.call_sid, "From": number, "CallStatus": "ringing"}
        reply = await webhooks.request("POST", running.url + VOICE_PATH, form)
        stream = fromstring(reply.body).find("Connect/Stream")
        assert stream is not None
        url = stream.attrib["url"]
        parameters = {one.attrib["name"]: one.attrib["value"] for one in stream.findall("Parameter")}
        return Offered(who, url, webhooks.stream_headers(url), parameters)


async def play(running: Rehearsal, monkeypatch: pytest.MonkeyPatch, steps: list[Any]) -> Any:
    """Play a scenario. The simulator sends no signature, so its connection gets the header."""
    offered = await answered(running)
    signed = partial(connect, additional_headers=offered.headers)
    monkeypatch.setattr(session.websockets, "connect", signed)
    config = session.SessionConfig(custom_parameters=offered.parameters, quiet_period_s=0.5, max_drain_s=3.0)
    told = scenario.parse({"name": "call", "steps": steps})
    result = await session.Session(offered.url, scenario=told, config=config, identity=offered.call).run()
    assert result.violations == []
    assert result.failed_expectations == []
    return result
