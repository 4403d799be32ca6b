"""How the service is watched: `/metrics` for Prometheus, `/health` and `/ready` for who starts it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.responses import JSONResponse

from voicebot import metrics
from voicebot.channels.service import Service
from voicebot.errors import StoreError
from voicebot.speech.listening import HEARING
from voicebot.store.outbox import KINDS
from voicebot.store.server import arrived

#: Prometheus and probes wait a few seconds; a store that takes longer is as good as gone.
_WITHIN_S: Final = 1.0


def routes(service: Service, redis: Redis) -> APIRouter:
    """For the inside: the front passes only `/health` on."""
    router = APIRouter()

    @router.get("/metrics")
    async def measured() -> Response:
        """For Prometheus. What the store knows is left out while it does not answer."""
        metrics.store_up(await _answers(_look(service)))
        metrics.STUCK.set(HEARING.stuck)
        return Response(metrics.page(), media_type=metrics.MEDIA_TYPE)

    @router.get("/health")
    async def health() -> Mapping[str, str]:
        """Alive: calls are sent here, even without the store, for then we apologise ourselves."""
        hearing = service.recognizer.name if service.recognizer and service.hears else "keypad"
        return {"status": "ok", "recognizer": hearing}

    @router.get("/ready")
    async def ready() -> Response:
        """Fit to take calls: a process that has just started is waited for until this is so."""
        up = await _answers(arrived(redis.ping()))
        return JSONResponse({"store": "ok" if up else "unreachable"}, 200 if up else 503)

    return router


async def _answers(question: object) -> bool:
    """Whether the store answers in time."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            await question  # type: ignore[misc]
    except (StoreError, RedisError, TimeoutError, OSError):
        return False
    return True


async def _look(service: Service) -> None:
    """Measure what waits: texts, call-backs, people."""
    at = service.runner.clock()
    for kind in KINDS:
        metrics.outbox(kind, *await service.outbox.state(kind, at))
        metrics.gave_up(kind, await service.outbox.failures(kind))
    tickets = await service.tickets.waiting() if service.tickets else []
    metrics.queue([at - ticket.opened_at for ticket in tickets if ticket.state == "waiting"])
