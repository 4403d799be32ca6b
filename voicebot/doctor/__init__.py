"""What is configured, reachable and missing, each with its remedy. Secrets are never shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicebot.config import Settings
from voicebot.doctor import carrier, here, store
from voicebot.errors import VoicebotError

Look = Callable[[Settings], Awaitable[str]]


@dataclass(frozen=True)
class Examined:
    """One thing looked at; `remedy` says what to do, or what was found when it is fine."""

    what: str
    fine: bool
    remedy: str


async def examine(settings: Settings) -> list[Examined]:
    """Look at everything, one after the other; nothing is raised, each failure becomes a line."""
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
