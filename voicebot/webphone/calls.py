"""Calls from the browser: the page asks what to do, and speaks over an audio socket, as Twilio does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

import structlog
from fastapi import APIRouter, HTTPException, Request, Response, WebSocket
from pydantic import AliasPath, BaseModel, ConfigDict, Field, ValidationError
from starlette.responses import JSONResponse

from voicebot.channels.media import messages as media_messages
from voicebot.channels.media import stream as media_stream
from voicebot.channels.media.messages import Inbound, Rejected, Start, Typed
from voicebot.channels.security import read_body
from voicebot.channels.voice.call_control import CallReply
from voicebot.errors import StoreError
from voicebot.speech.turn import TurnTiming
from voicebot.turns.runner import ConversationRef
from voicebot.webphone.access import ROOT
from voicebot.webphone.context import WebphoneContext
from voicebot.webphone.orders import render

log = structlog.get_logger()

_POLICY_VIOLATION: Final = 1008
_LONGEST_TEXT: Final = 500
#: What makes up a latency, in the names of `TurnTiming`.
_PARTS: Final = ("endpointing", "recognition", "dialogue", "speech")

Order = Mapping[str, Any]


class Asked(BaseModel):
    """A request about a call: `call` is its permit; `turn` tells a repeated request from a new answer."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    call: Annotated[str, Field(max_length=1024)]
    turn: Annotated[int, Field(ge=0, le=10_000)] = 0
    digits: Annotated[str, Field(pattern=r"^[0-9*#]{0,64}$")] = ""
    text: Annotated[str, Field(max_length=_LONGEST_TEXT)] = ""


class _TextMessage(BaseModel):
    """The one message on our socket that Twilio does not have: the person types instead of speaking."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    event: Literal["text"]
    body: Annotated[str, Field(validation_alias=AliasPath("text", "body"), max_length=_LONGEST_TEXT)]


def parse(message: str | bytes) -> Inbound | Typed | Rejected:
    """Like `media_messages.parse`, and also what the person typed."""
    parsed = media_messages.parse(message)
    if not (isinstance(parsed, Rejected) and parsed.reason == "unknown_event"):
        return parsed
    try:
        written = _TextMessage.model_validate_json(message)
    except ValidationError:
        return parsed
    return Typed(written.body) if written.body.strip() else parsed


def routes(bench: WebphoneContext) -> APIRouter:
    """Everything about calls below `/essai`."""
    router = APIRouter(prefix=ROOT)
    calls = _Calls(bench)
    for path, answer in {
        "/call": calls.begin,
        "/call/after": calls.after,
        "/call/keys": calls.keys,
        "/call/text": calls.text,
    }.items():
        router.add_api_route(path, _ordered(bench, answer), methods=["POST"])
    router.add_api_route("/call/end", calls.end, methods=["POST"])
    router.add_api_websocket_route("/stream/{permit}", calls.stream)
    return router


class _Calls:
    """Twilio's part and the caller's, as far as they concern the server."""

    def __init__(self, bench: WebphoneContext) -> None:
        self._bench = bench

    async def begin(self, request: Request) -> Order:
        """Somebody pressed the green button: what the voice webhook would answer."""
        visitor = self._bench.door.known(request)
        who = ConversationRef(self._bench.person(visitor), f"CA{uuid4().hex}")
        reply = await self._bench.desk.begin(who, f"{who.session_id}:begin", textable=True)
        return {"call": self._bench.call_permit(who.session_id, visitor), **self._order(who, reply)}

    async def after(self, request: Request) -> Order:
        """The socket was closed."""
        who, _ = await self._asked(request)
        return self._order(
            who, await self._bench.desk.after_stream(who.session_id, f"{who.session_id}:after")
        )

    async def keys(self, request: Request) -> Order:
        """Keys were pressed, or none in time, while the audio socket was closed."""
        who, asked = await self._asked(request)
        event_id = f"{who.session_id}:keys:{asked.turn}"
        return self._order(who, await self._bench.desk.keys(who.session_id, asked.digits, event_id))

    async def text(self, request: Request) -> Order:
        """Something was typed while the audio socket was closed."""
        who, asked = await self._asked(request)
        event_id = f"{who.session_id}:text:{asked.turn}"
        return self._order(who, await self._bench.desk.read(who.session_id, asked.text, event_id))

    async def end(self, request: Request) -> Response:
        """The red button was pressed, or the page closed."""
        who, _ = await self._asked(request)
        await self._hung_up(who)
        return Response(status_code=204)

    async def stream(self, socket: WebSocket, permit: str) -> None:
        """The audio socket: a permit replaces the signature, and it opens only one call."""
        call_id, _, person = (self._bench.permits.subject("stream", permit) or "").partition("/")
        if not call_id:
            log.warning("trial stream refused: the permit is wrong or too old")
            await socket.close(_POLICY_VIOLATION)
            return
        who = ConversationRef(person, call_id)
        await socket.accept()

        def is_its_own(start: Start) -> bool:
            return start.call_sid == call_id and start.custom_parameters.get("person") == person

        service = self._bench.service
        watched = replace(service, speech=replace(service.speech, watch=_Watch(self._bench, who).took))
        we_left = await media_stream.serve(watched, socket, parse, is_its_own)
        if not we_left:
            await self._hung_up(who)

    async def _asked(self, request: Request) -> tuple[ConversationRef, Asked]:
        try:
            asked = Asked.model_validate_json(await read_body(request))
        except ValidationError:
            raise HTTPException(422, "expected a request of the trial page") from None
        return self._bench.caller(request, asked.call), asked

    async def _hung_up(self, who: ConversationRef) -> None:
        try:
            await self._bench.desk.ended(who.session_id, "completed", f"{who.session_id}:ended")
        except StoreError as error:  # the person has gone, and the session expires by itself
            log.error("trial call not ended", error=type(error).__name__)

    def _order(self, who: ConversationRef, reply: CallReply) -> Order:
        permit = self._bench.permits.issue("stream", f"{who.session_id}/{who.person}")
        return {
            "call_sid": who.session_id,
            **render(reply, f"{ROOT}/stream/{permit}", self._bench.desk.token),
        }


class _Watch:
    """Notes the latencies of one call; watching never disturbs it."""

    def __init__(self, bench: WebphoneContext, who: ConversationRef) -> None:
        self._bench, self._who = bench, who
        self._notes: set[asyncio.Task[None]] = set()

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""
        note = asyncio.create_task(self._note(timing))
        self._notes.add(note)
        note.add_done_callback(self._notes.discard)

    async def _note(self, timing: TurnTiming) -> None:
        try:
            turns = await self._bench.service.runner.sessions.turns(self._who.person, self._who.session_id)
            parts = {part: round(1000 * getattr(timing, part)) for part in _PARTS}
            turn = turns[-1].turn if turns else 0
            await self._bench.latencies.add(self._who.person, self._who.session_id, {"turn": turn, **parts})
        except StoreError as error:
            log.warning("latency not noted", error=type(error).__name__)


def _ordered(
    bench: WebphoneContext, answer: Callable[[Request], Awaitable[Order]]
) -> Callable[[Request], Awaitable[Response]]:
    """The order as JSON; if we fail, the apology in words, and the call is over."""

    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await answer(request))
        except StoreError as error:
            log.error("trial call failed", error=type(error).__name__)
            return JSONResponse({"do": "hang_up", "sounds": [], "said": bench.desk.apology()}, 503)

    return endpoint
