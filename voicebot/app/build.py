"""Everything that the channels work with, put together."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict

import structlog
from redis.asyncio import Redis

from voicebot.app.following import edition_now
from voicebot.app.lookups import all_lookups
from voicebot.app.parts import content_of, media, privacy, recognizer, studio, twilio, voice
from voicebot.channels.service import (
    Limits,
    NoCarrier,
    Recording,
    Service,
    SpeechEngines,
    Switches,
)
from voicebot.config import Settings
from voicebot.content.editions import Edition, Editions
from voicebot.content.folders import files_in
from voicebot.dialogue.event import Event
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.handoff.counts import counted
from voicebot.handoff.ticket import Ticket
from voicebot.observability import metrics
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.queue import NoQueue, OutboxQueue
from voicebot.privacy import Privacy
from voicebot.speech.turn import TurnTiming
from voicebot.store.audit import Audit
from voicebot.store.figures import Figures
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.ticket_events import TicketEvents
from voicebot.store.tickets import Tickets, Told
from voicebot.store.unheard import Unheard
from voicebot.switchboard.duty import Duty
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import HangUp, Switchboard, quieted
from voicebot.telephony.rest import TwilioClient
from voicebot.turns.overhearing import overheard, words_of
from voicebot.turns.runner import Overhear, Runner

log = structlog.get_logger()


Make = Callable[[Settings, Redis], Service]


def build(settings: Settings, redis: Redis) -> Service:
    """Everything the channels work with."""
    edition = edition_now(settings)
    secrets = privacy(settings)
    hearing, notes = recognizer(settings)
    for note in notes:
        log.warning("recognizer", note=note)
    account = twilio(settings)
    queue = OutboxQueue(redis) if account else NoQueue()
    mediators = Mediators(redis, secrets)
    tickets = waiting_room(redis, secrets, quieted(mediators, hanging_up(account)))

    async def announce(kind: str, person: str, record_id: str) -> None:
        await tickets.announce(kind, person, record_id)
        await queue.announce(kind, person, record_id)

    sessions = Sessions(redis, secrets, announce)
    switches = switched(settings, redis, tickets, mediators, sessions)
    runner = Runner(
        Editions(edition),
        sessions,
        time.time,
        all_lookups(redis, secrets, tickets, settings.places_folder, time.time, settings.openfisca)
        | switches.duty.lookups(),
        missed_call_s=settings.missed_call_s,
        count=_counting(Figures(redis)),
        overhear=_overhearing(settings, edition, Unheard(redis, secrets)),
    )
    return Service(
        runner=runner,
        privacy=secrets,
        outbox=Outbox(redis, secrets),
        public_url=settings.public_url,
        reach=settings.beginnings,
        speech=SpeechEngines(voice=voice(settings), recognizer=hearing, watch=_watch),
        limits=Limits(
            texts=RateLimiter(redis),
            calls=RateLimiter(redis, settings.calls_from_one, settings.calls_a_minute, "calls"),
            rings_back=settings.rings_back,
        ),
        switches=switches,
        recording=Recording(
            studio=studio(settings, edition.prompts), codes=StudioCodes(redis), audit=Audit(redis)
        ),
        carrier=account or NoCarrier(),
        media=media(settings),
        queue=queue,
    )


def _overhearing(settings: Settings, edition: Edition, unheard: Unheard) -> Overhear:
    """Notes what was not understood, without personal words."""
    known = words_of([path.read_text(encoding="utf-8") for path in files_in(content_of(settings).nlu)])

    async def overhear(before: Session, event: Event, after: Session) -> None:
        found = overheard(before, event, after, edition.flows, known)
        if found:
            with suppress(StoreError):  # the turn is kept; a sentence missed is said again
                await unheard.note(found.step, found.text, before.person, event.at)

    return overhear


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
    outbox = Outbox(redis, sessions.privacy)
    return Switches(
        tickets=tickets,
        mediators=mediators,
        threads=Threads(redis, sessions.privacy),
        duty=duty,
        rings=Rings(tickets, mediators, outbox, time.time),
        board=Switchboard(tickets, mediators, sessions, opening, time.time),
        our_number=settings.sms_from,
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
    news, figures, threads = TicketEvents(redis), Figures(redis), Threads(redis, secrets)

    async def told(before: Ticket | None, after: Ticket) -> None:
        with suppress(StoreError):  # what changed is kept; a page shows it when it is next loaded
            await threads.follow(after)
            await news.tell(after.id)
        counts = counted(before, after)
        metrics.count(counts)
        await figures.count(after.history[-1].at, counts)
        if also:
            await also(before, after)

    return Tickets(redis, secrets, told)
