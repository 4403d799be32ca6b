"""Individual parts as the settings ask for them: keys, Twilio, recognizer, voice."""

from __future__ import annotations

import time

from voicebot import assessment, letters, places, rights
from voicebot.config import Settings
from voicebot.content.check import never_spoken
from voicebot.content.folders import Content, laid_over, shipped
from voicebot.errors import ConfigError, ModelError
from voicebot.flows.load import read_flows
from voicebot.packaged import FLOWS, PROMPTS
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.prompts.recordable import recordables
from voicebot.speech import voices
from voicebot.speech.recordings import Recordings
from voicebot.speech.stt.choose import recognizers, with_ears
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.voice import Voice
from voicebot.store import file_lookups, open_requests
from voicebot.store.personal_keys import personal_keys
from voicebot.studio import Studio
from voicebot.switchboard import duty
from voicebot.telephony.media import MediaSource, NoMedia, TwilioMedia
from voicebot.telephony.rest import TwilioClient
from voicebot.webphone.voice_comparison import VoiceComparison

__all__ = [
    "FLOWS",
    "LOOKUPS",
    "PROMPTS",
    "content_of",
    "privacy",
    "recognizer",
    "recordings",
    "showroom",
    "studio",
    "twilio",
    "voice",
]

#: Each lookup that flows can call, with the slots it fills.
LOOKUPS = {
    **places.LOOKUPS,
    **letters.LOOKUPS,
    **rights.LOOKUPS,
    **assessment.LOOKUPS,
    **file_lookups.LOOKUPS,
    **duty.LOOKUPS,
    **open_requests.LOOKUPS,
}


def content_of(settings: Settings) -> Content:
    """What people wrote: the packaged files, and the association's own folder laid over them.

    Raises ConfigError when a folder is set and is not there: callers would hear other sentences.
    """
    if settings.content and not settings.content.is_dir():
        raise ConfigError(
            f"VOICEBOT_CONTENT: expected a folder, {settings.content} is none; make it, or correct the path"
        )
    own = settings.content_folder
    return laid_over(shipped(), own) if own else shipped()


def privacy(settings: Settings) -> Privacy:
    """The keys from the settings; ConfigError if they are missing or malformed."""
    common = settings.pseudonym_key.get_secret_value(), settings.fernet_keys
    Privacy(*common)  # a wrong key is told before a file is made
    return Privacy(*common, personal_keys(settings.personal_keys, settings.personal_keys_file))


def twilio(settings: Settings) -> TwilioClient | None:
    """Twilio's REST API; None if no account is configured: then nothing is sent and nobody is called."""
    if not settings.twilio_account or not settings.twilio_tokens:
        return None
    return TwilioClient(settings.twilio_account, settings.twilio_tokens[0], base_url=settings.twilio_api)


def media(settings: Settings) -> MediaSource:
    """Where files that came with texts are fetched; nothing can be without an account."""
    if not settings.twilio_account or not settings.twilio_tokens:
        return NoMedia()
    return TwilioMedia(settings.twilio_account, settings.twilio_tokens[0], base_url=settings.twilio_api)


def recognizer(settings: Settings) -> tuple[Recognizer | None, tuple[str, ...]]:
    """The best recognizer that can be loaded, and one sentence for each better one that cannot."""
    if settings.recognizer == "none":
        return None, ()
    found, notes = recognizers(settings.var / "models", settings.recognizer)
    local = found[0] if found else None
    if not settings.ears:
        return local, tuple(notes)
    try:
        key = settings.ears_key.get_secret_value()
        return with_ears(local, settings.ears, settings.ears_model, key), tuple(notes)
    except ModelError as error:
        return local, (*notes, str(error))


def voice(settings: Settings) -> Voice:
    """The assistant's voice, as far as its engines are installed."""
    return voices.assistant(settings.var, recordings(settings), settings.voice_ahead, settings.voice_now)


def recordings(settings: Settings) -> Recordings:
    """The recordings of human voices, kept outside the code so that an upgrade does not touch them."""
    return Recordings(settings.recordings_folder)


def studio(settings: Settings, prompts: Prompts) -> Studio:
    """What can be recorded of `prompts`, and what has been."""
    silent = never_spoken(read_flows(*content_of(settings).flows), prompts.entries)
    return Studio(recordings(settings), recordables(prompts, silent), time.time)


def showroom(settings: Settings) -> VoiceComparison:
    """The voices side by side, to choose from."""
    return VoiceComparison(settings.var, settings.voice_ahead, settings.voice_now)
