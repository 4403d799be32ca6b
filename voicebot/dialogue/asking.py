"""Putting a question: its words, its options and their keys, for a step or for a question of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.action import Option, Variant
from voicebot.dialogue.flow import OTHER, Step
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.policy import NUMBER_KINDS
from voicebot.dialogue.session import Pending
from voicebot.dialogue.turn import Turn

#: The kind of question that offers some of a step's choices.
AMONG = "among"
_FIXED_LABELS = {"yes_no": ("common.oui", "common.non"), "more": ("common.suite",)}


@dataclass(frozen=True)
class Question:
    """A prompt, what it can be answered with, and the prompt keys naming the answers."""

    prompt: str
    expecting: Expecting
    labels: tuple[str, ...]
    slots: Mapping[str, Value]
    brief: bool = False


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
    step, expecting = turn.step, turn.step.expecting()
    labels = tuple(_label(step, value) for value in expecting.answers)
    return Question(step.prompt, expecting, labels, {}, step.brief)


def named(step: Step, value: Value) -> dict[str, Value]:
    """An answer to `step` and its question as slots: closed answers and questions by their label keys."""
    said = _label(step, value) if step.expecting().closed and isinstance(value, str) else value
    return {"value": said, "question": step.title or step.prompt}


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


def offer_among(turn: Turn, step: Step) -> Turn:
    """Ask the person to pick one of those choices of `step` that its slot lists; all when it lists none."""
    listed = str(turn.session.slots.get(step.among or "", "")).split(",")
    choices = tuple(choice for choice in listed if choice in step.choices) or step.choices
    labels = tuple(_label(step, choice) for choice in choices)
    return offer_choice(turn, AMONG, step.prompt, Expecting("choice", choices, step.sensitive), labels)


def _with(turn: Turn, pending: Pending) -> Turn:
    return turn.change(pending=pending, no_match=0, no_input=0)


def _label(step: Step, value: Value) -> str:
    """The prompt key that names the answer `value` of `step`."""
    expecting = step.expecting()
    if expecting.kind in _FIXED_LABELS:
        return _FIXED_LABELS[expecting.kind][expecting.answers.index(str(value))]
    if expecting.kind == "intent":
        return f"topics.{value}"
    return f"common.{OTHER}" if value == OTHER else f"{step.options or step.prompt}.{value}"


def _options(turn: Turn, question: Question, variant: Variant) -> tuple[Option, ...]:
    """Options are read out where the choice is the question; elsewhere only to who needs the keys."""
    expecting = question.expecting
    channel = turn.session.channel
    by_key = channel == "keypad" or variant == "keys" or expecting.sensitive
    shown = {
        "choice": not question.brief or by_key or channel == "sms" or variant == "retry",
        "intent": by_key or variant == "retry" or turn.session.pending is not None,
        "yes_no": by_key or channel == "sms",
        "more": by_key or channel == "sms",
    }
    if not shown.get(expecting.kind, False):
        return ()
    answers = zip(expecting.answers, question.labels, strict=False)
    return tuple(Option(value, str(key), label) for key, (value, label) in enumerate(answers, start=1))
