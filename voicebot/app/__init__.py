"""The assembled service: settings in, a FastAPI application out."""

from voicebot.app.build import Make, build, waiting_room
from voicebot.app.lookups import all_lookups
from voicebot.app.parts import FLOWS, LOOKUPS, PROMPTS, content_of, privacy, recognizer, studio, twilio, voice
from voicebot.app.sending import worker
from voicebot.app.site import create_app

__all__ = [
    "FLOWS",
    "LOOKUPS",
    "PROMPTS",
    "Make",
    "all_lookups",
    "build",
    "content_of",
    "create_app",
    "privacy",
    "recognizer",
    "studio",
    "twilio",
    "voice",
    "waiting_room",
    "worker",
]
