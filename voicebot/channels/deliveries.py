"""Twilio's reports on what became of the texts we sent and the calls we made."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import parse_qs

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from voicebot.channels.durable import Durable, Take
from voicebot.channels.security import SignedForm, read_signed
from voicebot.channels.service import Conversations
from voicebot.channels.voice.call_control import CallControl
from voicebot.channels.voice.twiml import CALLBACK_PATH
from voicebot.channels.voice.webhooks import ENDS, CallForm
from voicebot.errors import StoreError
from voicebot.outbox.requests import Hooks
from voicebot.privacy import Privacy
from voicebot.records import Record, TextOrder
from voicebot.store.outbox import KINDS, Ref
from voicebot.telephony.delivery import (
    MACHINE,
    UNANSWERED,
    Change,
    Delivery,
    machine_took,
    reported_call,
    reported_text,
)
from voicebot.telephony.phone_numbers import is_textable
from voicebot.telephony.signature import Signature

log = structlog.get_logger()

TEXT_STATUS_PATH: Final = "/twilio/sms/status"
CALL_STATUS_PATH: Final = "/twilio/calls/status"
CALL_MACHINE_PATH: Final = "/twilio/calls/machine"
RUNG_PATH: Final = "/twilio/mediator"
RING_STATUS_PATH: Final = "/twilio/mediator/status"
RING_MACHINE_PATH: Final = "/twilio/mediator/machine"
#: The text to somebody who was called back and did not pick up.
_UNREACHED: Final = "sms.unreached"


def hooks(origin: str) -> Hooks:
    """The callback addresses for a request to Twilio; `origin` is the public "https://host"."""
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
    """The fields of a report that we read. Source: Twilio, "Track the Message Status"."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sid: Annotated[str, Field(alias="MessageSid", pattern=r"^(SM|MM)[0-9a-fA-F]{32}$")]
    status: Annotated[str, Field(alias="MessageStatus", max_length=32)]
    code: Annotated[str, Field(alias="ErrorCode", pattern=r"^[0-9]{0,6}$")] = ""


@dataclass(frozen=True)
class Reports:
    """Files reports with the record they are about; reports on erased records are ignored."""

    service: Conversations
    desk: CallControl

    async def text(self, ref: Ref, part: int, form: SignedForm) -> None:
        """A text was accepted, delivered or lost."""
        told = TextStatus.model_validate(form.fields)
        if await self.service.outbox.own(ref, part, told.sid):
            await self._file(ref, reported_text(part, told.sid, told.status, told.code or None, self._now()))

    async def call(self, ref: Ref, part: int, form: SignedForm) -> None:
        """A call that we made is over, or was never answered."""
        call = CallForm.model_validate(form.fields)
        after = await self._file(ref, reported_call(call.call_id, call.status, self._now()))
        if call.status in ENDS and await self.service.runner.sessions.calls.caller(call.call_id):
            await self.desk.ended(call.call_id, ENDS[call.status], form.event_id())
        else:
            await self._tell_unreached(ref, after)

    async def machine(self, ref: Ref, part: int, form: SignedForm) -> None:
        """Who answered the call that we made: we do not talk to a machine."""
        call = CallForm.model_validate(form.fields)
        if call.answered_by.startswith("machine"):
            after = await self._file(ref, machine_took(call.call_id, self._now()))
            await self.desk.machine_answered(call.call_id)
            await self._tell_unreached(ref, after)

    async def _file(self, ref: Ref, change: Change) -> Delivery | None:
        """Write what is new and return the delivery after it; None if nothing is new."""
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
        """Text somebody whom we called in vain, once the last attempt has failed."""
        in_vain = after is not None and after.state == "failed" and after.code in (UNANSWERED, MACHINE)
        sessions = self.service.runner.sessions
        if in_vain and is_textable(await sessions.people.number(ref.person)):
            order = TextOrder(person=ref.person, notes=(_UNREACHED,))
            await sessions.add(ref.person, Record(f"{ref.id}:unreached", self._now(), order))

    def _now(self) -> float:
        return self.service.runner.clock()


def routes(
    service: Conversations, desk: CallControl, signature: Signature, durable: Durable | None = None
) -> APIRouter:
    """The webhooks for reports. Their address contains, sealed, which record they are about."""
    router = APIRouter()
    reports, kept = Reports(service, desk), durable or Durable()

    def serve(path: str, file: Callable[[Ref, int, SignedForm], Awaitable[None]]) -> None:
        async def take(form: SignedForm) -> None:
            await file(*about(service.privacy, named(form)), form)

        serve_report(router, path, take, kept, signature, service.public_url)

    serve(TEXT_STATUS_PATH, reports.text)
    serve(CALL_STATUS_PATH, reports.call)
    serve(CALL_MACHINE_PATH, reports.machine)
    return router


def serve_report(
    router: APIRouter, path: str, take: Take, durable: Durable, signature: Signature, origin: str
) -> None:
    """Give what is reported to `path` to `take`: now, or once the store is back."""

    async def webhook(request: Request) -> Response:
        return await durable.received(await read_signed(request, signature, origin), take)

    async def later(form: SignedForm, answered: bool) -> None:
        await take(form)

    durable.serve(path, later)
    router.add_api_route(path, webhook, methods=["POST"])


def named(form: SignedForm) -> str:
    """The sealed name, in its address, of what a form is about."""
    return parse_qs(form.address.partition("?")[2]).get("of", [""])[0]


class NotOursError(Exception):
    """A report's address names no record of ours; repeating it would change nothing."""


def about(privacy: Privacy, token: str) -> tuple[Ref, int]:
    """The record, and the part of it, named by a sealed address. Raises NotOursError if it is not ours."""
    try:
        kind, person, record_id, part = privacy.unseal(token)
    except StoreError as error:
        raise NotOursError from error
    for known in KINDS:
        if known == kind:
            return Ref(known, str(person), str(record_id)), int(part)
    raise NotOursError
