"""Asking a question: its words, its options and their keys, for a step or for a question of our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from voicebot.dialogue.action import Option, Variant
from voicebot.dialogue.documents import LIST, NOTHING
from voicebot.dialogue.flow import OTHER, Step
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.policy import MOST_CHOICES, NUMBER_KINDS
from voicebot.dialogue.session import Pending
from voicebot.dialogue.steps import ChooseStep
from voicebot.dialogue.turn import Turn

#: The kind of question that offers some of a step's choices.
AMONG = "among"
#: The kind of question that offers topics by key, a few at a time.
MORE_TOPICS = "more_topics"
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
    """Ask the open question, worded as `variant`, and wait for the answer."""
    question = current_question(turn)
    if variant == "help":
        turn = turn.remark("common.help")
    options = _options(turn, question, variant)
    turn = turn.say(question.prompt, variant, question.slots, options, "question")
    by_key = turn.session.channel == "keypad" or (variant == "keys" and not turn.style.at_once)
    if question.expecting.kind in NUMBER_KINDS and by_key:
        turn = turn.say(f"common.keys_{question.expecting.kind}", role="keys")
    if question.expecting.kind == "intent" and by_key and not turn.style.at_once:
        turn = turn.say("common.keys_intent", role="keys")
    return turn.listen()


def more_topics(turn: Turn) -> Turn:
    """Offer the next few topics that the open question leaves out; after the last, the question again."""
    question = turn.flows.step(turn.flows.question)
    topics = question.unlisted if isinstance(question, ChooseStep) else ()
    pending = turn.session.pending
    told = int(str(pending.data["told"])) if pending and pending.kind == MORE_TOPICS else 0
    group = topics[told : told + MOST_CHOICES]
    if not group:
        return ask(turn.change(pending=None))
    labels = tuple(f"topics.{topic}" for topic in group)
    shown = {"told": told + len(group)}
    return offer_choice(turn, MORE_TOPICS, "common.more_topics", Expecting("intent", group), labels, shown)


def explain(turn: Turn) -> Turn:
    """Say why the open question is asked, then the question again, shorter."""
    question = current_question(turn)
    if turn.session.pending:
        return ask(turn, "retry")
    return ask(turn.say(question.prompt, "help", question.slots, role="remark"), "retry")


def current_question(turn: Turn) -> Question:
    """Our own question if one is pending, else the step's."""
    pending = turn.session.pending
    if pending:
        return Question(pending.prompt, pending.expecting, pending.labels, pending.slots)
    step, expecting = turn.step, turn.step.expecting()
    labels = tuple(_label(step, value) for value in expecting.answers)
    return Question(step.prompt, expecting, labels, {}, _is_brief(step))


def _is_brief(step: Step) -> bool:
    """Whether the choices are not read out: few and told in the question, or more can be said than fit."""
    return isinstance(step, ChooseStep) and (step.brief or bool(step.unlisted))


def named(step: Step, value: Value) -> dict[str, Value]:
    """An answer to `step`, and its question, as slots: closed answers and questions by their label keys."""
    said = _label(step, value) if isinstance(value, str) and value in step.expecting().answers else value
    return {"value": said, "question": step.question_name}


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


def offer_choice(
    turn: Turn,
    kind: str,
    prompt: str,
    expecting: Expecting,
    labels: tuple[str, ...],
    data: Mapping[str, object] | None = None,
) -> Turn:
    """Ask the person to pick one of a few, each named by a prompt key."""
    return ask(_with(turn, Pending(kind, prompt, expecting, labels, data=data or {})))


def offer_among(turn: Turn, step: ChooseStep) -> Turn:
    """Ask the person to pick one of the choices of `step` that its slot lists; all if it lists none."""
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
    return f"common.{OTHER}" if value == OTHER else f"{step.choice_names}.{value}"


def _options(turn: Turn, question: Question, variant: Variant) -> tuple[Option, ...]:
    """Options are read out if the choice is the question, otherwise only to people who need the keys."""
    expecting = question.expecting
    channel = turn.session.channel
    by_key = channel == "keypad" or variant == "keys" or expecting.sensitive
    shown = {
        "choice": not question.brief or by_key or channel == "sms" or variant == "retry",
        "intent": by_key or variant == "retry" or turn.session.pending is not None,
        "yes_no": by_key or channel == "sms",
        "more": by_key or channel == "sms",
        "papers": True,
    }
    if not shown.get(expecting.kind, False):
        return ()
    answers = zip(expecting.keyed, question.labels, strict=False)
    options = tuple(Option(value, str(key), label) for key, (value, label) in enumerate(answers, start=1))
    none = (Option(NOTHING, "0", f"{LIST}.{NOTHING}"),) if expecting.kind == "papers" else ()
    return options + none
