"""What is configured, reachable or missing, each with its remedy. Secrets are never shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicebot.config import Settings
from voicebot.doctor import carrier, here, store, weak
from voicebot.errors import VoicebotError

Look = Callable[[Settings], Awaitable[str]]


@dataclass(frozen=True)
class Examined:
    """One thing checked; `remedy` says what to do, or what was found if all is well."""

    what: str
    fine: bool
    remedy: str


async def examine(settings: Settings) -> list[Examined]:
    """Check everything, one thing after another; nothing is raised, each failure becomes a line."""
    return [await _looked_at(what, look, settings) for what, look in LOOKS.items()]


async def _looked_at(what: str, look: Look, settings: Settings) -> Examined:
    try:
        return Examined(what, True, await look(settings))
    except VoicebotError as error:
        return Examined(what, False, str(error))
    except OSError as error:
        return Examined(
            what, False, f"{error.filename or what}: {error.strerror}; check path and permissions"
        )


LOOKS: dict[str, Look] = {
    "settings": here.settings_known,
    "weak settings": weak.weak,
    "own content": here.content,
    "procedures": here.flows,
    "sentences": here.prompts,
    "recognition": here.recognition,
    "voices": here.voices,
    "recordings": here.recordings,
    "data keys": here.keys,
    "disk": here.disk,
    "Redis": store.persistence,
    "clock of Redis": store.clock,
    "public address": carrier.address,
    "Twilio account": carrier.credentials,
    "Twilio numbers": carrier.numbers,
    "Twilio webhooks": carrier.webhooks,
    "clock of Twilio": carrier.clock,
}
