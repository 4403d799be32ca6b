"""Twilio Media Streams: the audio socket of a call. It parses, renders and decides nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, Protocol

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from voicebot import metrics
from voicebot.channels.call_turns import CallTurns
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
    clear_message,
    mark_message,
    media_message,
    parse,
)
from voicebot.channels.service import Service
from voicebot.errors import StoreError
from voicebot.logs import about_call
from voicebot.runner import Who
from voicebot.speech.audio import Pcm, decode, encode
from voicebot.speech.conversation import Conversation
from voicebot.speech.turn import in_time
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

POLICY_VIOLATION = 1008
_BROKEN = 1011
#: A stream must start within this time, or it is not Twilio.
_START_TIMEOUT_S = 10.0
#: Twilio sends 50 messages a second. Who sends nothing for so long only holds the socket.
_QUIET_TIMEOUT_S = 30.0
#: A start that was used before is looked up; without an answer the call goes on.
_LOOK_UP_S = 1.0
#: After the last words we wait this many frames for the mark that tells they were played.
_FRAMES_TO_LEAVE = 100

Parse = Callable[[str | bytes], Inbound | Typed | Rejected]
Admits = Callable[[Start], bool]


class SocketLine:
    """The outward side of one stream: frames, clears and marks as Twilio's messages."""

    def __init__(self, socket: WebSocket, stream_id: str) -> None:
        self._socket = socket
        self._stream_id = stream_id

    async def play(self, frame: Pcm) -> None:
        """Send 20 ms."""
        await self._socket.send_text(media_message(self._stream_id, encode(frame)))

    async def clear(self) -> None:
        """Stop what was sent but not played yet."""
        await self._socket.send_text(clear_message(self._stream_id))

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        """Ask to be told when all up to here was played."""
        await self._socket.send_text(mark_message(self._stream_id, name))


class Streamed(Protocol):
    """What happens on one socket, from `start` to the end of the stream."""

    counts: Counter[str]

    async def begin(self) -> None:
        """Answer the call."""

    async def take(self, message: Inbound | Typed | Rejected) -> bool:
        """Act on one message; False when the stream is over."""

    async def close(self) -> None:
        """The socket is gone or about to be."""


class StreamCall:
    """One call on one socket, from `start` to the end of the stream."""

    def __init__(self, service: Service, socket: WebSocket, start: Start) -> None:
        parameters = start.custom_parameters
        who = Who(parameters.get("person", ""), start.call_sid)
        textable, resumes = (parameters.get(flag) == "yes" for flag in ("textable", "resumes"))
        self._turns = CallTurns(service, who, start.stream_sid, textable, resumes)
        assert service.recognizer is not None, "calls without a recognizer go by keypad"
        line = SocketLine(socket, start.stream_sid)
        self._patience_s = service.patience_s
        self._conversation = Conversation(
            self._turns, line, service.recognizer, self._turns.say, service.patience_s
        )
        self._order = FrameOrder()
        self._frames_left = _FRAMES_TO_LEAVE
        self.counts: Counter[str] = Counter()

    async def begin(self) -> None:
        """Answer the call."""
        self._conversation.begin(await in_time(self._turns.start, self._turns, self._patience_s))

    async def close(self) -> None:
        """The socket is gone or about to be."""
        self.counts.update(self._order.counts)
        await self._conversation.close()

    async def take(self, message: Inbound | Typed | Rejected) -> bool:
        """Act on one message; False when the stream is over."""
        match message:
            case Media():
                await self._hear(message)
            case Dtmf():
                await self._conversation.press(message.digit)
            case Typed():
                self._conversation.read(message.text)
            case Mark():
                self._frames_left = 0 if message.name == "leave" else self._frames_left
            case Rejected():
                self.counts[message.reason] += 1
            case _:
                pass
        return not isinstance(message, Stop) and not self._may_leave()

    async def _hear(self, message: Media) -> None:
        for payload in self._order.accept(message):
            await self._conversation.frame(decode(payload))
            if self._conversation.over:
                self._frames_left -= 1

    def _may_leave(self) -> bool:
        """All was said, and the person heard it: closing earlier would cut the last words off."""
        return self._conversation.over and self._frames_left <= 0


def routes(service: Service, signature: Signature) -> APIRouter:
    """The audio socket at `/twilio/stream`."""
    router = APIRouter()

    @router.websocket("/twilio/stream")
    async def stream(socket: WebSocket) -> None:
        if not signature.valid_socket(_address(service), socket.headers.get("x-twilio-signature", "")):
            log.warning("stream refused: the signature is wrong or missing")
            await socket.close(POLICY_VIOLATION)
            return
        await socket.accept()
        await serve(service, socket)

    return router


def _all(start: Start) -> bool:
    """Twilio signs the handshake; nothing more is asked."""
    return True


def _address(service: Service) -> str:
    return service.public_url.replace("http", "ws", 1) + "/twilio/stream"


async def serve(
    service: Service,
    socket: WebSocket,
    parse: Parse = parse,
    admits: Admits = _all,
    make: Callable[[Service, WebSocket, Start], Streamed] = StreamCall,
) -> bool:
    """Run one stream; whatever fails, the socket closes and the call goes on by keypad behind it.

    True when we have left the stream, False when the person has. `admits` may refuse a stream that is ours,
    `make` says who talks on it.
    """
    call: Streamed | None = None
    metrics.CALLS_LIVE.inc()
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            start = await _started(socket)
        if not (_is_ours(service, start) and admits(start) and await _is_new(service, start)):
            await socket.close(POLICY_VIOLATION)
            return True
        about_call(start.call_sid)
        call = make(service, socket, start)
        await call.begin()
        message = parse(await _next(socket))
        while await call.take(message):
            message = parse(await _next(socket))
        await socket.close()
        return not isinstance(message, Stop)
    except WebSocketDisconnect:
        return False
    except Exception as error:  # the caller must never hear silence: Twilio goes on behind the stream
        log.error("stream broken", error=type(error).__name__)
        await _close_broken(socket)
        return True
    finally:
        metrics.CALLS_LIVE.dec()
        if call:
            await call.close()
            log.info("stream closed", counts=dict(call.counts))


async def _received(socket: WebSocket) -> str | bytes:
    """The next message of either kind: `receive_text` fails at a binary one."""
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    text: str | None = message.get("text")
    return message["bytes"] if text is None else text


async def _next(socket: WebSocket) -> str | bytes:
    async with asyncio.timeout(_QUIET_TIMEOUT_S):
        return await _received(socket)


async def _started(socket: WebSocket) -> Start:
    while True:
        message = parse(await _received(socket))
        if isinstance(message, Start):
            return message


def _is_ours(service: Service, start: Start) -> bool:
    """The person came from our own TwiML: the proof binds it to the call."""
    parameters = start.custom_parameters
    return parameters.get("proof") == proof(service, start.call_sid, parameters.get("person", ""))


async def _is_new(service: Service, start: Start) -> bool:
    """Nobody can open a stream once more with what they recorded."""
    try:
        async with asyncio.timeout(_LOOK_UP_S):
            return await service.runner.sessions.open_stream(start.stream_sid)
    except (StoreError, TimeoutError):
        return True


def proof(service: Service, call_id: str, person: str) -> str:
    """What ties a person to a call in the parameters that travel through Twilio."""
    return service.privacy.pseudonym(f"{call_id}/{person}")


async def _close_broken(socket: WebSocket) -> None:
    with suppress(RuntimeError):  # the other side was quicker
        await socket.close(_BROKEN)
