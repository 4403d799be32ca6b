"""A caller and a carrier for tests and demonstrations: plays Twilio's part against the real app."""

from voicebot.channels.simulator.caller_voice import CallerVoice
from voicebot.channels.simulator.carrier import place_call
from voicebot.channels.simulator.options import CallOptions
from voicebot.channels.simulator.report import CallReport, Journal, View
from voicebot.channels.simulator.script import Answers
from voicebot.channels.simulator.turns import HangUp, PlayWav, Press, SayText, StaySilent, Turn

__all__ = [
    "Answers",
    "CallOptions",
    "CallReport",
    "CallerVoice",
    "HangUp",
    "Journal",
    "PlayWav",
    "Press",
    "SayText",
    "StaySilent",
    "Turn",
    "View",
    "place_call",
]
