"""The webhooks of calls to mediators. Their address contains, sealed, which ring they are about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter, Request, Response

from voicebot.channels.deliveries import (
    RING_MACHINE_PATH,
    RING_STATUS_PATH,
    RUNG_PATH,
    about,
    named,
    serve_report,
)
from voicebot.channels.durable import Durable
from voicebot.channels.mediators.calls import AFTER_PATH, KEYS_PATH, MediatorDesk
from voicebot.channels.security import SignedForm
from voicebot.channels.voice.call_control import CallReply
from voicebot.channels.voice.webhooks import ENDS, CallForm, Webhooks
from voicebot.store.outbox import Ref
from voicebot.telephony.signature import Signature

#: What a webhook answers about a ring; it is given the ring and its sealed name.
Answer = Callable[[Request, CallForm, Ref, str], Awaitable[CallReply]]
Report = Callable[[CallForm, Ref], Awaitable[None]]


def routes(
    desk: MediatorDesk, hooks: Webhooks, signature: Signature, durable: Durable | None = None
) -> APIRouter:
    """`/twilio/mediator` and what follows it."""
    router = APIRouter()

    async def rung(request: Request, form: CallForm, ref: Ref, token: str) -> CallReply:
        return await desk.answer(ref, token)

    async def keys(request: Request, form: CallForm, ref: Ref, token: str) -> CallReply:
        time_ = request.query_params.get("time", "1")
        return await desk.keys(ref, token, form.keys, int(time_) if time_.isdecimal() else 1)

    async def after(request: Request, form: CallForm, ref: Ref, token: str) -> CallReply:
        return await desk.after(ref, form.dial_status, form.status in ENDS)

    async def status(form: CallForm, ref: Ref) -> None:
        if form.status in ENDS:
            await desk.ended(ref, form.call_id, form.status)

    async def machine(form: CallForm, ref: Ref) -> None:
        if form.answered_by.startswith("machine"):
            await desk.machine(ref, form.call_id)

    answers: dict[str, Answer] = {RUNG_PATH: rung, KEYS_PATH: keys, AFTER_PATH: after}
    reports: dict[str, Report] = {RING_STATUS_PATH: status, RING_MACHINE_PATH: machine}
    for path, answer in answers.items():
        router.add_api_route(path, _answering(desk, hooks, answer), methods=["POST"])
    kept, origin = durable or Durable(), desk.service.public_url
    for path, report in reports.items():
        serve_report(router, path, _taking(desk, report), kept, signature, origin)
    return router


def _answering(desk: MediatorDesk, hooks: Webhooks, answer: Answer) -> Callable[..., Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        async def step(form: CallForm, event_id: str) -> CallReply:
            token = request.query_params.get("of", "")
            return await answer(request, form, about(desk.service.privacy, token)[0], token)

        return await hooks.reply(request, step)

    return webhook


def _taking(desk: MediatorDesk, report: Report) -> Callable[[SignedForm], Awaitable[None]]:
    async def take(form: SignedForm) -> None:
        ref, _ = about(desk.service.privacy, named(form))
        await report(CallForm.model_validate(form.fields), ref)

    return take
