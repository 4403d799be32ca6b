"""A simulated caller and carrier for tests and demonstrations: plays Twilio's part against the real app."""

from voicebot.simulator.caller_voice import CallerVoice
from voicebot.simulator.carrier import place_call
from voicebot.simulator.options import CallOptions
from voicebot.simulator.report import CallReport, Journal, View
from voicebot.simulator.script import Answers
from voicebot.simulator.turns import CallerTurn, HangUp, PlayWav, Press, SayText, StaySilent

__all__ = [
    "Answers",
    "CallOptions",
    "CallReport",
    "CallerTurn",
    "CallerVoice",
    "HangUp",
    "Journal",
    "PlayWav",
    "Press",
    "SayText",
    "StaySilent",
    "View",
    "place_call",
]
