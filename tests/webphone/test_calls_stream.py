"""The audio socket of the trial page, met by who has no permit, or that of another."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from itertools import count
from typing import Any
from uuid import uuid4

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.calls import session_of
from voicebot.channels.media.messages import Dtmf, Rejected, Typed
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.speech.audio import SILENT_FRAME
from voicebot.webphone.calls import parse

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("line")]

PATIENCE_S = 60.0
STREAM = f"MZ{uuid4().hex}"
FORMAT = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}


@pytest.fixture
def running(quiet_line: Rehearsal) -> Rehearsal:
    """What is recognized is not the point here."""
    return quiet_line


@pytest.fixture
async def browser(running: Rehearsal) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url) as client:
        await client.get("/essai")
        yield client


async def offered(browser: httpx.AsyncClient) -> dict[str, Any]:
    order: dict[str, Any] = (await browser.post("/essai/call", json={})).json()
    assert order["do"] == "stream"
    return order


def socket(running: Rehearsal, address: str) -> connect:
    return connect(running.url.replace("http", "ws", 1) + address, compression=None)


async def start(wire: ClientConnection, call_sid: str, parameters: dict[str, str]) -> None:
    begun = {"callSid": call_sid, "mediaFormat": FORMAT, "customParameters": parameters}
    await wire.send(json.dumps({"event": "start", "streamSid": STREAM, "start": begun}))


async def answered(wire: ClientConnection) -> None:
    """Send silence until the assistant is heard: it speaks no faster than it is listened to."""
    payload = base64.b64encode(SILENT_FRAME).decode()
    async with asyncio.timeout(PATIENCE_S):
        for chunk in count(1):
            sound = {
                "track": "inbound",
                "chunk": str(chunk),
                "timestamp": str(20 * chunk),
                "payload": payload,
            }
            await wire.send(json.dumps({"event": "media", "streamSid": STREAM, "media": sound}))
            with suppress(TimeoutError):
                async with asyncio.timeout(0.02):
                    message = json.loads(await wire.recv())
                    assert (message["event"], message["streamSid"]) == ("media", STREAM)
                    return


async def closed(wire: ClientConnection) -> int | None:
    """The code with which the service closes."""
    with suppress(ConnectionClosed):
        async with asyncio.timeout(PATIENCE_S):
            while True:
                await wire.recv()
    return wire.close_code


async def test_the_permit_opens_its_call(running: Rehearsal, browser: httpx.AsyncClient) -> None:
    order = await offered(browser)
    async with socket(running, order["address"]) as wire:
        await start(wire, order["call_sid"], order["parameters"])
        await answered(wire)
        await wire.send(json.dumps({"event": "stop", "streamSid": STREAM}))
        assert await closed(wire) == 1000
    events = await browser.get(f"/essai/live/{order['call']}", timeout=PATIENCE_S)
    assert "event: over" in events.text
    assert (await session_of(running, order["call_sid"])).status == "suspended"


async def test_without_a_permit_nothing_opens(running: Rehearsal) -> None:
    with pytest.raises(InvalidStatus) as stopped:
        await socket(running, "/essai/stream/guess")
    assert stopped.value.response.status_code == 403


async def test_the_permit_of_the_page_opens_no_socket(running: Rehearsal, browser: httpx.AsyncClient) -> None:
    order = await offered(browser)
    with pytest.raises(InvalidStatus):
        await socket(running, f"/essai/stream/{order['call']}")


async def test_the_permit_opens_no_other_call(running: Rehearsal, browser: httpx.AsyncClient) -> None:
    mine, theirs = await offered(browser), await offered(browser)
    async with socket(running, mine["address"]) as wire:
        await start(wire, theirs["call_sid"], theirs["parameters"])
        assert await closed(wire) == 1008


async def test_the_proof_is_asked_for_as_well(running: Rehearsal, browser: httpx.AsyncClient) -> None:
    order = await offered(browser)
    async with socket(running, order["address"]) as wire:
        await start(wire, order["call_sid"], order["parameters"] | {"proof": "x"})
        assert await closed(wire) == 1008


async def test_twilios_socket_takes_no_permit(running: Rehearsal, browser: httpx.AsyncClient) -> None:
    with pytest.raises(InvalidStatus):
        await socket(running, "/twilio/stream")


WRITTEN = [
    ('{"event": "text", "text": {"body": "oui"}}', Typed("oui")),
    ('{"event": "text", "text": {"body": " "}}', Rejected("unknown_event")),
    ('{"event": "text"}', Rejected("unknown_event")),
    (json.dumps({"event": "text", "text": {"body": "a" * 501}}), Rejected("unknown_event")),
    ('{"event": "dance"}', Rejected("unknown_event")),
    ("[", Rejected("not_json")),
    (
        '{"event": "dtmf", "dtmf": {"digit": "5"}}',
        Dtmf.model_validate({"event": "dtmf", "dtmf": {"digit": "5"}}),
    ),
]


@pytest.mark.parametrize(("message", "meaning"), WRITTEN)
def test_only_the_page_may_write(message: str, meaning: object) -> None:
    assert parse(message) == meaning
