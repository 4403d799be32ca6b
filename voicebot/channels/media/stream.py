"""Twilio Media Streams: the audio socket of a call. It parses, renders and decides nothing."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Literal, NamedTuple, Protocol

import structlog
from fastapi import APIRouter, WebSocket, WebSocketDisconnect

from voicebot.channels.media.call_turns import CallTurns
from voicebot.channels.media.messages import (
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
from voicebot.channels.voice.twiml import STREAM_PATH, socket_address
from voicebot.errors import StoreError
from voicebot.observability import metrics
from voicebot.observability.logs import about_call
from voicebot.speech.audio import Pcm, decode, encode
from voicebot.speech.conversation import Conversation
from voicebot.speech.turn import in_time
from voicebot.telephony.signature import Signature
from voicebot.turns.runner import ConversationRef

log = structlog.get_logger()

POLICY_VIOLATION = 1008
_BROKEN = 1011
#: Seconds within which a stream must start; otherwise it is not Twilio.
_START_TIMEOUT_S = 10.0
#: Seconds. Twilio sends 50 messages a second; a silent client only occupies the socket.
_QUIET_TIMEOUT_S = 30.0
#: Seconds to find out whether a start was used before; without an answer the call continues.
_LOOK_UP_S = 1.0
#: Seconds for which a proof is valid: Twilio opens the stream as soon as it has read our TwiML.
_PROOF_S = 120
#: The states of a conversation that a stream may continue.
_GOES_ON = ("new", "open")
#: The open socket of each call in this process.
_live: dict[str, WebSocket] = {}
#: How many frames to wait, after the last words, for the mark that says they were played.
_FRAMES_TO_LEAVE = 100

Parse = Callable[[str | bytes], Inbound | Typed | Rejected]
Admits = Callable[[Start], bool]
Kind = Literal["call", "studio"]


class Proof(NamedTuple):
    """What a proof says: what the stream is for, the call, the pseudonym, a number used once."""

    kind: Kind
    call: str
    person: str
    nonce: str


class SocketLine:
    """The outbound side of one stream: frames, clears and marks as Twilio's messages."""

    def __init__(self, socket: WebSocket, stream_id: str) -> None:
        self._socket = socket
        self._stream_id = stream_id

    async def play(self, frame: Pcm) -> None:
        """Send 20 ms."""
        await self._socket.send_text(media_message(self._stream_id, encode(frame)))

    async def clear(self) -> None:
        """Stop what was sent but has not been played yet."""
        await self._socket.send_text(clear_message(self._stream_id))

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        """Ask to be told once everything up to here has been played."""
        await self._socket.send_text(mark_message(self._stream_id, name))


class Talk(Protocol):
    """Both sides of what is said on one line."""

    @property
    def over(self) -> bool:
        """Everything was said."""

    async def frame(self, pcm: Pcm) -> None:
        """20 ms came in."""

    async def press(self, key: str) -> None:
        """The person pressed a key."""

    def read(self, text: str) -> None:
        """The person typed instead of speaking."""

    async def close(self) -> None:
        """The line is gone."""


#: Answers the call that a `start` message announces.
Begin = Callable[[Service, SocketLine, Start], Awaitable[Talk]]


async def begin_call(service: Service, line: SocketLine, start: Start) -> Talk:
    """Somebody talks to the assistant."""
    parameters, speech = start.custom_parameters, service.speech
    who = ConversationRef(parameters.get("person", ""), start.call_sid)
    textable, resumes = (parameters.get(flag) == "yes" for flag in ("textable", "resumes"))
    turns = CallTurns(service, who, start.stream_sid, textable, resumes)
    assert speech.recognizer is not None, "calls without a recognizer go by keypad"
    conversation = Conversation(turns, line, speech.recognizer, turns.say, speech.patience_s)
    conversation.begin(await in_time(turns.start, turns, speech.patience_s))
    return conversation


