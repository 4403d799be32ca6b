"""A service of real parts, for tests that need only some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from redis.asyncio import Redis

from voicebot.app import PROMPTS
from voicebot.channels.service import Limits, NoCarrier, Recording, Service, SpeechEngines, Switches
from voicebot.content.editions import Edition, Editions, Wording
from voicebot.dialogue.flow import Flows
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.queue import NoQueue
from voicebot.privacy import Privacy
from voicebot.speech.recordings import Recordings
from voicebot.speech.voice import Voice
from voicebot.store.audit import Audit
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.outbox import Outbox
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Sessions
from voicebot.store.studio_codes import StudioCodes
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets
from voicebot.studio import Studio
from voicebot.switchboard.duty import Duty
from voicebot.switchboard.rings import Rings
from voicebot.switchboard.switchboard import Switchboard
from voicebot.turns.runner import Lookup, Runner

ORIGIN = "https://voicebot.test"


def switches(
    redis: Redis,
    privacy: Privacy,
    tickets: Tickets,
    sessions: Sessions,
    clock: Callable[[], float],
    **more: Any,
) -> Switches:
    """What connects people and mediators."""
    mediators, opening, outbox = Mediators(redis, privacy), Opening(redis), Outbox(redis, privacy)
    return Switches(
        tickets=tickets,
        mediators=mediators,
        threads=Threads(redis, privacy),
        duty=Duty(opening, mediators, sessions, clock, CallingHours(), can_ring=True),
        rings=Rings(tickets, mediators, outbox, clock),
        board=Switchboard(tickets, mediators, sessions, opening, clock),
        **more,
    )


def one_edition(
    flows: Flows,
    understanding: Any,
    sessions: Sessions,
    clock: Callable[[], float],
    wording: Wording,
    lookups: Mapping[str, Lookup] | None = None,
    prompts: Any = None,
    **more: Any,
) -> Runner:
    """A runner whose procedures never change; without `prompts` nothing can be worded but for the record."""
    edition = Edition("as shipped", flows, prompts, understanding, wording)
    return Runner(Editions(edition), sessions, clock, lookups or {}, **more)


def service(redis: Redis, privacy: Privacy, recordings: Path, **parts: Any) -> Service:
    """The `parts` given, and for the others ones that are silent, deaf and send nothing.

    `prompts` and `understanding` become those of the runner.
    """
    written = {name: parts.pop(name) for name in ("prompts", "understanding") if name in parts}
    runner = parts.pop("runner")
    parts["runner"] = replace(runner, editions=runner.editions.changed(**written))
    studio = Studio(Recordings(recordings), (), lambda: 0.0)
    usual = {
        "outbox": Outbox(redis, privacy),
        "public_url": ORIGIN,
        "speech": SpeechEngines(voice=Voice(PROMPTS, PROMPTS, (), ()), recognizer=None),
        "limits": Limits(texts=RateLimiter(redis), calls=RateLimiter(redis, what="calls")),
        "recording": Recording(
            studio=studio,
            codes=StudioCodes(redis),
            audit=Audit(redis),
        ),
        "carrier": NoCarrier(),
        "queue": NoQueue(),
    }
    return Service(privacy=privacy, **{**usual, **parts})
