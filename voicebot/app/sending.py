"""Texts and calls leave: inside the service, or by `voicebot worker`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis

from voicebot.app.build import hanging_up, switched, waiting_room
from voicebot.app.following import current_prompts
from voicebot.app.parts import privacy, twilio
from voicebot.channels import deliveries
from voicebot.channels.service import Service, Switches
from voicebot.config import Settings
from voicebot.console.push import Alerting
from voicebot.errors import ConfigError
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.queue import OutboxQueue, work
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.prompts import Prompts
from voicebot.store.lease import Lease
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox
from voicebot.store.personal_keys import check_pair
from voicebot.store.server import connect
from voicebot.store.sessions import Sessions
from voicebot.store.subscriptions import Subscriptions
from voicebot.store.ticket_events import TicketEvents
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import LEASE_S, quieted


def alerting(switches: Switches, settings: Settings, redis: Redis) -> Alerting:
    """What tells mediators' browsers; every process may run one, each thing is told once."""
    subscriptions = Subscriptions(redis, privacy(settings))
    return Alerting(switches.tickets, switches.mediators, subscriptions, time.time, settings.public_url)


@asynccontextmanager
async def working(service: Service, settings: Settings, redis: Redis) -> AsyncIterator[None]:
    """Let texts and calls leave meanwhile, unless workers of their own do that (`settings.worker`)."""
    switched_on = alerting(service.switches, settings, redis)
    running = [asyncio.create_task(switched_on.run(TicketEvents(redis)))]
    if isinstance(service.queue, OutboxQueue) and settings.worker == "inside":
        switches = service.switches
        errands_ = errands(settings, redis, service.runner.editions.every_prompt, switches.rings)
        running.append(asyncio.create_task(work(service.queue, errands_)))
        running.append(asyncio.create_task(switches.board.run(TicketEvents(redis), _elected(redis))))
    try:
        yield
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
        await service.queue.close()


@asynccontextmanager
async def meanwhile(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `work` beside the block, and end it after it."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def worker(settings: Settings) -> None:
    """Let texts and calls leave, until a signal ends this process. Raises ConfigError and StoreError."""
    if not settings.redis_url:
        raise ConfigError(
            "REDIS_URL: expected the Redis that the service uses, none came; the embedded one belongs to the "
            "service, which sends by itself with VOICEBOT_WORKER=inside"
        )
    async with connect(settings.redis_url, settings.data) as redis:
        await check_pair(redis, privacy(settings))
        queue = OutboxQueue(redis)
        switches = _switches(settings, redis, queue)
        ringing = asyncio.create_task(switches.board.run(TicketEvents(redis), _elected(redis)))
        try:
            errands_ = errands(settings, redis, current_prompts(settings), switches.rings)
            await work(queue, errands_, signals=True)
        finally:
            ringing.cancel()
            await asyncio.wait([ringing])
            await queue.close()


def _elected(redis: Redis) -> Lease:
    return Lease(redis, "switchboard", LEASE_S)


def _switches(settings: Settings, redis: Redis, queue: OutboxQueue) -> Switches:
    """What rings mediators, without the rest of a service."""
    secrets, account = privacy(settings), twilio(settings)
    mediators = Mediators(redis, secrets)
    tickets = waiting_room(redis, secrets, quieted(mediators, hanging_up(account)))
    return switched(settings, redis, tickets, mediators, Sessions(redis, secrets, queue.announce))


def errands(settings: Settings, redis: Redis, prompts: Callable[[], Prompts], rings: Rings) -> OutboxSender:
    """What the queue carries out. Raises ConfigError without an account of Twilio's."""
    account = twilio(settings)
    if account is None or not settings.sms_from:
        raise ConfigError(
            "VOICEBOT_TWILIO_ACCOUNT and VOICEBOT_SMS_FROM: expected an account SID and the number that "
            "texts and calls come from, not both are set; without them nothing leaves"
        )
    secrets = privacy(settings)
    return OutboxSender(
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
