"""The telephone webhooks: Twilio asks what to do next, the desk decides, TwiML tells.

Whatever fails, the caller hears a sentence: an exception never becomes an error page, which Twilio would read
out as "an application error has occurred" in English.
"""

from __future__ import annotations

import asyncio
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Final, get_args
from urllib.parse import parse_qsl

import structlog
from fastapi import APIRouter, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicebot.channels import sound_file
from voicebot.channels.security import SignedForm, read_signed
from voicebot.channels.twiml import (
    AFTER_PATH,
    AFTER_STUDIO_PATH,
    ANNOUNCE_PATH,
    AUDIO_PATH,
    CALLBACK_PATH,
    HANDOFF_PATH,
    KEYS_PATH,
    LONGEST_SILENCE_MS,
    MUSIC,
    STATUS_PATH,
    TURN,
    VOICE_PATH,
    WAIT_KEYS_PATH,
    WAIT_PATH,
    Addresses,
    render,
)
from voicebot.channels.voice_desk import EndStatus, IncomingCall, LeftQueue, Reply, VoiceDesk
from voicebot.speech.audio import encode
from voicebot.speech.hold_music import hold_music
from voicebot.twilio import twiml
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

#: Twilio waits 15 s for an answer; a caller hears something within three seconds.
ANSWER_WITHIN_S: Final = 2.5
#: A webhook that failed is tried again once, after the apology.
MOST_FAILURES: Final = 2
#: Long enough to be fetched once in the rush, short enough that nothing personal stays.
_CACHE_S: Final = 3600
_FAILED_SOUND_MS: Final = 200
_SILENCE: Final = re.compile(r"silence-([0-9]{1,4})")
_NOT_KEYS: Final = re.compile(r"[^0-9*#]")

#: The states of a call that is over.
ENDS: Final[Mapping[str, EndStatus]] = {status: status for status in get_args(EndStatus)}

Step = Callable[["CallForm", str], Awaitable[Reply]]


class CallForm(BaseModel):
    """The fields of a voice webhook that we look at. Source: Twilio, "TwiML Voice: Request parameters"."""

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
    turn: Annotated[int | None, Field(alias=TURN, ge=0, le=10**6)] = None

    @property
    def keys(self) -> str:
        """The keys pressed, the one that ended the entry included: a lone # is not silence."""
        return _NOT_KEYS.sub("", self.digits + self.finished_on)


def routes(
    desk: VoiceDesk,
    signature: Signature,
    origin: str,
    *,
    answer_within_s: float = ANSWER_WITHIN_S,
    fallback_number: str = "",
) -> APIRouter:
    """The webhooks of calls. `origin` is the public "https://host" that Twilio knows and signs.

    Who cannot be answered twice is connected to `fallback_number` (+33…), if there is one.
    """
    router = APIRouter()
    hooks = Webhooks(desk, signature, origin, answer_within_s, fallback_number)

    def serve(path: str, step: Step) -> None:
        hooks.serve(router, path, step)

    async def answer(form: CallForm, event_id: str) -> Reply:
        return await desk.answer(IncomingCall(form.call_id, event_id, form.from_number, form.to_number))

    async def keys(form: CallForm, event_id: str) -> Reply:
        return await desk.keys(form.call_id, form.keys, event_id, form.turn)

    async def after_stream(form: CallForm, event_id: str) -> Reply:
        return await desk.after_stream(form.call_id, event_id, form.turn)

    async def after_handoff(form: CallForm, event_id: str) -> Reply:
        left = LeftQueue(form.queue_result, form.status in ENDS, form.queue_id)
        return await desk.after_handoff(form.call_id, left, event_id)

    async def wait_keys(form: CallForm, event_id: str) -> Reply:
        return await desk.wait_keys(form.call_id, form.keys)

    async def announce(form: CallForm, event_id: str) -> Reply:
        return await desk.announce(form.call_id)

    async def wait(request: Request) -> Response:
        async def hold(form: CallForm, event_id: str) -> Reply:
            return await desk.wait(form.call_id, _count(request, "round"))

        return await hooks.reply(request, hold)

    async def after_studio(form: CallForm, event_id: str) -> Reply:
        return await desk.after_studio(form.call_id, event_id)

    async def call_back(form: CallForm, event_id: str) -> Reply:
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
        desk: VoiceDesk,
        signature: Signature,
        origin: str,
        answer_within_s: float = ANSWER_WITHIN_S,
        passed_on_to: str = "",
    ) -> None:
        self._desk, self._signature, self._at = desk, signature, Addresses(origin.rstrip("/"))
        self._answer_within_s, self._passed_on_to = answer_within_s, passed_on_to

    def serve(self, router: APIRouter, path: str, step: Step) -> None:
        """Answer `path` with what `step` says."""

        async def webhook(request: Request) -> Response:
            return await self.reply(request, step)

        router.add_api_route(path, webhook, methods=["POST"])

    async def reply(self, request: Request, step: Step) -> Response:
        """What `step` says, as TwiML; an apology when it fails."""
        form = await read_signed(request, self._signature, self._at.origin)
        try:
            async with asyncio.timeout(self._answer_within_s):
                asked = dict(parse_qsl(request.url.query))
                told = CallForm.model_validate({**form.fields, TURN: asked.get(TURN)})
                reply = await step(told, form.event_id())
            document = render(reply, self._at)
        except Exception as error:  # the desk may fail in any way, and the caller must hear a sentence
            _log_failure(request.url.path, error)
            document = self._apology(request)
        return Response(document, media_type="text/xml")

    async def status(self, request: Request) -> Response:
        """A call is over; what else Twilio reports of it is of no interest."""
        form = await read_signed(request, self._signature, self._at.origin)
        try:
            await self._end(form)
        except Exception as error:  # Twilio could do nothing about it; the session expires by itself
            _log_failure(request.url.path, error)
        return Response(status_code=204)

    async def audio(self, name: str) -> Response:
        """A sound as a WAV file. Its unguessable name is the key: caches in between do not sign."""
        pause = _SILENCE.fullmatch(name)
        if pause and int(pause[1]) <= LONGEST_SILENCE_MS:
            return _sound(sound_file.silence(int(pause[1])))
        if name == MUSIC:
            return _sound(await asyncio.to_thread(lambda: encode(hold_music())))
        try:
            mulaw = await self._desk.audio(name)
        except Exception as error:  # Twilio ends a call whose sound fails; a silence lets it go on
            _log_failure(AUDIO_PATH, error)
            return _sound(sound_file.silence(_FAILED_SOUND_MS), "no-store")
        if mulaw is None:
            raise HTTPException(404, "no such sound")
        return _sound(mulaw)

    async def _end(self, form: SignedForm) -> None:
        call = CallForm.model_validate(form.fields)
        if call.status in ENDS:
            await self._desk.ended(call.call_id, ENDS[call.status], form.event_id())

    def _apology(self, request: Request) -> str:
        """Say that we failed and ask the same webhook again; when it fails once more, pass the caller on."""
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
    """A small number in the address; 0 when there is none."""
    count = request.query_params.get(name, "0")
    return int(count) if count.isdecimal() and len(count) < 3 else 0


def _log_failure(path: str, error: Exception) -> None:
    """Where it failed and with what kind of error; its message may hold what the person said."""
    frames = traceback.extract_tb(error.__traceback__)
    at = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    log.error("webhook failed", path=path, error=type(error).__name__, at=at)
