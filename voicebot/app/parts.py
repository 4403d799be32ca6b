"""Single parts as the settings ask for them: keys, Twilio, ears, voice."""

from __future__ import annotations

import time
from pathlib import Path

from voicebot import assessment, places
from voicebot.config import Settings
from voicebot.content import never_spoken
from voicebot.flows.load import read_flows
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.prompts.recordable import recordables
from voicebot.speech import voices
from voicebot.speech.recordings import Recordings
from voicebot.speech.stt.choose import recognizers
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.voice import Voice
from voicebot.store import file_lookups
from voicebot.studio import Studio
from voicebot.switchboard import duty
from voicebot.trial.showroom import Showroom
from voicebot.twilio.rest import TwilioClient

ROOT = Path(__file__).parents[2]
FLOWS = ROOT / "voicebot" / "flows"
PROMPTS = ROOT / "prompts" / "fr"
#: Each lookup that flows can call and the slots it fills.
LOOKUPS = {**places.LOOKUPS, **assessment.LOOKUPS, **file_lookups.LOOKUPS, **duty.LOOKUPS}


def privacy(settings: Settings) -> Privacy:
    """The keys of the settings; ConfigError when they are missing or malformed."""
    return Privacy(settings.pseudonym_key.get_secret_value(), settings.fernet_keys)


def twilio(settings: Settings) -> TwilioClient | None:
    """Twilio's REST API, None where no account is configured: then nothing is sent and nobody called."""
    if not settings.twilio_account or not settings.twilio_tokens:
        return None
    return TwilioClient(settings.twilio_account, settings.twilio_tokens[0], base_url=settings.twilio_api)


def recognizer(settings: Settings) -> tuple[Recognizer | None, tuple[str, ...]]:
    """The best recognizer that can be loaded, and a sentence for each better one that cannot."""
    if settings.recognizer == "none":
        return None, ()
    found, notes = recognizers(settings.var / "models", settings.recognizer)
    return (found[0] if found else None), tuple(notes)


def voice(settings: Settings) -> Voice:
    """The voice of the assistant, as far as its engines are installed."""
    return voices.assistant(settings.var, recordings(settings), settings.voice_ahead, settings.voice_now)


def recordings(settings: Settings) -> Recordings:
    """The recordings of human voices: outside the code, so that an upgrade leaves them alone."""
    return Recordings(settings.recordings)


def studio(settings: Settings, prompts: Prompts) -> Studio:
    """What can be recorded of `prompts`, and what is."""
    silent = never_spoken(read_flows(FLOWS), prompts.entries)
    return Studio(recordings(settings), recordables(prompts, silent), time.time)


def showroom(settings: Settings) -> Showroom:
    """The voices side by side, to choose from."""
    return Showroom(settings.var, settings.voice_ahead, settings.voice_now)
