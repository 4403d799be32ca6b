"""Twilio reports what became of the texts that we sent and of the calls that we made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicebot.channels.security import SignedForm, read_signed
from voicebot.channels.service import Service
from voicebot.channels.twilio_voice import ENDS, CallForm
from voicebot.channels.twiml import CALLBACK_PATH
from voicebot.channels.voice_desk import VoiceDesk
from voicebot.delivery import (
    MACHINE,
    UNANSWERED,
    Change,
    Delivery,
    machine_took,
    reported_call,
    reported_text,
)
from voicebot.errors import StoreError
from voicebot.jobs.requests import Hooks
from voicebot.numbers import is_textable
from voicebot.privacy import Privacy
from voicebot.store.outbox import KINDS, Ref
from voicebot.store.sessions import Record
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

TEXT_STATUS_PATH: Final = "/twilio/sms/status"
CALL_STATUS_PATH: Final = "/twilio/calls/status"
CALL_MACHINE_PATH: Final = "/twilio/calls/machine"
RUNG_PATH: Final = "/twilio/mediator"
RING_STATUS_PATH: Final = "/twilio/mediator/status"
RING_MACHINE_PATH: Final = "/twilio/mediator/machine"
#: The text to who was called back and did not pick up.
_UNREACHED: Final = "sms.unreached"


def hooks(origin: str) -> Hooks:
    """The addresses that go with a request to Twilio; `origin` is the public "https://host"."""
    paths = (
        TEXT_STATUS_PATH,
        CALL_STATUS_PATH,
        CALL_MACHINE_PATH,
        CALLBACK_PATH,
        RING_STATUS_PATH,
        RING_MACHINE_PATH,
        RUNG_PATH,
    )
    return Hooks(*(f"{origin}{path}" for path in paths))


class TextStatus(BaseModel):
    """The fields of a report that we look at. Source: Twilio, "Track the Message Status"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sid: Annotated[str, Field(alias="MessageSid", pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
    status: Annotated[str, Field(alias="MessageStatus", max_length=32)]
    code: Annotated[str, Field(alias="ErrorCode", pattern=r"^[0-9]{0,6}$")] = ""


@dataclass(frozen=True)
class Reports:
    """Files reports with the record that they are about; what was erased meanwhile is left alone."""

    service: Service
    desk: VoiceDesk

    async def text(self, ref: Ref, part: int, form: SignedForm) -> None:
        """A text was taken on, delivered or lost."""
        told = TextStatus.model_validate(form.fields)
        await self._file(ref, reported_text(part, told.sid, told.status, told.code or None, self._now()))

    async def call(self, ref: Ref, part: int, form: SignedForm) -> None:
        """A call that we made is over, or was never taken."""
        call = CallForm.model_validate(form.fields)
        after = await self._file(ref, reported_call(call.call_id, call.status, self._now()))
        if call.status in ENDS and await self.service.runner.sessions.caller(call.call_id):
            await self.desk.ended(call.call_id, ENDS[call.status], form.event_id())
        else:
            await self._tell_unreached(ref, after)

    async def machine(self, ref: Ref, part: int, form: SignedForm) -> None:
        """Who took the call that we made: a machine is not talked to."""
        call = CallForm.model_validate(form.fields)
        if call.answered_by.startswith("machine"):
            after = await self._file(ref, machine_took(call.call_id, self._now()))
            await self.desk.machine_answered(call.call_id)
            await self._tell_unreached(ref, after)

    async def _file(self, ref: Ref, change: Change) -> Delivery | None:
        """Write what is new; the delivery after it, None when nothing is."""
        changed = await self.service.outbox.change(ref, change)
        if changed is None or changed[0] == changed[1]:
            return None
        after = changed[1]
        if after.next is not None:
            await self.service.outbox.wait(ref, after.parts[after.next].due)
        else:
            failed_at = self._now() if after.state == "failed" else None
            await self.service.outbox.settle(ref, failed_at, after.code)
        log.info("delivery reported", kind=ref.kind, state=after.state, code=after.code)
        return after

    async def _tell_unreached(self, ref: Ref, after: Delivery | None) -> None:
        """Who was called in vain is told by text, when it was for the last time."""
        in_vain = after is not None and after.state == "failed" and after.code in (UNANSWERED, MACHINE)
        sessions = self.service.runner.sessions
        if in_vain and is_textable(await sessions.number(ref.person)):
            told = {"topic": "", "notes": [_UNREACHED], "slots": {}, "person": ref.person}
            await sessions.add(ref.person, Record("sms", f"{ref.id}:unreached", self._now(), told))

    def _now(self) -> float:
        return self.service.runner.clock()


def routes(service: Service, desk: VoiceDesk, signature: Signature) -> APIRouter:
    """The webhooks of reports. Their address carries, sealed, which record they are about."""
    router = APIRouter()
    reports = Reports(service, desk)

    def serve(path: str, file: Callable[[Ref, int, SignedForm], Awaitable[None]]) -> None:
        async def webhook(request: Request) -> Response:
            form = await read_signed(request, signature, service.public_url)
            try:
                await file(*about(service.privacy, request.query_params.get("of", "")), form)
            except Exception as error:  # Twilio can do nothing about it; what stays unknown is asked for
                log.error("report failed", path=path, error=type(error).__name__)
            return Response(status_code=204)

        router.add_api_route(path, webhook, methods=["POST"])

    serve(TEXT_STATUS_PATH, reports.text)
    serve(CALL_STATUS_PATH, reports.call)
    serve(CALL_MACHINE_PATH, reports.machine)
    return router


def about(privacy: Privacy, token: str) -> tuple[Ref, int]:
    """The record and the part of it that a sealed address names. Raises StoreError when it is not ours."""
    kind, person, record_id, part = privacy.unseal(token)
    for known in KINDS:
        if known == kind:
            return Ref(known, str(person), str(record_id)), int(part)
    raise StoreError("expected a report on a text or a call-back, got one on something else")
