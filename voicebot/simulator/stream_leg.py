"""The part of a call that runs over `<Connect><Stream>`: a websocket, 160 bytes every 20 ms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from voicebot.simulator import messages
from voicebot.simulator.line import LineDropped, PhoneLine
from voicebot.simulator.playback import Playback
from voicebot.speech.audio import FRAME_MS, decode, encode

#: A mark whose name begins like this says that the assistant now waits for an answer.
LISTEN_MARK: Final = "listen"
CONNECT_TIMEOUT_S: Final = 5.0
NORMAL_CLOSURES: Final = (1000, 1001)


async def run_stream(
    line: PhoneLine,
    url: str,
    headers: Mapping[str, str],
    inbound: messages.Inbound,
    parameters: Mapping[str, str],
) -> None:
    """Hold the stream until the app closes it; raises `LineDropped` if the caller hangs up first.

    If the stream cannot be opened this is noted and the call continues with the next verb, as at Twilio.
    """
    try:
        socket = await connect(
            url, additional_headers=headers, open_timeout=CONNECT_TIMEOUT_S, compression=None
        )
    except (OSError, InvalidHandshake) as error:
        line.complain(f"31920: expected a websocket to open, got {type(error).__name__}: {error}")
        return
    async with socket:
        await StreamLeg(line, socket, inbound).run(parameters)


class StreamLeg:
    """One open media stream."""

    def __init__(self, line: PhoneLine, socket: ClientConnection, inbound: messages.Inbound) -> None:
        self._line, self._socket, self._inbound = line, socket, inbound
        self._playback = Playback()
        self._listening: bool | None = None
        self._closed = False

    async def run(self, parameters: Mapping[str, str]) -> None:
        """Speak and listen until either side ends it."""
        reader = asyncio.create_task(self._read())
        try:
            await self._send(self._inbound.connected())
            await self._send(self._inbound.start(parameters))
            while not self._closed:
                await self._line.clock.tick(self._interval)
                await self._tick()
        except LineDropped:
            await self._send(self._inbound.stop())
            raise
        finally:
            reader.cancel()
        self._check_closure()

    def _interval(self) -> float:
        if self._closed:
            return 0.0
        caller = self._line.caller
        return self._line.clock.stream_interval(self._playback.frames_left, caller.talks, caller.stays_silent)

    async def _tick(self) -> None:
        playing = self._playback.frames_left > 0
        sound, played = self._playback.tick()
        for name in played:
            self._listening = name.startswith(LISTEN_MARK) or self._listening
            await self._send(self._inbound.mark(name))
        act = await self._line.tick(decode(sound), playing=playing, listening=self._listening)
        if act.key:
            await self._send(self._inbound.dtmf(act.key))
        await self._send(self._inbound.media(encode(act.frame)))

    async def _read(self) -> None:
        try:
            async for text in self._socket:
                await self._take(text)
                self._line.clock.news.set()
        except ConnectionClosed:
            pass  # `_check_closure` looks at the closing code
        finally:
            self._closed = True
            self._line.clock.news.set()

    async def _take(self, text: str | bytes) -> None:
        try:
            message = messages.parse(text)
        except ValueError as error:
            self._line.complain(f"31951: expected a media, mark or clear message: {error}")
            return
        if message.streamSid != self._inbound.stream_sid:
            self._line.complain(f"31951: expected this stream's streamSid in {message.event}")
            return
        match message:
            case messages.OutMedia(media=media):
                self._playback.add(media.payload)
                self._listening = None if self._listening is None else False
            case messages.OutMark(mark=mark):
                self._playback.mark(mark.name)
            case messages.OutClear():
                for name in self._playback.clear():
                    await self._send(self._inbound.mark(name))

    async def _send(self, text: str) -> None:
        try:
            await self._socket.send(text)
        except ConnectionClosed:
            self._closed = True

    def _check_closure(self) -> None:
        unplayed_ms = self._playback.frames_left * FRAME_MS
        if unplayed_ms:
            self._line.complain(f"the app closed the stream with {unplayed_ms} ms of sound not yet played")
        if self._socket.close_code not in NORMAL_CLOSURES:
            self._line.complain(f"31921: expected a normal closure, got code {self._socket.close_code}")
