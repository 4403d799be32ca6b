"""The service put together: settings in, a FastAPI application out."""

from voicebot.app.build import Make, build, waiting_room
from voicebot.app.lookups import all_lookups
from voicebot.app.parts import FLOWS, LOOKUPS, PROMPTS, ROOT, privacy, recognizer, studio, twilio, voice
from voicebot.app.sending import worker
from voicebot.app.site import create_app

__all__ = [
    "FLOWS",
    "LOOKUPS",
    "PROMPTS",
    "ROOT",
    "Make",
    "all_lookups",
    "build",
    "create_app",
    "privacy",
    "recognizer",
    "studio",
    "twilio",
    "voice",
    "waiting_room",
    "worker",
]
