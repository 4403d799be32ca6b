"""The audio socket of the running service, met by parts we did not write and by somebody who means it ill."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from statistics import median
from typing import Any

import pytest
import structlog
from streamdouble import protocol  # type: ignore[import-untyped]
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.calls import session_of
from tests.simulator.another_simulator import Offered, Play, answered, play
from voicebot.channels.media import stream as media_stream
from voicebot.dialogue.session import Place
from voicebot.simulator import CallerVoice
from voicebot.simulator.rehearsal import Rehearsal
from voicebot.speech.audio import Pcm, encode
from voicebot.speech.telephone_line import voiced

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("line")]

FRAME_S = 0.02
QUIET = b"\xff" * 160
#: From the first sound of the caller to the order to stop the prompt, in audio time.
#: The figure itself is checked in pure audio time by test_conversation; here a busy machine adds its own.
BARGE_IN_MS = 320
WORST_BARGE_IN_MS = 600


@pytest.fixture
def running(quiet_line: Rehearsal) -> Rehearsal:
    """What is recognized is not the point here."""
    return quiet_line


@dataclass
class Wire:
    """The carrier's end of one socket: 20 ms of audio time for each frame sent."""

    socket: ClientConnection
    who: Any
    chunk: int = 0
    heard: list[dict[str, Any]] = field(default_factory=list)
    sequence: int = 10

    async def send(self, message: dict[str, Any]) -> None:
        await self.socket.send(json.dumps(message))

    async def start(self, parameters: dict[str, str]) -> None:
        await self.send(protocol.build_connected())
        await self.send(protocol.build_start(self.who, 1, custom_parameters=parameters))

    async def frame(self, mulaw: bytes = QUIET, wait_s: float = 0.002) -> None:
        """One frame out, and whatever comes in meanwhile."""
        self.chunk += 1
        await self.send(
            protocol.build_media(self.who, self.chunk + 1, self.chunk, (self.chunk - 1) * 20, mulaw)
        )
        await self.listen(wait_s)

    async def listen(self, seconds: float) -> None:
        with_limit = asyncio.timeout(seconds)
        try:
            async with with_limit:
                while True:
                    self.heard.append(json.loads(await self.socket.recv()))
        except TimeoutError:
            pass

    def events(self, name: str) -> list[dict[str, Any]]:
        return [message for message in self.heard if message["event"] == name]

    async def until(self, name: str, frames: int = 3000) -> dict[str, Any]:
        """Quiet frames until a message `name` comes that was not there before."""
        before = len(self.events(name))
        for _ in range(frames):
            await self.frame()
            if len(self.events(name)) > before:
                return self.events(name)[-1]
        raise AssertionError(f"expected {name} within {frames * FRAME_S} s of audio, none came")

    async def closed(self, seconds: float = 5.0) -> int | None:
        """The code with which the service closes."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    await self.socket.recv()
        except ConnectionClosed:
            return self.socket.close_code


@asynccontextmanager
async def wired(offered: Offered) -> AsyncIterator[Wire]:
    async with connect(offered.url, additional_headers=offered.headers, compression=None) as socket:
        yield Wire(socket, offered.call)


@pytest.fixture
def script(running: Rehearsal, monkeypatch: pytest.MonkeyPatch) -> Play:
    """Plays a scenario with streamdouble."""
    return partial(play, running, monkeypatch)


async def test_another_simulator_hears_the_question_and_answers_it_by_key(
    running: Rehearsal, script: Play
) -> None:
    result = await script(
        [
            {"wait_for": {"event": "mark", "timeout": 30}},
            {"expect": "audio"},
            {"dtmf": "1"},
            {"wait_for": {"event": "mark", "timeout": 30}},
            {"wait": 2},
            {"expect": "no_violations"},
        ]
    )
    assert result.marks_received[0] == "listen"
    assert result.marks_echoed[0] == "listen"
    assert (await session_of(running, result.identity.call_sid)).place == Place("rsa", "besoin")


async def test_another_simulator_drops_the_line_without_a_word(running: Rehearsal, script: Play) -> None:
    result = await script([{"wait_for": "audio"}, "hangup"])
    assert (await session_of(running, result.identity.call_sid)).status == "open"


async def test_a_socket_with_a_wrong_signature_or_none_is_refused(running: Rehearsal) -> None:
    offered = await answered(running)
    for headers in ({}, {"x-twilio-signature": "x" * 28}, offered.headers | {"x-twilio-signature": ""}):
        with pytest.raises(InvalidStatus) as refused:
            await connect(offered.url, additional_headers=headers)
        assert refused.value.response.status_code == 403


async def test_a_person_that_our_twiml_did_not_name_is_refused(running: Rehearsal) -> None:
    offered, other = await answered(running), await answered(running, "+33639980102")
    for forged in (
        offered.parameters | {"person": other.parameters["person"]},
        offered.parameters | {"proof": other.parameters["proof"]},
        {},
    ):
        async with wired(offered) as wire:
            await wire.start(forged)
            assert await wire.closed() == 1008


async def test_a_stream_that_never_starts_is_closed(
    running: Rehearsal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(media_stream, "_START_TIMEOUT_S", 0.2)
    async with wired(await answered(running)) as wire:
        await wire.send(protocol.build_connected())
        assert await wire.closed() == 1011


async def test_garbage_is_survived_and_counted(running: Rehearsal) -> None:
    offered = await answered(running)
    with structlog.testing.capture_logs() as logs:
        async with wired(offered) as wire:
            await wire.socket.send(b"\x00\x01")
            await wire.start(offered.parameters)
            for rubbish in (b"\xff" * 200, "{", "[]", '{"event": "dance"}', '{"event": "media", "media": 1}'):
                await wire.socket.send(rubbish)
            await wire.socket.send('{"event": "media", "payload": "' + "A" * 100_000 + '"}')
            await wire.until("media")
            await wire.until("mark")
            await wire.send(protocol.build_dtmf(wire.who, 3, "1"))
            await wire.until("mark")
            await wire.send(protocol.build_stop(wire.who, 5))
            assert await wire.closed() == 1000
        counts = await ended(logs)
    assert counts["received"] == wire.chunk
    expected = {"binary": 1, "not_json": 1, "unknown_event": 1, "wrong_shape": 2, "too_long": 1}
    assert {what: counts.get(what) for what in expected} == expected
    assert (await session_of(running, wire.who.call_sid)).place == Place("rsa", "besoin")


async def test_frames_out_of_order_twice_lost_and_far_too_long_are_put_right(running: Rehearsal) -> None:
    offered = await answered(running)
    with structlog.testing.capture_logs() as logs:
        async with wired(offered) as wire:
            await wire.start(offered.parameters)
            for chunk in (1, 3, 2, 2, 4, 9, 10, 11, 12, 13, 900_000, 14):
                await wire.send(protocol.build_media(wire.who, chunk, chunk, chunk * 20, QUIET))
            await wire.send(protocol.build_media(wire.who, 15, 15, 300, QUIET * 90))
            wire.chunk = 15
            await wire.until("mark")
            await wire.send(protocol.build_stop(wire.who, 5))
            assert await wire.closed() == 1000
        counts = await ended(logs)
    assert counts["missing"] == 4
    assert counts["dropped"] >= 1
    assert counts["strays"] >= 1
    assert counts["odd"] >= 1


async def test_the_prompt_stops_soon_after_the_caller_begins(running: Rehearsal, caller: CallerVoice) -> None:
    texts = (
        "bonjour, je voudrais demander le RSA",
        "j'ai perdu ma carte vitale",
        "non",
        "conseiller",
        "la suite",
    )
    took = {text: await stopped_after_ms(running, caller.speak(text)) for text in texts}
    print(took)
    assert median(took.values()) <= BARGE_IN_MS
    assert max(took.values()) <= WORST_BARGE_IN_MS


async def stopped_after_ms(running: Rehearsal, speech: Sequence[Pcm]) -> int:
    """Audio time from the first sound of `speech` over the prompt to the order to stop it."""
    offered = await answered(running)
    async with wired(offered) as wire:
        await wire.start(offered.parameters)
        await wire.until("media")
        for _ in range(75):
            await wire.frame(wait_s=FRAME_S)
        assert not wire.events("clear")
        first = next(at for at, frame in enumerate(speech) if voiced(frame))
        for sent, frame in enumerate(speech[first:], start=1):
            await wire.frame(encode(frame), wait_s=FRAME_S)
            if wire.events("clear"):
                return sent * 20
    raise AssertionError("expected the prompt to stop, it went on")


async def test_who_says_goodbye_hears_it_to_the_end_before_the_socket_closes(running: Rehearsal) -> None:
    offered = await answered(running)
    async with wired(offered) as wire:
        await wire.start(offered.parameters)
        await wire.until("mark")
        await wire.send(protocol.build_dtmf(wire.who, 3, "0"))
        assert (await wire.until("mark"))["mark"]["name"] == "listen", "when shall we call back?"
        await wire.send(protocol.build_dtmf(wire.who, 3, "1"))
        assert (await wire.until("mark"))["mark"]["name"] == "leave"
        await wire.send(protocol.build_mark(wire.who, 4, "leave"))
        assert await wire.closed() == 1000


async def ended(logs: list[Any]) -> dict[str, int]:
    """What the service counted; it writes that down just after closing."""
    for _ in range(500):
        for entry in logs:
            if entry["event"] == "stream closed":
                counts: dict[str, int] = entry["counts"]
                return counts
        await asyncio.sleep(0.01)
    raise AssertionError("expected the end of the stream in the logs, it never came")
