"""`voicebot fallback`: TwiML for when our service is down, to be hosted where it does not depend on us."""

from __future__ import annotations

import argparse

from voicebot.app import content_of
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.dialogue.action import Say
from voicebot.prompts import Prompts
from voicebot.telephony import twiml


def add_commands(commands: Commands) -> None:
    """Add `fallback`."""
    parser = add(commands, "fallback", "print the TwiML for when our service is down", _print)
    parser.add_argument("--sms", action="store_true", help="the one for texts instead of calls")


def _print(options: argparse.Namespace) -> int:
    settings = read_settings()
    prompts = Prompts.load(*content_of(settings).prompts)
    print(text_document(prompts) if options.sms else document(settings.fallback_number, prompts))
    return 0


def text_document(prompts: Prompts) -> str:
    """Static TwiML that answers a text: we are down, and whom to call in danger."""
    return twiml.messages((prompts.text(prompts.render(Say("common.again_later"), "sms")),))


def document(number: str, prompts: Prompts) -> str:
    """Static TwiML that says we are down and connects the caller to `number`, or says whom to call."""

    def said(key: str) -> twiml.Speak:
        return twiml.Speak(prompts.text(prompts.render(Say(key), "sms")))

    down, told = said("common.fallback"), said("common.fallback_told")
    if number:
        return twiml.pass_on(number, (down, said("common.fallback_passed")), (told,))
    return twiml.hang_up((down, told))
