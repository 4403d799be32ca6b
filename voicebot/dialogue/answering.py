"""What an understood answer does: fill a slot, start a procedure, or ask for confirmation."""

from __future__ import annotations

from voicebot.dialogue.asking import named, offer, offer_choice
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning, Value
from voicebot.dialogue.needs import left
from voicebot.dialogue.policy import READ_BACK, close_candidates, is_plausible
from voicebot.dialogue.recovery import no_match
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import accept, start_topic


def answer(turn: Turn, meaning: Meaning) -> Turn:
    """Act on a meaning that is neither a command nor a danger."""
    if meaning.certainty == "none":
        return no_match(turn)
    if meaning.value is not None:
        return take(turn, meaning.value, meaning)
    if meaning.intent != NO_INTENT:
        return _topic(turn, meaning)
    return no_match(turn)


def take(turn: Turn, value: Value, meaning: Meaning) -> Turn:
    """Take a sure `value` as the answer; say back what is unsure, implausible, or stored, sent or dialled."""
    kind = turn.step.expecting().kind
    typed = not meaning.text
    sure = meaning.certainty == "sure" and is_plausible(kind, value)
    well_known = kind not in READ_BACK or not turn.style.reads_back or typed
    if kind == "more" or (sure and well_known):
        return accept(turn, value)
    return read_back(turn, value, meaning.second)


def read_back(turn: Turn, value: Value, second: Value | None = None) -> Turn:
    """Ask whether `value` is right; `second` is asked about once it is not."""
    kind = turn.step.expecting().kind
    heard: dict[str, object] = {"value": value} if second is None else {"value": value, "second": second}
    # An offer has no name of its own, so a yes or no to it is said back without one.
    prompt = "common.value_reply" if kind == "yes_no" and not turn.step.slot else f"common.value_{kind}"
    return offer(turn, "value", prompt, named(turn.step, value), heard)


def _topic(turn: Turn, meaning: Meaning) -> Turn:
    if turn.step.expecting().kind != "intent":
        return _switch(turn, meaning)
    if meaning.certainty == "sure":
        return start_topic(turn, meaning.intent, meaning.ahead)
    close = close_candidates(meaning)
    if close:
        labels = tuple(f"topics.{topic}" for topic in close)
        prompt = "common.topic_both" if meaning.both else "common.topic_choice"
        data = {"both": True} if meaning.both else {}
        return offer_choice(turn, "topics", prompt, Expecting("intent", close), labels, data)
    named: dict[str, Value] = {"topic": meaning.intent}
    return offer(turn, "topic", "common.topic_confirm", named, {**named, "ahead": meaning.ahead})


def _switch(turn: Turn, meaning: Meaning) -> Turn:
    """Another procedure was named in the middle of one: ask before leaving the current one."""
    if meaning.certainty != "sure" or meaning.intent == turn.session.topic:
        return no_match(turn)
    if meaning.requested:
        return start_topic(left(turn, meaning.intent), meaning.intent, meaning.ahead)
    named: dict[str, Value] = {"topic": meaning.intent}
    return offer(turn, "switch", "common.switch_confirm", named, {**named, "ahead": meaning.ahead})
