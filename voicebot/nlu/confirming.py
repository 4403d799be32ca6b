"""The answer to "J'ai compris : je ne l'ai pas. C'est bien ça ?": a yes, a no, or another value instead."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.meaning import NO, YES, Expecting, Meaning
from voicebot.nlu.entities.answers import YesNo
from voicebot.nlu.entities.found import Found
from voicebot.nlu.reading import value_meaning


def apart(words: str, yes_no: YesNo) -> tuple[str | None, str]:
    """The yes or no with which plain `words` begin, if they do, and what is said besides.

    "Oui" would answer the question itself ("je l'ai"), so it must not be read as an answer to that.
    """
    whole = says(words, yes_no)
    if whole:
        return whole, ""
    rest, agreed = words.split(), None
    while rest and rest[0] in yes_no.words:
        agreed = yes_no.words[rest.pop(0)]
    return agreed, " ".join(rest)


def says(words: str, yes_no: YesNo) -> str | None:
    """The yes or no that the words are, apart from "euh", "ben" and the like, and no more."""
    bare = " ".join(yes_no.fillers.sub(" ", words).split())
    return yes_no.exact.get(words) or yes_no.exact.get(bare)


def in_place_of(told: Meaning | None, expecting: Expecting, agreed: str | None = None) -> Meaning | None:
    """What `told`, an answer to the question itself, says about the value said back; None if it is unsure."""
    if told is None or told.value is None or told.certainty != "sure":
        return value_meaning(Found(agreed)) if agreed else None
    if told.value == expecting.said_back:
        return value_meaning(Found(YES))
    return replace(value_meaning(Found(NO)), instead=told.value)
