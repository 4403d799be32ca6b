"""Whether the words heard so far are a whole answer, could continue, or stop in a hesitation."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Literal

from voicebot.datafile import raise_if_any, read
from voicebot.dialogue.meaning import NO_INTENT, Expecting
from voicebot.nlu.understanding import Understanding
from voicebot.packaged import packaged

Progress = Literal["complete", "open", "hesitating"]

_WORDS = packaged("nlu", "fr", "hesitations.yaml")
_ENDS = ".,!?…"


def progress(understanding: Understanding, text: str, expecting: Expecting) -> Progress:
    """How `text`, said in answer to `expecting`, looks before a silence has ended it."""
    words = text.lower().replace("’", "'").rstrip(_ENDS).split()
    if not words or words[-1] in _hesitations():
        return "hesitating"
    meaning = understanding.interpret(text, expecting)
    sure = meaning.certainty == "sure" and not meaning.danger
    answered = meaning.value is not None or meaning.intent != NO_INTENT
    return "complete" if sure and answered else "open"


@cache
def _hesitations() -> Collection[str]:
    file = read(_WORDS)
    raise_if_any(file.findings)
    return frozenset(file.data)
