"""What a reader of answers returns."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.dialogue.meaning import Certainty, Value


@dataclass(frozen=True)
class Found:
    """A value of the expected kind; "unsure" gives way to another request in the same words."""

    value: Value
    certainty: Certainty = "sure"


def sure_if(condition: bool) -> Certainty:
    """The certainty of a value under a condition."""
    return "sure" if condition else "unsure"
