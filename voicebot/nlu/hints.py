"""What to tell a recognizer before an answer: the answers, or sentences that show names and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from voicebot.datafile import raise_if_any, read
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu.understanding import Understanding
from voicebot.packaged import packaged

_HINTS = packaged("nlu", "fr", "hints.yaml")
#: Kinds with few enough answers for a recognizer to choose among them: the commands would drown these.
_ANSWERS_ONLY = frozenset({"month"})


def hints(understanding: Understanding, expecting: Expecting) -> tuple[str, ...]:
    """The phrases for `Expected` at the question `expecting`."""
    if expecting.kind in _ANSWERS_ONLY:
        return understanding.readers.phrases(expecting)
    return _written().get(expecting.kind) or understanding.phrases(expecting)


@cache
def _written() -> Mapping[str, tuple[str, ...]]:
    file = read(_HINTS)
    raise_if_any(file.findings)
    return {kind: tuple(sentences) for kind, sentences in file.data.items()}
