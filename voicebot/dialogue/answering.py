"""What an understood answer does: fills a slot, starts a procedure, or asks to make sure."""

from __future__ import annotations

from voicebot.dialogue.asking import named, offer, offer_choice
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning, Value
from voicebot.dialogue.policy import READ_BACK, close_candidates
from voicebot.dialogue.recovery import no_match
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import accept, start_topic


def answer(turn: Turn, meaning: Meaning) -> Turn:
    """Act on a meaning that is neither a command nor a danger."""
    if meaning.certainty == "none":
        return no_match(turn)
    if meaning.value is not None:
        return _value(turn, meaning.value, meaning)
    if meaning.intent != NO_INTENT:
        return _topic(turn, meaning)
    return no_match(turn)


def _value(turn: Turn, value: Value, meaning: Meaning) -> Turn:
    kind = turn.step.expecting().kind
    typed = not meaning.text
    if meaning.certainty == "sure" and (kind not in READ_BACK or typed):
        return accept(turn, value)
    if kind in ("yes_no", "more"):
        return accept(turn, value)
    return offer(turn, "value", f"common.value_{kind}", named(turn.step, value), {"value": value})


def _topic(turn: Turn, meaning: Meaning) -> Turn:
    if turn.step.expecting().kind != "intent":
        return _switch(turn, meaning)
    if meaning.certainty == "sure":
        return start_topic(turn, meaning.intent, meaning.ahead)
    close = close_candidates(meaning)
    if close:
        labels = tuple(f"topics.{topic}" for topic in close)
        return offer_choice(turn, "topics", "common.topic_choice", Expecting("intent", close), labels)
    named: dict[str, Value] = {"topic": meaning.intent}
    return offer(turn, "topic", "common.topic_confirm", named, {**named, "ahead": meaning.ahead})


def _switch(turn: Turn, meaning: Meaning) -> Turn:
    """Another procedure was named in the middle of one: ask before leaving what was begun."""
    if meaning.certainty != "sure" or meaning.intent == turn.session.topic:
        return no_match(turn)
    named: dict[str, Value] = {"topic": meaning.intent}
    return offer(turn, "switch", "common.switch_confirm", named, {**named, "ahead": meaning.ahead})