class StreamCall:
    """One call on one socket: messages in, until the stream is over or everything was heard."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._order = FrameOrder()
        self._frames_left = _FRAMES_TO_LEAVE
        self.counts: Counter[str] = Counter()

    async def close(self) -> None:
        """The socket is gone or about to go."""
        self.counts.update(self._order.counts)
        await self._talk.close()

    async def take(self, message: Inbound | Typed | Rejected) -> bool:
        """Act on one message; False if the stream is over."""
        match message:
            case Media():
                await self._hear(message)
            case Dtmf():
                await self._talk.press(message.digit)
            case Typed():
                self._talk.read(message.text)
            case Mark():
                self._frames_left = 0 if message.name == "leave" else self._frames_left
            case Rejected():
                self.counts[message.reason] += 1
            case _:
                pass
        return not isinstance(message, Stop) and not self._may_leave()

    async def _hear(self, message: Media) -> None:
        for payload in self._order.accept(message):
            await self._talk.frame(decode(payload))
            if self._talk.over:
                self._frames_left -= 1

    def _may_leave(self) -> bool:
        """Everything was said, and the person heard it: closing earlier would cut off the last words."""
        return self._talk.over and self._frames_left <= 0


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
    """Twilio signs the handshake; nothing else is required."""
    return True


def _address(service: Service) -> str:
    return socket_address(service.public_url, STREAM_PATH)


async def serve(
    service: Service,
    socket: WebSocket,
    parse: Parse = parse,
    admits: Admits = _all,
    begin: Begin = begin_call,
) -> bool:
    """Run one stream; whatever fails, the socket closes and the call continues by keypad after it.

    True if we left the stream, False if the person did. `admits` may refuse a stream that is ours, `begin`
    decides who talks on it.
    """
    call: StreamCall | None = None
    metrics.CALLS_LIVE.inc()
    try:
        async with asyncio.timeout(_START_TIMEOUT_S):
            start = await _started(socket)
        ours = proven(service, start)
        if ours is None or not admits(start) or not await _may_open(service, start, ours):
            await socket.close(POLICY_VIOLATION)
            return True
        about_call(start.call_sid)
        await _replace_older(start.call_sid, socket)
        call = StreamCall(await begin(service, SocketLine(socket, start.stream_sid), start))
        message = parse(await _next(socket))
        while await call.take(message):
            message = parse(await _next(socket))
        await socket.close()
        return not isinstance(message, Stop)
    except WebSocketDisconnect:
        return False
    except Exception as error:  # the caller must never hear silence: Twilio continues after the stream
        log.error("stream broken", error=type(error).__name__)
        await _close(socket, _BROKEN)
        return True
    finally:
        metrics.CALLS_LIVE.dec()
        _forget(socket)
        if call:
            await call.close()
            log.info("stream closed", counts=dict(call.counts))


async def _received(socket: WebSocket) -> str | bytes:
    """The next message of either kind: `receive_text` fails on a binary one."""
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


def proof(service: Service, call_id: str, person: str, kind: Kind = "call") -> str:
    """What binds a person to a call in the parameters that travel through Twilio: valid once, and briefly."""
    return service.privacy.seal([kind, call_id, person, secrets.token_hex(8)])


def proven(service: Service, start: Start) -> Proof | None:
    """The proof that a start comes from TwiML of ours, not long ago; None without one."""
    parameters = start.custom_parameters
    try:
        told = Proof(*service.privacy.unseal(parameters.get("proof", ""), _PROOF_S))
    except (StoreError, TypeError):
        return None
    is_theirs = (told.call, told.person) == (start.call_sid, parameters.get("person", ""))
    return told if is_theirs else None


async def _may_open(service: Service, start: Start, ours: Proof) -> bool:
    """Whether it is the first stream with this proof, of a call that goes on, by somebody not forgotten.

    Without an answer of the store the call continues: the proof expires soon.
    """
    sessions = service.runner.sessions
    try:
        async with asyncio.timeout(_LOOK_UP_S):
            is_new, caller = await sessions.calls.open_stream(start.call_sid, start.stream_sid, ours.nonce)
            if ours.kind == "studio":
                return is_new
            session, version = await sessions.load(ours.person, start.call_sid)
            return is_new and caller == ours.person and (not version or session.status in _GOES_ON)
    except (StoreError, TimeoutError):
        return True


async def _replace_older(call_id: str, socket: WebSocket) -> None:
    """One call has one live socket, the newest; one of another process notices at its next turn."""
    older = _live.get(call_id)
    _live[call_id] = socket
    if older is not None:
        log.warning("older stream closed")
        await _close(older, POLICY_VIOLATION)


def _forget(socket: WebSocket) -> None:
    for call_id in [call_id for call_id, live in _live.items() if live is socket]:
        del _live[call_id]


async def _close(socket: WebSocket, code: int) -> None:
    with suppress(RuntimeError):  # the other side closed first
        await socket.close(code)
