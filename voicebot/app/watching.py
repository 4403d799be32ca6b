"""How the service is monitored: `/metrics` for Prometheus, `/health` and `/ready` for orchestrators."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response
from redis.asyncio import Redis
from redis.exceptions import RedisError
from starlette.responses import JSONResponse

from voicebot.channels.service import Service
from voicebot.errors import StoreError
from voicebot.observability import metrics
from voicebot.speech.recognition_task import HEARING
from voicebot.store.keys import probe
from voicebot.store.outbox import KINDS
from voicebot.store.server import arrived

#: Seconds. Prometheus and probes wait a few seconds; a store that takes longer counts as gone.
_WITHIN_S: Final = 1.0
_PROBE_TTL_S: Final = 60


def routes(service: Service, redis: Redis) -> APIRouter:
    """For internal use: the proxy in front passes only `/health` on."""
    router = APIRouter()

    @router.get("/metrics")
    async def measured() -> Response:
        """For Prometheus. While the store does not answer, what only it knows is left out."""
        metrics.store_up(await _answers(_look(service)))
        metrics.STUCK.set(HEARING.stuck)
        return Response(metrics.page(), media_type=metrics.MEDIA_TYPE)

    @router.get("/health")
    async def health() -> Mapping[str, str]:
        """Alive: calls may be sent here even without the store, as we then apologise ourselves."""
        speech = service.speech
        hearing = speech.recognizer.name if speech.recognizer and speech.hears else "keypad"
        return {"status": "ok", "recognizer": hearing}

    @router.get("/ready")
    async def ready() -> Response:
        """Ready to take calls, which takes a store that can be written: full or without disk, it is not."""
        up = await _answers(arrived(redis.set(probe(), "1", ex=_PROBE_TTL_S)))
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
    """Measure what is waiting: texts, call-backs, people."""
    at = service.runner.clock()
    for kind in KINDS:
        metrics.outbox(kind, *await service.outbox.state(kind, at))
        metrics.gave_up(kind, await service.outbox.failures(kind))
    tickets = await service.switches.tickets.waiting()
    metrics.queue(
        [at - ticket.opened_at for ticket in tickets if ticket.state == "waiting" and not ticket.trial]
    )
