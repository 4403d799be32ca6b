"""What a reader of answers returns."""

from __future__ import annotations

from dataclasses import dataclass

from voicebot.dialogue.meaning import Certainty, Value


@dataclass(frozen=True)
class Found:
    """A value of the expected kind; "unsure" gives way to another request in the same words.

    One that is `settled` was made sure by what words and meaning resemble, and gives way as well, except to
    another procedure that is only resembled, where both `agreed` clearly.
    """

    value: Value
    certainty: Certainty = "sure"
    settled: bool = False
    agreed: bool = False


def sure_if(condition: bool) -> Certainty:
    """The certainty of a value under a condition."""
    return "sure" if condition else "unsure"
