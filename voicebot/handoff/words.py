"""The person's own words, as colleagues would tell them: what is in this person's mind, in one line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from voicebot.dialogue.meaning import NO_INTENT
from voicebot.records import TurnRecord

#: Characters; what is longer is cut at a word.
_LONGEST: Final = 200
#: Fewer words than this, understood as a command or an answer, tell nothing about the person.
_TELLING: Final = 4


def own_words(turns: Sequence[TurnRecord], danger: bool) -> str:
    """The last thing the person said (already redacted) that tells something, or "".

    In a `danger`, the words in which it was heard. A bare "oui" or "un conseiller" counts only if there is
    nothing else.
    """
    said = [turn for turn in reversed(turns) if turn.heard.strip()]
    alarming = [turn for turn in said if turn.danger] if danger else []
    best = alarming or [turn for turn in said if _tells(turn)] or said
    return shortened(best[0].heard) if best else ""


def shortened(text: str) -> str:
    """`text` on one line, cut at a word if it is long."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    return line[:_LONGEST].rsplit(" ", 1)[0] + " …"


def _tells(turn: TurnRecord) -> bool:
    understood = turn.value is not None or turn.intent != NO_INTENT
    return not understood or len(turn.heard.split()) >= _TELLING
