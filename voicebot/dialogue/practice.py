"""Practice: a procedure rehearsed with invented answers. Nothing of it is stored or reaches anybody."""

from __future__ import annotations

from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Place
from voicebot.dialogue.turn import Turn


def real(turn: Turn, place: Place) -> tuple[Turn, Place]:
    """Before going to `place`: something that is never rehearsed ends the practice.

    When a rehearsed procedure reaches its closing steps, it continues with "autre chose ?" instead of
    offering a summary of invented answers.
    """
    if not turn.session.practice or turn.flows.by_name[place.flow].rehearsed:
        return turn, place
    closing = place.flow == turn.flows.another.flow
    return over(turn), turn.flows.another if closing else place


def over(turn: Turn) -> Turn:
    """End the practice and say so; does nothing outside of one."""
    return cleared(turn).remark("common.practice_over") if turn.session.practice else turn


def cleared(turn: Turn) -> Turn:
    """End the practice silently and drop what was invented, also from what "répéter" would say."""
    if not turn.session.practice:
        return turn
    begun = {"place": turn.flows.question, "topic": None, "pending": None, "trail": (), "notes": ()}
    return replace(turn, spoken=()).change(practice=False, slots=kept(turn), spoken=(), **begun)


def kept(turn: Turn) -> dict[str, str]:
    """The slots that outlive a procedure: facts about the line and the wishes, no answers."""
    consent = turn.session.slots.get(CONSENT)
    textable = {"textable": "yes" if turn.session.textable else "no"}
    return textable | ({CONSENT: str(consent)} if consent else {})
