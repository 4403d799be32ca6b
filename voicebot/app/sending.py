"""Texts and calls leave: inside the service, or by `voicebot worker`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis

from voicebot.app.build import hanging_up, switched, waiting_room
from voicebot.app.parts import PROMPTS, privacy, twilio
from voicebot.channels import deliveries
from voicebot.channels.service import Service, Switches
from voicebot.config import Settings
from voicebot.errors import ConfigError
from voicebot.jobs.errands import Errands, Terms
from voicebot.jobs.hours import CallingHours
from voicebot.jobs.queue import OutboxQueue, work
from voicebot.prompts import Prompts
from voicebot.store.mediators import Mediators
from voicebot.store.news import News
from voicebot.store.outbox import Outbox
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import quieted


@asynccontextmanager
async def working(service: Service, settings: Settings, redis: Redis) -> AsyncIterator[None]:
    """Let texts and calls leave meanwhile, unless workers of their own do that (`settings.worker`)."""
    running: list[asyncio.Task[None]] = []
    if service.queue and service.switches and settings.worker == "inside":
        switches = service.switches
        errands_ = errands(settings, redis, service.prompts, switches.rings)
        running.append(asyncio.create_task(work(service.queue, errands_)))
        running.append(asyncio.create_task(switches.board.run(News(redis))))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        if service.queue:
            await service.queue.close()


async def worker(settings: Settings) -> None:
    """Let texts and calls leave, until a signal ends this process. Raises ConfigError and StoreError."""
    if not settings.redis_url:
        raise ConfigError(
            "REDIS_URL: expected the Redis that the service uses, none came; the embedded one belongs to the "
            "service, which sends by itself with VOICEBOT_WORKER=inside"
        )
    async with connect(settings.redis_url, settings.data) as redis:
        queue = OutboxQueue(redis)
        switches = _switches(settings, redis, queue)
        ringing = asyncio.create_task(switches.board.run(News(redis)))
        try:
            errands_ = errands(settings, redis, Prompts.load(PROMPTS), switches.rings)
            await work(queue, errands_, signals=True)
        finally:
            ringing.cancel()
            await asyncio.wait([ringing])
            await queue.close()


def _switches(settings: Settings, redis: Redis, queue: OutboxQueue) -> Switches:
    """What rings mediators, without the rest of a service."""
    secrets, account = privacy(settings), twilio(settings)
    mediators = Mediators(redis, secrets)
    tickets = waiting_room(redis, secrets, quieted(mediators, hanging_up(account)))
    return switched(settings, redis, tickets, mediators, Sessions(redis, secrets, queue.announce))


def errands(settings: Settings, redis: Redis, prompts: Prompts, rings: Rings) -> Errands:
    """What the queue carries out. Raises ConfigError without an account of Twilio's."""
    account = twilio(settings)
    if account is None or not settings.sms_from:
        raise ConfigError(
            "VOICEBOT_TWILIO_ACCOUNT and VOICEBOT_SMS_FROM: expected an account SID and the number that "
            "texts and calls come from, not both are set; without them nothing leaves"
        )
    secrets = privacy(settings)
    return Errands(
        Outbox(redis, secrets),
        Sessions(redis, secrets),
        prompts,
        secrets,
        account,
        deliveries.hooks(settings.public_url),
        terms(settings),
        time.time,
        rings,
    )


def terms(settings: Settings) -> Terms:
    """What may be sent, how often and when."""
    hours = CallingHours(*settings.calling_hours)
    return Terms(
        settings.sms_from,
        settings.texts_a_day,
        settings.calls_back_a_day,
        hours,
        reach=settings.beginnings,
        an_hour={
            "sms": settings.texts_an_hour,
            "callback": settings.calls_back_an_hour,
            "ring": settings.calls_back_an_hour,
        },
    )
