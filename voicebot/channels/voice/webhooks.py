"""The telephone webhooks: Twilio asks what to do next, `CallControl` decides, TwiML answers.

Whatever fails, the caller hears a sentence: an exception never becomes an error page, for which Twilio would
say "an application error has occurred" in English.
"""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Annotated, Final, get_args
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicebot.channels.durable import Durable
from voicebot.channels.security import SignedForm, read_signed
from voicebot.channels.voice import sound_file
from voicebot.channels.voice.call_control import CallControl, CallReply, EndStatus, IncomingCall, LeftQueue
from voicebot.channels.voice.twiml import (
    AFTER_PATH,
    AFTER_STUDIO_PATH,
    ANNOUNCE_PATH,
    AUDIO_PATH,
    CALLBACK_PATH,
    HANDOFF_PATH,
    KEYS_PATH,
    LONGEST_SILENCE_MS,
    STATUS_PATH,
    TURN,
    VOICE_PATH,
    WAIT_KEYS_PATH,
    WAIT_PATH,
    Addresses,
    render,
)
from voicebot.speech.audio import encode
from voicebot.speech.hold_music import MUSIC, hold_music
from voicebot.store.turn_queue import TurnQueue
from voicebot.telephony import twiml
from voicebot.telephony.signature import Signature

log = structlog.get_logger()

#: Seconds. Twilio waits 15 s for an answer; the caller must hear something within three.
ANSWER_WITHIN_S: Final = 2.5
#: A webhook that failed is retried once, after the apology.
MOST_FAILURES: Final = 2
#: Seconds. Long enough to be fetched once under load, short enough that nothing personal remains.
_CACHE_S: Final = 3600
_FAILED_SOUND_MS: Final = 200
_SILENCE: Final = re.compile(r"silence-([0-9]{1,4})")
#: What begins a StirVerstat whose check failed. Source: Twilio, "Trusted Calling with SHAKEN/STIR".
_SPOOFED: Final = "TN-Validation-Failed"
_NOT_KEYS: Final = re.compile(r"[^0-9*#]")

#: The states of a call that is over.
ENDS: Final[Mapping[str, EndStatus]] = {status: status for status in get_args(EndStatus)}

Step = Callable[["CallForm", str], Awaitable[CallReply]]


class CallForm(BaseModel):
    """The fields of a voice webhook that we read. Source: Twilio, "TwiML Voice: Request parameters"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    call_id: Annotated[str, Field(alias="CallSid", pattern=r"^CA[0-9a-fA-F]{32}$")]
    from_number: Annotated[str, Field(alias="From", max_length=256)] = ""
    to_number: Annotated[str, Field(alias="To", max_length=256)] = ""
    status: Annotated[str, Field(alias="CallStatus", max_length=32)] = ""
    digits: Annotated[str, Field(alias="Digits", max_length=64)] = ""
    finished_on: Annotated[str, Field(alias="FinishedOnKey", max_length=1)] = ""
    queue_result: Annotated[str, Field(alias="QueueResult", max_length=40)] = ""
    queue_id: Annotated[str, Field(alias="QueueSid", pattern=r"^(QU[0-9a-fA-F]{32})?$")] = ""
    answered_by: Annotated[str, Field(alias="AnsweredBy", max_length=40)] = ""
    dial_status: Annotated[str, Field(alias="DialCallStatus", max_length=40)] = ""
    verstat: Annotated[str, Field(alias="StirVerstat", max_length=64)] = ""
    turn: Annotated[int | None, Field(alias=TURN, ge=0, le=10**6)] = None

    @property
    def caller(self) -> str:
        """The number that calls; "" if the carrier found that somebody else's is shown."""
        return "" if self.verstat.startswith(_SPOOFED) else self.from_number

    @property
    def keys(self) -> str:
        """The keys pressed, including the one that ended the entry: a lone # is not silence."""
        return _NOT_KEYS.sub("", self.digits + self.finished_on)


def routes(
    desk: CallControl,
    signature: Signature,
    origin: str,
    *,
    answer_within_s: float = ANSWER_WITHIN_S,
    fallback_number: str = "",
    durable: Durable | None = None,
    turn_queue: TurnQueue | None = None,
) -> APIRouter:
    """The webhooks of calls. `origin` is the public "https://host" that Twilio knows and signs.

    A caller for whom we fail twice is connected to `fallback_number` (+33…), if there is one. The end of a
    call is kept by `durable` while the store is away; webhooks of one call take turns in `turn_queue`.
    """
    router = APIRouter()
    hooks = Webhooks(desk, signature, origin, answer_within_s, fallback_number, durable, turn_queue)

    def serve(path: str, step: Step) -> None:
        hooks.serve(router, path, step)

    async def answer(form: CallForm, event_id: str) -> CallReply:
        return await desk.answer(IncomingCall(form.call_id, event_id, form.caller, form.to_number))

    async def keys(form: CallForm, event_id: str) -> CallReply:
        return await desk.keys(form.call_id, form.keys, event_id, form.turn)

    async def after_stream(form: CallForm, event_id: str) -> CallReply:
        return await desk.after_stream(form.call_id, event_id, form.turn)

    async def after_handoff(form: CallForm, event_id: str) -> CallReply:
        left = LeftQueue(form.queue_result, form.status in ENDS, form.queue_id)
        return await desk.after_handoff(form.call_id, left, event_id)

    async def wait_keys(form: CallForm, event_id: str) -> CallReply:
        return await desk.wait_keys(form.call_id, form.keys)

    async def announce(form: CallForm, event_id: str) -> CallReply:
        return await desk.announce(form.call_id)

    async def wait(request: Request) -> Response:
        async def hold(form: CallForm, event_id: str) -> CallReply:
            return await desk.wait(form.call_id, _count(request, "round"))

        return await hooks.reply(request, hold)

    async def after_studio(form: CallForm, event_id: str) -> CallReply:
        return await desk.after_studio(form.call_id, event_id)

    async def call_back(form: CallForm, event_id: str) -> CallReply:
        return await desk.call_back(IncomingCall(form.call_id, event_id, form.to_number, form.from_number))

    serve(VOICE_PATH, answer)
    serve(CALLBACK_PATH, call_back)
    serve(KEYS_PATH, keys)
    serve(AFTER_PATH, after_stream)
    serve(HANDOFF_PATH, after_handoff)
    serve(AFTER_STUDIO_PATH, after_studio)
    serve(WAIT_KEYS_PATH, wait_keys)
    serve(ANNOUNCE_PATH, announce)
    router.add_api_route(WAIT_PATH, wait, methods=["POST"])
    router.add_api_route(STATUS_PATH, hooks.status, methods=["POST"])
    router.add_api_route(AUDIO_PATH + "/{name}.wav", hooks.audio, methods=["GET"])
    return router


