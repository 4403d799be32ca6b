"""The audio socket of the voice studio: plays what `StudioTalk` says, records what is said after the beep.

Nothing of it is kept at Twilio, which `<Record>` would do. Time is counted in frames.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Awaitable
from typing import Final

import structlog
from fastapi import APIRouter, WebSocket

from voicebot.channels.media_messages import (
    Dtmf,
    FrameOrder,
    Inbound,
    Mark,
    Media,
    Rejected,
    Start,
    Stop,
    Typed,
)
from voicebot.channels.media_stream import POLICY_VIOLATION, SocketLine, serve
from voicebot.channels.service import Service
from voicebot.channels.studio_ear import TakeEar
from voicebot.channels.studio_talk import Act, StudioTalk
from voicebot.channels.twiml import STUDIO_STREAM_PATH, Addresses
from voicebot.speech.audio import Pcm, decode
from voicebot.speech.conversation import FRAME_S
from voicebot.speech.mouth import Mouth
from voicebot.speech.piece import Piece
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

_KEY_S: Final = 12.0
_FRAMES_TO_LEAVE: Final = 100


class StudioStream:
    """One call on one socket, from `start` to the end of the stream."""

    def __init__(self, service: Service, socket: WebSocket, start: Start) -> None:
        assert service.studio is not None, "calls to a studio that is not there are not answered with it"
        assert service.codes is not None, "and so are those without codes"
        person = start.custom_parameters.get("person", "")
        self._talk = StudioTalk(person, service.studio, service.codes, service.audit, service.prompts)
        self._voice = service.voice
        self._line = SocketLine(socket, start.stream_sid)
        self._mouth = Mouth(self._say)
        self._order = FrameOrder()
        self._act = Act((), "keys")
        self._thinking: asyncio.Future[Act | None] | None = None
        self._keys: deque[str] = deque()
        self._speaking = False
        self._waited_s = 0.0
        self._take: TakeEar | None = None
        self._frames_left = _FRAMES_TO_LEAVE
        self.counts: Counter[str] = Counter()

    async def begin(self) -> None:
        """Answer the call."""
        await self._do(await self._talk.begin())

    async def close(self) -> None:
        """The socket is gone or about to be."""
        self._mouth.stop()
        if self._thinking:
            self._thinking.cancel()
            await asyncio.gather(self._thinking, return_exceptions=True)

    async def take(self, message: Inbound | Typed | Rejected) -> bool:
        """Act on one message; False when the stream is over."""
        match message:
            case Media():
                for payload in self._order.accept(message):
                    await self._frame(decode(payload))
            case Dtmf():
                self._keys.append(message.digit)
            case Mark():
                self._frames_left = 0 if message.name == "leave" else self._frames_left
            case Rejected():
                self.counts[message.reason] += 1
            case _:
                pass
        return not isinstance(message, Stop) and not self._may_leave()

    async def _frame(self, pcm: Pcm) -> None:
        if self._thinking and self._thinking.done():
            thought, self._thinking = self._thinking.result(), None
            if thought:
                await self._do(thought)
        if self._keys and not self._thinking and self._act.then != "leave":
            self._press(self._keys.popleft())
        await self._play()
        if self._take and not self._thinking and self._take.accept(pcm):
            self._think_of_take()
        elif not (self._take or self._speaking or self._thinking):
            self._wait()

    def _press(self, key: str) -> None:
        if self._take and key == "#":
            self._think_of_take()
        else:
            self._think(self._talk.press(key))

    async def _play(self) -> None:
        for frame in self._mouth.tick():
            await self._line.play(frame)
        if self._speaking and not self._mouth.speaking:
            self._speaking = False
            await self._spoken()

    async def _spoken(self) -> None:
        failure = self._mouth.failure()
        if failure:
            raise failure
        if self._act.then == "record":
            self._take = TakeEar()
        await self._line.mark("leave" if self._act.then == "leave" else "listen")

    async def _do(self, act: Act) -> None:
        """Play what comes next, in place of what is still being played."""
        if self._speaking:
            await self._line.clear()
        self._act, self._take, self._waited_s = act, None, 0.0
        self._mouth.start(act.pieces)
        self._speaking = True

    def _think_of_take(self) -> None:
        if self._take:
            self._think(self._talk.heard(self._take.sound()))
            self._take = None

    def _think(self, answer: Awaitable[Act | None]) -> None:
        self._thinking = asyncio.ensure_future(answer)

    def _wait(self) -> None:
        if self._act.then == "leave":
            self._frames_left -= 1
            return
        self._waited_s += FRAME_S
        if self._waited_s >= _KEY_S:
            self._waited_s = 0.0
            self._think(self._talk.waited())

    def _may_leave(self) -> bool:
        return self._act.then == "leave" and not self._speaking and self._frames_left <= 0

    async def _say(self, piece: Piece) -> Pcm:
        return await asyncio.to_thread(self._voice.audio, piece, "normal")


def routes(service: Service, signature: Signature) -> APIRouter:
    """The audio socket at `STUDIO_STREAM_PATH`."""
    router = APIRouter()
    address = Addresses(service.public_url).studio_stream

    @router.websocket(STUDIO_STREAM_PATH)
    async def stream(socket: WebSocket) -> None:
        if not signature.valid_socket(address, socket.headers.get("x-twilio-signature", "")):
            log.warning("studio stream refused: the signature is wrong or missing")
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await serve(service, socket, make=StudioStream)

    return router
