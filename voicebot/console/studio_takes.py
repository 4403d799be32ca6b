"""Takes sent by the studio's script: judged at once and kept if good. Also how a text sounds today."""

from __future__ import annotations

import asyncio
import base64
import io
from dataclasses import dataclass
from typing import Any, Final

from fastapi import HTTPException, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from voicebot.console.desk import Desk
from voicebot.console.forms import read_at_most
from voicebot.console.guard import Visitor
from voicebot.console.pages import words
from voicebot.errors import AudioError
from voicebot.prompts.recordable import Recordable
from voicebot.sound import Speech
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, parse_wav, wav_bytes
from voicebot.speech.recordings import RATE_HZ
from voicebot.speech.take import Take
from voicebot.speech.tts.synthesizer import for_telephone
from voicebot.studio import counted

#: Bytes: half a minute of 16-bit sound at 24 kHz; the script sends 16 kHz.
MOST_BYTES: Final = 1_500_000
_WAV: Final = ("audio/wav", "audio/x-wav", "audio/wave")


class Unfit(Exception):  # noqa: N818 - says what it is
    """What was sent is not a take; `why` names the sentence that says so."""

    def __init__(self, why: str, status: int) -> None:
        super().__init__(why)
        self.why, self.status = why, status


def routes(desk: Desk) -> list[BaseRoute]:
    """The endpoints for the studio's script."""
    takes, guard = _Takes(desk), desk.guard
    return [
        guard.upload("/studio/takes/{id}/judge", takes.judge, "administrator"),
        guard.upload("/studio/takes/{id}/keep", takes.keep, "administrator"),
        guard.page("/studio/sounds/{id}", takes.sound, "administrator"),
    ]


@dataclass(frozen=True)
class _Takes:
    desk: Desk

    async def judge(self, request: Request, visitor: Visitor) -> Response:
        """What is wrong with a take, and how it would sound over the telephone."""
        try:
            _, take = await self._taken(request)
        except Unfit as error:
            return _told(error.why, error.status)
        heard = await asyncio.to_thread(_by_telephone, take)
        sound = base64.b64encode(wav_bytes(heard, TELEPHONE_HZ)).decode()
        return _told(take.fault or "fine", 200, fine=take.fault is None, sound=sound)

    async def keep(self, request: Request, visitor: Visitor) -> Response:
        """Keep a good take; it is heard from the next call on."""
        try:
            what, take = await self._taken(request)
            if take.fault:
                return _told(take.fault, 200, fine=False)
            await asyncio.to_thread(self.desk.studio.keep, what, take)
        except Unfit as error:
            return _told(error.why, error.status)
        except AudioError:
            return _told("unkept", 503)
        await self.desk.note(visitor, "recorded", what.keys[0])
        counts = counted(await asyncio.to_thread(self.desk.studio.lines))
        return _told("kept", 200, fine=True, counts=counts)

    async def sound(self, request: Request, visitor: Visitor) -> Response:
        """How a text sounds today, as a recording or by a synthesizer."""
        what = self._asked(request)
        if what is None:
            raise HTTPException(404)
        speech = Speech(what.text, what.keys[0])
        try:
            pcm = await asyncio.to_thread(self.desk.voice.audio, speech)
        except AudioError as error:
            raise HTTPException(503) from error
        return Response(wav_bytes(pcm, TELEPHONE_HZ), media_type="audio/wav")

    async def _taken(self, request: Request) -> tuple[Recordable, Take]:
        what = self._asked(request)
        if what is None:
            raise Unfit("unknown", 404)
        if request.headers.get("content-type", "").partition(";")[0] not in _WAV:
            raise Unfit("format", 415)
        try:
            body = await read_at_most(request, MOST_BYTES)
        except HTTPException as error:
            raise Unfit("huge", 413) from error
        if not body:
            raise Unfit("empty", 422)
        try:
            pcm, rate_hz = parse_wav(io.BytesIO(body), "a take")
        except AudioError as error:
            raise Unfit("format", 422) from error
        return what, await asyncio.to_thread(self.desk.studio.judge, what, pcm, rate_hz)

    def _asked(self, request: Request) -> Recordable | None:
        return self.desk.studio.find(request.path_params["id"])


def _by_telephone(take: Take) -> Pcm:
    """As callers hear it; empty for a take without speech."""
    try:
        return for_telephone(take.pcm, RATE_HZ, "a take")
    except AudioError:
        return take.pcm[:0]


def _told(why: str, status: int, **more: Any) -> JSONResponse:
    """The sentence for `why`, and whatever else the script needs."""
    return JSONResponse({"fine": False, "why": why, "said": words()["studio"]["takes"][why], **more}, status)
