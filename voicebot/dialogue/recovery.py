"""When nothing was understood or heard: say it shorter, offer the keys, offer a person. Never a dead end."""

from __future__ import annotations

from voicebot.dialogue.asking import AMONG, ask, offer
from voicebot.dialogue.policy import (
    NO_MATCH_VARIANTS,
    SILENCES_BEFORE_GOODBYE,
    SILENCES_BEFORE_HUMAN,
    UNKNOWNS_BEFORE_HUMAN,
    WORRIED,
)
from voicebot.dialogue.practice import over
from voicebot.dialogue.steps import ChooseStep
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import accept, enter, leave

HUMAN = "human"


def no_match(turn: Turn, remark: str = "common.no_match") -> Turn:
    """An answer that matches nothing: repeat the question, more simply each time, then offer a person.

    Somebody who is worried is offered a person at once.
    """
    count = turn.session.no_match
    turn = turn.change(no_match=count + 1, no_input=0)
    if turn.session.because == WORRIED and not _human_offered(turn):
        return offer_human(turn.remark("common.worried"), WORRIED)
    if count < len(NO_MATCH_VARIANTS):
        return ask(turn.remark(remark), NO_MATCH_VARIANTS[count])
    return offer_human(turn, "no_match")


def silence(turn: Turn) -> Turn:
    """Nobody spoke. Silence is counted separately and never ends the call before a person was offered."""
    count = turn.session.no_input + 1
    if count == SILENCES_BEFORE_HUMAN and not _human_offered(turn):
        offered = offer_human(turn.remark("common.still_there"), "no_input")
        return offered.change(no_input=count)
    turn = turn.change(no_input=count)
    if count >= SILENCES_BEFORE_GOODBYE:
        return over(turn).say("common.silence_goodbye").end("silence", "suspended")
    return ask(turn.remark("common.no_input"), "retry" if count == 1 else "keys")


def unknown(turn: Turn) -> Turn:
    """ "Je ne sais pas": the step's own way out, else an explanation, else a person."""
    if turn.session.pending and turn.session.pending.kind != AMONG:
        return ask(turn.remark("common.unknown_ok"), "keys")
    if turn.step.unknown_as is not None:
        return accept(turn.remark("common.unknown_ok"), turn.step.unknown_as)
    if turn.step.unknown:
        return leave(turn.remark("common.unknown_ok"), {}, turn.step.unknown)
    count = turn.session.unknown + 1
    turn = turn.change(unknown=count).remark("common.unknown_ok")
    return ask(turn, "help") if count < UNKNOWNS_BEFORE_HUMAN else offer_human(turn, "no_match")


def offer_human(turn: Turn, because: str) -> Turn:
    """Offer a person; somebody who is still not understood is handed to one. Some steps have another way out.

    `because` is passed to the mediator: no_match, no_input or worried.
    """
    here = turn.step
    if isinstance(here, ChooseStep) and here.unanswered:
        return enter(turn, here.unanswered)
    if _human_offered(turn):
        return enter(turn, turn.flows.human_for(turn.session.topic))
    return offer(turn.change(because=because), HUMAN, "common.offer_human")


def _human_offered(turn: Turn) -> bool:
    return turn.session.pending is not None and turn.session.pending.kind == HUMAN
