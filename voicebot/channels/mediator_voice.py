"""The webhooks of calls to mediators. Their address carries, sealed, which ring they are about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from fastapi import APIRouter, Request, Response

from voicebot.channels.deliveries import RING_MACHINE_PATH, RING_STATUS_PATH, RUNG_PATH, about
from voicebot.channels.mediator_desk import AFTER_PATH, KEYS_PATH, MediatorDesk
from voicebot.channels.security import read_signed
from voicebot.channels.twilio_voice import ENDS, CallForm, Webhooks
from voicebot.channels.voice_desk import Reply
from voicebot.store.outbox import Ref
from voicebot.twilio.signature import Signature

log = structlog.get_logger()

#: What a webhook answers about a ring, whose sealed name comes beside it.
Answer = Callable[[Request, CallForm, Ref, str], Awaitable[Reply]]
Report = Callable[[CallForm, Ref], Awaitable[None]]


def routes(desk: MediatorDesk, hooks: Webhooks, signature: Signature) -> APIRouter:
    """`/twilio/mediator` and what follows it."""
    router = APIRouter()

    async def rung(request: Request, form: CallForm, ref: Ref, token: str) -> Reply:
        return await desk.answer(ref, token)

    async def keys(request: Request, form: CallForm, ref: Ref, token: str) -> Reply:
        time_ = request.query_params.get("time", "1")
        return await desk.keys(ref, token, form.keys, int(time_) if time_.isdecimal() else 1)

    async def after(request: Request, form: CallForm, ref: Ref, token: str) -> Reply:
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
    for path, report in reports.items():
        router.add_api_route(path, _reporting(desk, signature, report), methods=["POST"])
    return router


def _answering(desk: MediatorDesk, hooks: Webhooks, answer: Answer) -> Callable[..., Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        async def step(form: CallForm, event_id: str) -> Reply:
            token = request.query_params.get("of", "")
            return await answer(request, form, about(desk.service.privacy, token)[0], token)

        return await hooks.reply(request, step)

    return webhook


def _reporting(
    desk: MediatorDesk, signature: Signature, report: Report
) -> Callable[..., Awaitable[Response]]:
    async def webhook(request: Request) -> Response:
        form = await read_signed(request, signature, desk.service.public_url)
        try:
            ref, _ = about(desk.service.privacy, request.query_params.get("of", ""))
            await report(CallForm.model_validate(form.fields), ref)
        except Exception as error:  # Twilio can do nothing about it; an offer ends by itself
            log.error("report failed", path=request.url.path, error=type(error).__name__)
        return Response(status_code=204)

    return webhook
