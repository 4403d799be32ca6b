"""Answers to questions of our own: "Vous parlez de … ?", "Voulez-vous reprendre ?", "C'est bien … ?"."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from voicebot.dialogue.asking import AMONG, ask
from voicebot.dialogue.codec import from_dict
from voicebot.dialogue.commands import correctable, forget, go_back
from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Meaning, Value
from voicebot.dialogue.memory import withdrawn
from voicebot.dialogue.practice import cleared
from voicebot.dialogue.recovery import no_match
from voicebot.dialogue.session import Pending, Session
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import accept, enter, start_topic

#: Questions to which the name of a procedure is an answer ("Vous parlez de l'APL ?" — "Non, du RSA").
ABOUT_TOPIC = frozenset({"topic", "topics", "resume", "switch"})


def decide(turn: Turn, pending: Pending, meaning: Meaning) -> Turn:
    """Act on the answer to `pending`; what does not answer it is asked again, easier each time."""
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
    return start_topic(turn, str(value)) if value in pending.expecting.choices else ask(turn, "retry")


def _switch(turn: Turn, pending: Pending, value: Value) -> Turn:
    return _start(turn, pending) if value == YES else ask(turn)


def _value(turn: Turn, pending: Pending, value: Value) -> Turn:
    return accept(turn, cast(Value, pending.data["value"])) if value == YES else ask(turn, "retry")


def _known(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value == YES:
        return accept(turn, cast(Value, pending.data["value"]))
    return ask(withdrawn(turn, turn.step.slot))


def _resume(turn: Turn, pending: Pending, value: Value) -> Turn:
    if value == NO:
        return enter(turn, turn.flows.question)
    return resume(turn.remark("common.resumed"), from_dict(pending.data["previous"]))


def resume(turn: Turn, before: Session) -> Turn:
    """Go on where the session `before` was broken off."""
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
    "correct": _correct,
    "danger": _danger,
    "forget": _forget,
    "human": _human,
    "known": _known,
    "resume": _resume,
    "switch": _switch,
    "topic": _topic,
    "topics": _topics,
    "value": _value,
}
