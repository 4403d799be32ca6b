"""How a channel likes a walk to be told: step by step to the ear, all at once to the eye."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.event import Channel


@dataclass(frozen=True)
class Style:
    """What a channel asks of the core.

    With `at_once`, everything up to the next real question is told together: nothing waits for "suite",
    papers are asked for as one list, and steps that name another one for texters give way to it. With
    `reads_back`, numbers that are stored, sent or dialled are confirmed however well they were understood.
    """

    at_once: bool
    reads_back: bool


SPOKEN = Style(at_once=False, reads_back=True)
WRITTEN = Style(at_once=True, reads_back=False)
STYLES: Mapping[Channel, Style] = {"voice": SPOKEN, "keypad": SPOKEN, "sms": WRITTEN}
