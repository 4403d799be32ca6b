"""The carrier's end of an audio socket, without a network: messages in, messages out, at full speed."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import fromstring

import numpy as np

from tests.deployment import KeypadCaller
from voicebot.channels.media.messages import Start, parse
from voicebot.channels.media.stream import SocketLine, StreamCall, begin_call
from voicebot.channels.service import Service
from voicebot.simulator.messages import Inbound
from voicebot.speech.audio import Pcm, encode
from voicebot.speech.playback import FRAME_SAMPLES

#: A frame after which nothing comes of our threads: they hang, as they were told to.
_HANGS_S = 0.3


@dataclass
class Wire:
    """What `media_stream.serve` takes for a socket."""

    headers: dict[str, str] = field(default_factory=dict)
    coming: asyncio.Queue[dict[str, Any]] = field(default_factory=asyncio.Queue)
    sent: list[dict[str, Any]] = field(default_factory=list)
    code: int | None = None

    def push(self, message: str | bytes) -> None:
        kind = "text" if isinstance(message, str) else "bytes"
        self.coming.put_nowait({"type": "websocket.receive", kind: message})

    def cut(self) -> None:
        self.coming.put_nowait({"type": "websocket.disconnect", "code": 1006})

    async def receive(self) -> dict[str, Any]:
        return await self.coming.get()

    async def send_text(self, text: str) -> None:
        self.sent.append(json.loads(text))

    async def close(self, code: int = 1000) -> None:
        self.code = code

    def events(self, name: str) -> int:
        return sum(message["event"] == name for message in self.sent)


async def rung(caller: KeypadCaller) -> tuple[Inbound, dict[str, str]]:
    """Call, or ask what comes behind the socket that is closed; what the next one is to be opened with."""
    behind = None if caller.document is None else caller.document.find("Redirect")
    url = f"{caller.url}/twilio/voice" if behind is None else behind.text or ""
    answer = await caller._post(url, CallStatus="ringing" if behind is None else "in-progress")
    caller.document = fromstring(answer.text)
    stream = caller.document.find("Connect/Stream")
    assert stream is not None, answer.text
    parameters = {one.attrib["name"]: one.attrib["value"] for one in stream.findall("Parameter")}
    return Inbound("AC" + "0" * 32, caller.call, f"MZ{uuid4().hex}"), parameters


@dataclass
class OpenCall:
    """A call on a socket: sound is pushed in frame by frame, and threads get their chance after each."""

    wire: Wire
    call: StreamCall
    carrier: Inbound
    goes_on: bool = True

    @classmethod
    async def begun(cls, service: Service, caller: KeypadCaller) -> OpenCall:
        carrier, parameters = await rung(caller)
        wire = Wire()
        start = parse(carrier.start(parameters))
        assert isinstance(start, Start)
        line = SocketLine(wire, start.stream_sid)  # type: ignore[arg-type]
        return cls(wire, StreamCall(await begin_call(service, line, start)), carrier)

    async def hear(self, *sounds: Pcm) -> None:
        pcm = np.concatenate(sounds)
        for start in range(0, len(pcm), FRAME_SAMPLES):
            frame = np.pad(pcm[start : start + FRAME_SAMPLES], (0, max(0, start + FRAME_SAMPLES - len(pcm))))
            await self._take(self.carrier.media(encode(frame)))
            await self._settle()
            if not self.goes_on:
                return

    async def until(self, event: str, most_s: float = 30.0) -> None:
        """Quiet sound until one more message `event` was sent, or the stream was left."""
        before = self.wire.events(event)
        for _ in range(int(most_s / 0.02)):
            if not self.goes_on or self.wire.events(event) > before:
                return
            await self.hear(np.full(FRAME_SAMPLES, 3, np.int16))
        raise AssertionError(f"expected {event} within {most_s} s of sound")

    async def _take(self, message: str) -> None:
        self.goes_on = await self.call.take(parse(message))
        for name in [one["mark"]["name"] for one in self.wire.sent if one["event"] == "mark"]:
            self.goes_on = self.goes_on and await self.call.take(parse(self.carrier.mark(name)))

    async def _settle(self) -> None:
        current = asyncio.current_task()
        while busy := [task for task in asyncio.all_tasks() if task is not current and not task.done()]:
            done, _ = await asyncio.wait(busy, timeout=_HANGS_S)
            if not done:
                return
