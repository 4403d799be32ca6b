"""What is configured, reachable and missing, each with its remedy. Secrets are never shown."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from voicebot.app import FLOWS, PROMPTS, privacy, recognizer, studio, voice
from voicebot.config import Settings
from voicebot.errors import VoicebotError
from voicebot.flows.load import load_flows
from voicebot.prompts import Prompts
from voicebot.store.server import connect
from voicebot.studio import counted

_ENOUGH_DISK_BYTES = 1 << 30


@dataclass(frozen=True)
class Examined:
    """One thing looked at; `remedy` says what to do, or what was found when it is fine."""

    what: str
    fine: bool
    remedy: str


async def examine(settings: Settings) -> list[Examined]:
    """Look at everything; nothing is raised, each failure becomes a line."""
    return [await _looked_at(what, look, settings) for what, look in _LOOKS.items()]


async def _looked_at(what: str, look: Callable[[Settings], Awaitable[str]], settings: Settings) -> Examined:
    try:
        return Examined(what, True, await look(settings))
    except VoicebotError as error:
        return Examined(what, False, str(error))


async def _flows(settings: Settings) -> str:
    return f"{len(load_flows(FLOWS).by_name)} procedures"


async def _prompts(settings: Settings) -> str:
    return f"{len(Prompts.load(PROMPTS).entries)} prompts"


async def _redis(settings: Settings) -> str:
    async with connect(settings.redis_url, settings.data) as redis:
        kept = await redis.config_get("appendonly")
    if kept.get("appendonly") != "yes":
        raise VoicebotError("Redis keeps no append-only file: set `appendonly yes`, or tickets can be lost")
    return "reachable, append-only file on" if settings.redis_url else "embedded, append-only file on"


async def _recognition(settings: Settings) -> str:
    found, notes = recognizer(settings)
    if found is None:
        raise VoicebotError("no recognizer: calls go by keypad. " + " ".join(notes))
    name = found.name
    found.close()
    return name


async def _voices(settings: Settings) -> str:
    return ", ".join(voice(settings).names)


async def _recordings(settings: Settings) -> str:
    counts = counted(studio(settings, Prompts.load(PROMPTS)).lines())
    told = f"{counts['recorded']} of {sum(counts.values())} texts"
    if counts["stale"]:
        told += f", {counts['stale']} changed since: a synthesizer says them (`voicebot prompts check`)"
    return told


async def _keys(settings: Settings) -> str:
    privacy(settings)
    return "set"


async def _token(settings: Settings) -> str:
    if not settings.twilio_tokens:
        raise VoicebotError("set VOICEBOT_TWILIO_TOKEN to the auth token of the Twilio console")
    return "set"


async def _address(settings: Settings) -> str:
    if not settings.public_url.startswith("https://"):
        raise VoicebotError("set VOICEBOT_PUBLIC_URL to the https address that Twilio calls")
    return settings.public_url


async def _disk(settings: Settings) -> str:
    settings.var.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.var).free
    if free < _ENOUGH_DISK_BYTES:
        raise VoicebotError(f"only {free / 1e9:.1f} GB free under var: expected at least 1 GB; make room")
    return f"{free / 1e9:.0f} GB free"


_LOOKS: dict[str, Callable[[Settings], Awaitable[str]]] = {
    "procedures": _flows,
    "sentences": _prompts,
    "Redis": _redis,
    "recognition": _recognition,
    "voices": _voices,
    "recordings": _recordings,
    "data keys": _keys,
    "Twilio token": _token,
    "public address": _address,
    "disk": _disk,
}
