"""What was said and not understood, without a word that could be somebody's own: for authors."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from voicebot.dialogue.event import Event, Heard
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.session import SECRET, Session

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+")
_HIDDEN: Final = "…"
_MOST_WORDS: Final = 14
#: A question that no procedure answers is told by an aside of these.
_UNSERVED: Final = "unserved."


@dataclass(frozen=True)
class Overheard:
    """`text` was said at `step` (flow.step) and led nowhere."""

    step: str
    text: str


def overheard(
    before: Session, event: Event, after: Session, flows: Flows, known: Collection[str]
) -> Overheard | None:
    """The sentence of this turn if it was not understood, with only the `known` words left; else None.

    Nothing of a rehearsal, of an answer that is secret, or of a sentence in which too little is left.
    """
    if not isinstance(event, Heard) or before.place is None or before.practice:
        return None
    lost = after.no_match > before.no_match or (event.meaning.aside or "").startswith(_UNSERVED)
    slot = flows.step(before.place).slot if flows.has(before.place) else None
    if not lost or event.meaning.danger or (slot or "").startswith(SECRET):
        return None
    words = [word.lower() for word in _WORD.findall(event.meaning.text)]
    left = [word if word in known else _HIDDEN for word in words]
    telling = [word for word in left if word != _HIDDEN]
    if not telling or len(telling) * 2 < len(left) or len(left) > _MOST_WORDS:
        return None
    return Overheard(f"{before.place.flow}.{before.place.step}", " ".join(left))


def words_of(texts: Collection[str]) -> frozenset[str]:
    """Every word in the files by which we understand: none of them is anybody's own."""
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text) if not word.isdigit())
