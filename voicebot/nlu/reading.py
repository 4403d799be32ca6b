"""What one utterance may mean according to every reader, and how the readings are compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from voicebot.dialogue.documents import WHAT
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.nlu.entities.found import Found

#: The score of an answer that is asked back.
ASKED_BACK: Final = 0.2
#: The score of an answer that no wording says, but words and meaning resemble.
SETTLED: Final = 0.8
#: How much a reading counts. Nothing outranks a literal command, another language, danger or a scam.
CERTAIN: Final = 1.0
ANSWER: Final = 0.9
TERM_ASKED: Final = 0.95
ECHO: Final = 0.86
SERVICE_ASKED: Final = 0.84
#: A danger that may be none, and is not of those spoken of in hints: a plain answer counts before it.
DOUBTED_DANGER: Final = 0.83
#: A danger of which only the meaning tells: small talk and a request for a person count less.
MEANT_DANGER: Final = 0.82
REASON_ASKED: Final = 0.8
SMALL_TALK: Final = 0.75
PERSON: Final = 0.72
REQUEST: Final = 0.7
LIKELY_ANSWER: Final = 0.6
NEED: Final = 0.58
SETTLED_ANSWER: Final = 0.57
QUESTION: Final = 0.55
ANSWER_IN_A_QUESTION: Final = 0.5
OTHER: Final = 0.3


@dataclass(frozen=True)
class Reading:
    """A meaning and its weight, 0 to 1: the fewer words it leaves unexplained, the higher."""

    meaning: Meaning
    counts: float


def best(readings: Iterable[Reading]) -> Meaning:
    """The meaning that counts most; the first of equals. A certain one ends the search."""
    chosen: Reading | None = None
    for reading in readings:
        if chosen is None or reading.counts > chosen.counts:
            chosen = reading
        if chosen.counts >= CERTAIN:
            break
    return chosen.meaning if chosen else Meaning("")


def counting(meaning: Meaning | None, counts: float) -> Iterator[Reading]:
    """The reading of `meaning`, if there is one."""
    if meaning is not None:
        yield Reading(meaning, counts)


def aside(said: str | None, counts: float) -> Iterator[Reading]:
    """The reading of an aside, if there is one."""
    if said:
        yield Reading(Meaning("", certainty="sure", aside=said), counts)


def explained(said: str, expecting: Expecting, counts: float) -> Iterator[Reading]:
    """A paper is explained by its own answer, any other question by its help."""
    paper = WHAT in expecting.choices
    yield Reading(value_meaning(Found(WHAT)) if paper else Meaning("", certainty="sure", aside=said), counts)


def value_meaning(found: Found) -> Meaning:
    """The meaning of a value."""
    score = ASKED_BACK if found.certainty != "sure" else SETTLED if found.settled else 1.0
    return Meaning("", score=score, certainty=found.certainty, value=found.value)
