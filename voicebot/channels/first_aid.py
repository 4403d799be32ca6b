"""The number for anybody who reports a danger when nothing else works: needs no store and no session."""

from __future__ import annotations

from voicebot.channels.service import Conversations
from voicebot.dialogue.action import Say
from voicebot.dialogue.meaning import Meaning


def first_aid(service: Conversations, meaning: Meaning) -> tuple[Say, ...]:
    """What is said first in reply to a danger that is certain; nothing for anything else."""
    if meaning.danger is None or meaning.certainty != "sure":
        return ()
    flows = service.runner.flows
    return (Say(flows.step(flows.danger_place(meaning.danger)).prompt),)
