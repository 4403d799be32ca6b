"""Callers may ask, greet and swear: a short reply, then a shorter question. It counts as no attempt."""

from __future__ import annotations

from voicebot.dialogue.asking import ask, explain, offer
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.recovery import HUMAN
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import enter

HELP = "help"
_LANGUAGE, _UNSERVED = "language.", "unserved."
#: The reason for requesting a person who speaks the caller's language: "language_en".
LANGUAGE_REASON = "language_"


def aside(turn: Turn, meaning: Meaning) -> Turn:
    """Reply to `meaning.aside`."""
    said = meaning.aside
    if said == HELP:
        return explain(turn)
    if said.startswith(_LANGUAGE):
        return _in_their_language(turn, said)
    if said.startswith(_UNSERVED):
        return offer(turn.change(because="").remark(said), HUMAN, "common.offer_human")
    return ask(turn.remark(said), "retry")


def _in_their_language(turn: Turn, said: str) -> Turn:
    """In danger, the number first; then somebody who speaks the language calls back."""
    language, _, number = said.removeprefix(_LANGUAGE).partition("_")
    turn = turn.remark(said)
    if number:
        turn = turn.change(topic=turn.flows.danger)
        return enter(turn, turn.flows.human_for(turn.flows.danger))
    turn = turn.change(because=f"{LANGUAGE_REASON}{language}")
    return enter(turn, turn.flows.human_for(turn.session.topic))
