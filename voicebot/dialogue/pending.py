"""Answers to questions of our own: "Vous parlez de … ?", "Voulez-vous reprendre ?", "C'est bien … ?"."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from voicebot.dialogue.answering import read_back, take
from voicebot.dialogue.asking import AMONG, MORE_TOPICS, ask
from voicebot.dialogue.codec import from_dict
from voicebot.dialogue.commands import call_back, correctable, forget, go_back, summarise
from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Meaning, Value
from voicebot.dialogue.memory import withdrawn
from voicebot.dialogue.needs import left, named_beside, open_need, taken_up, without
from voicebot.dialogue.practice import cleared
from voicebot.dialogue.recovery import no_match
from voicebot.dialogue.session import Pending, Session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.waiting import SAID_BACK
from voicebot.dialogue.walk import accept, enter, start_topic

#: Questions to which the name of a procedure is an answer ("Vous parlez de l'APL ?" — "Non, du RSA").
ABOUT_TOPIC = frozenset({MORE_TOPICS, "topic", "topics", "resume", "switch", "take_up"})


def decide(turn: Turn, pending: Pending, meaning: Meaning) -> Turn:
    """Act on the answer to `pending`; if it is no answer, ask again, more simply each time."""
    if meaning.instead is not None and pending.kind in SAID_BACK:
        return take(withdrawn(turn.change(pending=None), turn.step.slot), meaning.instead, meaning)
    if meaning.value is not None and meaning.certainty != "none":
        return _DECIDE[pending.kind](turn.change(pending=None), pending, meaning.value)
    if meaning.intent != NO_INTENT and meaning.certainty == "sure" and pending.kind in ABOUT_TOPIC:
        return start_topic(turn, meaning.intent, meaning.ahead)
    return no_match(turn)


def _among(turn: Turn, pending: Pending, value: Value) -> Turn:
    return accept(turn, value) if value in pending.expecting.choices else ask(turn, "retry")


def _topic(turn: Turn, pending: Pending, value: Value) -> Turn:
    return _start(turn, pending) if value == YES else ask(turn, "retry")


def _start(turn: Turn, pending: Pending) -> Turn:
    return start_topic(turn, str(pending.data["topic"]), pending.data.get("ahead"))


def _topics(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value not in pending.expecting.choices:
        return ask(turn, "retry")
    others = [other for other in pending.expecting.choices if other != value]
    both = len(others) == 1 and pending.data.get("both")
    return start_topic(named_beside(turn, others[0], str(value)) if both else turn, str(value))


def _switch(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value != YES:
        return ask(turn)
    return _start(left(turn, str(pending.data["topic"])), pending)


def _take_up(turn: Turn, pending: Pending, value: Value) -> Turn:
    """What was interrupted is resumed, or forgotten."""
    need = open_need(turn)
    if need is None or value != YES:
        return enter(without(turn, need.topic) if need else turn, turn.flows.another)
    if need.place is None:
        return start_topic(without(turn, need.topic), need.topic)
    return enter(taken_up(turn, need), need.place)


def _value(turn: Turn, pending: Pending, value: Value) -> Turn:
    """Right, or else the other one that was heard, or else asked again."""
    if value == YES:
        return accept(turn, cast(Value, pending.data["value"]))
    second = cast("Value | None", pending.data.get("second"))
    return ask(turn, "retry") if second is None else read_back(turn, second)


def _known(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value == YES:
        return accept(turn, cast(Value, pending.data["value"]))
    return ask(withdrawn(turn, turn.step.slot))


def _resume(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value == NO:
        return enter(turn, turn.flows.question)
    return resume(turn.remark("common.resumed"), from_dict(pending.data["previous"]))


def resume(turn: Turn, before: Session) -> Turn:
    """Continue where the session `before` broke off."""
    turn = turn.change(
        topic=before.topic,
        slots={**before.slots, **turn.session.slots},
        trail=before.trail,
        notes=before.notes,
        pace=before.pace,
    )
    return enter(turn, before.place)


def _forget(turn: Turn, pending: Pending, value: Value) -> Turn:
    return forget(turn) if value == YES else ask(turn)


def _correct(turn: Turn, pending: Pending, value: Value) -> Turn:
    places = {turn.flows.step(p).slot or p.step: p for p in correctable(turn)}
    place = places.get(str(value))
    return go_back(turn, place) if place else ask(turn)


def _danger(turn: Turn, pending: Pending, value: Value) -> Turn:
    return start_danger(turn, str(pending.data["danger"])) if value == YES else ask(turn)


def _summary(turn: Turn, pending: Pending, value: Value) -> Turn:
    return summarise(turn) if value == YES else ask(turn, "retry")


def _call_back(turn: Turn, pending: Pending, value: Value) -> Turn:
    return call_back(turn) if value == YES else ask(turn, "retry")


def _human(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value == YES:
        return enter(turn, turn.flows.human_for(turn.session.topic))
    return ask(turn.change(because=""), "retry")


def start_danger(turn: Turn, danger: str) -> Turn:
    """The right emergency number first, then a human: the steps of the danger flow."""
    turn = cleared(turn).change(topic=turn.flows.danger, trail=(), notes=())
    return enter(turn, turn.flows.danger_place(danger))


_DECIDE: dict[str, Callable[[Turn, Pending, Value], Turn]] = {
    AMONG: _among,
    "call_back": _call_back,
    "correct": _correct,
    "danger": _danger,
    "forget": _forget,
    "human": _human,
    "known": _known,
    "resume": _resume,
    "summary": _summary,
    "switch": _switch,
    "take_up": _take_up,
    "topic": _topic,
    "topics": _topics,
    "value": _value,
}
