"""Which voices this machine has, and which one speaks for whom."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from voicebot.errors import AudioError
from voicebot.speech.recordings import Recordings
from voicebot.speech.tts.synthesizer import Synthesizer
from voicebot.speech.voice import Voice

if TYPE_CHECKING:
    from voicebot.speech.tts.kokoro import Kokoro

log = structlog.get_logger()

NAMES = ("kokoro", "pico", "pyttsx3")


def assistant(var: Path, recordings: Recordings, ahead: str, now: str) -> Voice:
    """The voice that answers: `now` speaks at once, but what `ahead` rendered before is preferred.

    Engines that are not installed are skipped; pyttsx3 is always the last resort.
    """
    order = dict.fromkeys((now, "pico", "pyttsx3"))
    speaking = [voice for name in order if (voice := start(name, var))]
    return Voice(recordings, var / "cache" / "speech", (_cache_name(ahead),), tuple(speaking))


def caller(var: Path) -> Synthesizer:
    """A voice for simulated callers: Kokoro, else Pico; the recognizers do not understand espeak."""
    for name in NAMES:
        found = start(name, var)
        if found:
            return found
    raise AudioError("no voice can speak: expected pyttsx3 at least; reinstall voicebot")


def start(name: str, var: Path) -> Synthesizer | None:
    """The engine `name`; None (and a log line) if it is not installed."""
    try:
        return _MAKERS[name](var)
    except (AudioError, ImportError) as error:
        log.info("voice not available", voice=name, reason=str(error))
        return None


def _kokoro(var: Path) -> Kokoro:
    from voicebot.speech.tts.kokoro import Kokoro

    return Kokoro(var / "models" / "kokoro")


def _pico(var: Path) -> Synthesizer:
    from voicebot.speech.tts.pico import Pico

    return Pico()


def _pyttsx3(var: Path) -> Synthesizer:
    from voicebot.speech.tts.pyttsx3_voice import Pyttsx3

    return Pyttsx3()


_MAKERS: dict[str, Callable[[Path], Synthesizer]] = {"kokoro": _kokoro, "pico": _pico, "pyttsx3": _pyttsx3}
#: The name under which a voice's rendered speech is cached, known without loading the engine.
_CACHE_NAMES = {"kokoro": "kokoro-ff_siwis-1", "pico": "pico-fr-1", "pyttsx3": "pyttsx3-fr-1"}


def _cache_name(name: str) -> str:
    return _CACHE_NAMES[name]