class Webhooks:
    """What the webhooks share: each answers with TwiML, whatever happens."""

    def __init__(
        self,
        desk: CallControl,
        signature: Signature,
        origin: str,
        answer_within_s: float = ANSWER_WITHIN_S,
        passed_on_to: str = "",
        durable: Durable | None = None,
        turn_queue: TurnQueue | None = None,
    ) -> None:
        self._desk, self._signature, self._at = desk, signature, Addresses(origin.rstrip("/"), desk.token)
        self._answer_within_s, self._passed_on_to = answer_within_s, passed_on_to
        self._turn_queue = turn_queue
        self._durable = durable or Durable()
        self._durable.serve(STATUS_PATH, self._end_late)

    def serve(self, router: APIRouter, path: str, step: Step) -> None:
        """Answer `path` with what `step` says."""

        async def webhook(request: Request) -> Response:
            return await self.reply(request, step)

        router.add_api_route(path, webhook, methods=["POST"])

    async def reply(self, request: Request, step: Step) -> Response:
        """What `step` says, as TwiML; an apology if it fails."""
        form = await read_signed(request, self._signature, self._at.origin)
        try:
            async with asyncio.timeout(self._answer_within_s):
                asked = dict(parse_qsl(request.url.query))
                told = CallForm.model_validate({**form.fields, TURN: asked.get(TURN)})
                async with self._turn(told.call_id):
                    reply = await step(told, form.event_id())
            document = render(reply, self._at)
        except Exception as error:  # anything may fail, and the caller must hear a sentence
            _log_failure(request.url.path, error)
            document = self._apology(request)
        return Response(document, media_type="text/xml")

    def _turn(self, call_id: str) -> AbstractAsyncContextManager[object]:
        """Within the block no other webhook of this call is answered."""
        return self._turn_queue.turn(call_id) if self._turn_queue else nullcontext()

    async def status(self, request: Request) -> Response:
        """A call is over; nothing else that Twilio reports about it matters."""
        form = await read_signed(request, self._signature, self._at.origin)
        return await self._durable.received(form, self._end)

    async def audio(self, name: str) -> Response:
        """A sound as a WAV file. Its unguessable name is the key: caches in between do not sign."""
        pause = _SILENCE.fullmatch(name)
        if pause and int(pause[1]) <= LONGEST_SILENCE_MS:
            return _sound(sound_file.silence(int(pause[1])))
        if name == MUSIC:
            return _sound(await asyncio.to_thread(lambda: encode(hold_music().pcm)))
        try:
            mulaw = await self._desk.audio(name)
        except Exception as error:  # Twilio ends a call if a sound fails; silence lets it continue
            _log_failure(AUDIO_PATH, error)
            return _sound(sound_file.silence(_FAILED_SOUND_MS), "no-store")
        if mulaw is None:
            raise HTTPException(404, "no such sound")
        return _sound(mulaw)

    async def _end_late(self, form: SignedForm, answered: bool) -> None:
        await self._end(form)

    async def _end(self, form: SignedForm) -> None:
        call = CallForm.model_validate(form.fields)
        if call.status in ENDS:
            await self._desk.ended(call.call_id, ENDS[call.status], form.event_id())

    def _apology(self, request: Request) -> str:
        """Say that we failed and repeat the webhook; if it fails once more, pass the caller on."""
        apology = (twiml.Speak(self._desk.apology()),)
        failures = _count(request, "failures") + 1
        if failures >= MOST_FAILURES and self._passed_on_to:
            return twiml.pass_on(self._passed_on_to, apology, ())
        if failures >= MOST_FAILURES:
            return twiml.hang_up(apology)
        again = request.url.include_query_params(failures=failures)
        return twiml.redirect(f"{self._at.origin}{again.path}?{again.query}", apology)


def _sound(mulaw: bytes, cache: str = f"private, max-age={_CACHE_S}") -> Response:
    return Response(sound_file.wav(mulaw), media_type="audio/wav", headers={"Cache-Control": cache})


def _count(request: Request, name: str) -> int:
    """A small number in the address; 0 if there is none."""
    count = request.query_params.get(name, "0")
    return int(count) if count.isdecimal() and len(count) < 3 else 0


def _log_failure(path: str, error: Exception) -> None:
    """Log where it failed and the kind of error; its message may contain what the person said."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    log.error("webhook failed", path=path, error=type(error).__name__, at=at)
