"""Putting a question: its words, its options and their keys, for a step or for a question of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.action import Option, Variant
from voicebot.dialogue.flow import OTHER
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.dialogue.session import Pending
from voicebot.dialogue.turn import Turn

_FIXED_LABELS = {"yes_no": ("common.oui", "common.non"), "more": ("common.suite",)}


@dataclass(frozen=True)
class Question:
    """A prompt, what it can be answered with, and the prompt keys naming the answers."""

    prompt: str
    expecting: Expecting
    labels: tuple[str, ...]
    slots: Mapping[str, Value]


def ask(turn: Turn, variant: Variant = "ask") -> Turn:
    """Put the question that is open, worded as `variant`, and wait for the answer."""
    question = current_question(turn)
    if variant == "help":
        turn = turn.remark("common.help")
    turn = turn.say(question.prompt, variant, question.slots, _options(turn, question, variant))
    if question.expecting.kind in NUMBER_KINDS and (variant == "keys" or turn.session.channel == "keypad"):
        turn = turn.say(f"common.keys_{question.expecting.kind}")
    return turn.listen()


def current_question(turn: Turn) -> Question:
    """Our own question when one is pending, else the step's."""
    pending = turn.session.pending
    if pending:
        return Question(pending.prompt, pending.expecting, pending.labels, pending.slots)
    step, place = turn.step, turn.session.place
    flow = place.flow if place else turn.flows.question.flow
    return Question(step.prompt, step.expecting(), _labels(step.expecting(), f"{flow}.{step.name}"), {})


def offer(
    turn: Turn,
    kind: str,
    prompt: str,
    slots: Mapping[str, Value] | None = None,
    data: Mapping[str, object] | None = None,
) -> Turn:
    """Ask a yes/no question of our own before the step goes on."""
    labels = _FIXED_LABELS["yes_no"]
    pending = Pending(kind, prompt, Expecting("yes_no"), labels, slots or {}, data or {})
    return ask(_with(turn, pending))


def offer_choice(turn: Turn, kind: str, prompt: str, expecting: Expecting, labels: tuple[str, ...]) -> Turn:
    """Ask the person to pick one of a few, each named by a prompt key."""
    return ask(_with(turn, Pending(kind, prompt, expecting, labels)))


def _with(turn: Turn, pending: Pending) -> Turn:
    return turn.change(pending=pending, no_match=0, no_input=0)


def _labels(expecting: Expecting, prefix: str) -> tuple[str, ...]:
    if expecting.kind in _FIXED_LABELS:
        return _FIXED_LABELS[expecting.kind]
    if expecting.kind == "intent":
        return tuple(f"topics.{topic}" for topic in expecting.choices)
    return tuple(f"common.{OTHER}" if value == OTHER else f"{prefix}.{value}" for value in expecting.choices)


def _options(turn: Turn, question: Question, variant: Variant) -> tuple[Option, ...]:
    """Options are read out where the choice is the question; elsewhere only to who needs the keys."""
    expecting = question.expecting
    channel = turn.session.channel
    by_key = channel == "keypad" or variant == "keys" or expecting.sensitive
    shown = {
        "choice": True,
        "intent": by_key or variant == "retry" or turn.session.pending is not None,
        "yes_no": by_key or channel == "sms",
        "more": by_key or channel == "sms",
    }
    if not shown.get(expecting.kind, False):
        return ()
    answers = zip(expecting.answers, question.labels, strict=False)
    return tuple(Option(value, str(key), label) for key, (value, label) in enumerate(answers, start=1))
