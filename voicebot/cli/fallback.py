"""`voicebot fallback`: TwiML for when nothing of ours answers, to be put where it does not need us."""

from __future__ import annotations

import argparse

from voicebot.app import PROMPTS
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.dialogue.action import Say
from voicebot.prompts import Prompts
from voicebot.twilio import twiml


def add_commands(commands: Commands) -> None:
    """Add `fallback`."""
    add(commands, "fallback", "print the TwiML for when nothing of ours answers", _print)


def _print(options: argparse.Namespace) -> int:
    print(document(read_settings().fallback_number))
    return 0


def document(number: str) -> str:
    """Static TwiML that says we are down and connects the caller to `number`, or tells whom to call."""
    prompts = Prompts.load(PROMPTS)

    def said(key: str) -> twiml.Speak:
        return twiml.Speak(prompts.text(prompts.render(Say(key), "sms")))

    down, told = said("common.fallback"), said("common.fallback_told")
    if number:
        return twiml.pass_on(number, (down, said("common.fallback_passed")), (told,))
    return twiml.hang_up((down, told))
