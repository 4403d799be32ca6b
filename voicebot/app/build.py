"""Everything that the channels work with, put together."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from functools import partial

import structlog
from redis.asyncio import Redis

from voicebot import metrics
from voicebot.app.lookups import all_lookups
from voicebot.app.parts import FLOWS, PROMPTS, privacy, recognizer, studio, twilio, voice
from voicebot.channels.service import Service, Switches, wording
from voicebot.config import Settings
from voicebot.errors import StoreError
from voicebot.flows.load import load_flows
from voicebot.handoff.counts import counted
from voicebot.handoff.ticket import Ticket
from voicebot.jobs.hours import CallingHours
from voicebot.jobs.queue import OutboxQueue
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.runner import Runner
from voicebot.speech.turn import TurnTiming
from voicebot.store.audit import Audit
from voicebot.store.figures import Figures
from voicebot.store.floods import Floods
from voicebot.store.mediators import Mediators
from voicebot.store.news import News
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets, Told
from voicebot.switchboard.duty import Duty
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import HangUp, Switchboard, quieted
from voicebot.twilio.rest import TwilioClient

log = structlog.get_logger()


Make = Callable[[Settings, Redis], Service]


def build(settings: Settings, redis: Redis) -> Service:
    """Everything the channels work with."""
    prompts = Prompts.load(PROMPTS)
    understanding = Understanding.load()
    secrets = privacy(settings)
    hearing, notes = recognizer(settings)
    for note in notes:
        log.warning("recognizer", note=note)
    account = twilio(settings)
    queue = OutboxQueue(redis) if account else None
    mediators = Mediators(redis, secrets)
    tickets = waiting_room(redis, secrets, quieted(mediators, hanging_up(account)))

    async def announce(kind: str, person: str, record_id: str) -> None:
        await tickets.announce(kind, person, record_id)
        if queue:
            await queue.announce(kind, person, record_id)

    sessions = Sessions(redis, secrets, announce)
    switches = switched(settings, redis, tickets, mediators, sessions)
    runner = Runner(
        load_flows(FLOWS),
        understanding,
        sessions,
        time.time,
        partial(wording, prompts),
        all_lookups(redis, secrets, tickets, settings.var / "places", time.time) | switches.duty.lookups(),
        missed_call_s=settings.missed_call_s,
        count=_counting(Figures(redis)),
    )
    return Service(
        runner,
        prompts,
        understanding,
        voice(settings),
        secrets,
        hearing,
        settings.public_url,
        Outbox(redis, secrets),
        account,
        queue,
        Floods(redis),
        Threads(redis, secrets),
        tickets,
        mediators,
        switches,
        studio(settings, prompts),
        StudioCodes(redis),
        Audit(redis),
        watch=_watch,
        rings_back=settings.rings_back,
        call_floods=Floods(redis, settings.calls_from_one, settings.calls_a_minute, "calls"),
        reach=settings.beginnings,
    )


def _counting(figures: Figures) -> Callable[[float, Mapping[str, int]], Awaitable[None]]:
    async def count(at: float, counts: Mapping[str, int]) -> None:
        metrics.count(counts)
        await figures.count(at, counts)

    return count


def _watch(timing: TurnTiming) -> None:
    parts = {name: value for name, value in asdict(timing).items() if name != "kind"}
    metrics.replied(timing.kind, parts)


def switched(
    settings: Settings, redis: Redis, tickets: Tickets, mediators: Mediators, sessions: Sessions
) -> Switches:
    """What connects people and mediators."""
    opening, hours = Opening(redis), CallingHours(*settings.calling_hours)
    duty = Duty(opening, mediators, sessions, time.time, hours, can_ring=bool(settings.twilio_account))
    outbox = Outbox(redis, privacy(settings))
    return Switches(
        tickets,
        duty,
        Rings(tickets, mediators, outbox, time.time),
        Switchboard(tickets, mediators, sessions, opening, time.time),
        settings.sms_from,
    )


def hanging_up(account: TwilioClient | None) -> HangUp | None:
    """How a call of ours is ended; None where none can be made."""
    if account is None:
        return None

    async def hang_up(call_id: str) -> None:
        await account.update_call(call_id, end=True)

    return hang_up


def waiting_room(redis: Redis, secrets: Privacy, also: Told | None = None) -> Tickets:
    """The tickets; of each change open pages hear, texts find who answers them, and the figures count it."""
    news, figures, threads = News(redis), Figures(redis), Threads(redis, secrets)

    async def told(before: Ticket | None, after: Ticket) -> None:
        with suppress(StoreError):  # what changed is kept; a page shows it when it is next loaded
            await threads.follow(after)
            await news.tell(after.id)
        await figures.count(after.history[-1].at, counted(before, after))
        if also:
            await also(before, after)

    return Tickets(redis, secrets, told)
