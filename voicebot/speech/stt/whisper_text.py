"""Whisper's words: what it is told beforehand, and which of its answers cannot be true. Pure."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

_MOST_PROMPT_LETTERS = 240
_MOST_COMPRESSION = 2.4
_ANSWER = re.compile(r"\w")
_STUCK_LETTER = re.compile(r"(\w)\1{5,}", re.IGNORECASE)
_STUCK_WORDS = re.compile(r"\b(\w+(?:\W+\w+){0,3})(?:\W+\1\b){3,}", re.IGNORECASE)
_DIGITS_ONLY = re.compile(r"[\d\W]+")


@dataclass(frozen=True)
class Decoded:
    """One answer of the model: `log_prob` is the mean over its `tokens`, `no_speech` a probability."""

    text: str
    log_prob: float
    no_speech: float
    tokens: int = 1

    @property
    def total(self) -> float:
        """The natural logarithm of the probability of the whole text."""
        return self.log_prob * (self.tokens + 1)

    @property
    def confidence(self) -> float:
        """0 to 1: the geometric mean of the tokens' probabilities, lower if nobody spoke."""
        return min(1.0, exp(self.log_prob)) * (1.0 - self.no_speech)

    @property
    def made_up(self) -> bool:
        """True for what Whisper makes of noise and music, or when there is no word at all.

        Measured by telephone: made-up sentences have a mean below -1.1 with no_speech from 0.45; real single
        words go down to -1.4, but with no_speech under 0.3.
        """
        return (self.log_prob < -1.1 and self.no_speech > 0.4) or not _ANSWER.search(self.text)

    @property
    def loops(self) -> bool:
        """True if it repeats itself endlessly, as it does when it does not know how to continue."""
        data = self.text.encode()
        if len(data) / len(zlib.compress(data)) > _MOST_COMPRESSION or _STUCK_LETTER.search(self.text):
            return True
        # In a number, the same digit may well occur four times.
        return not _DIGITS_ONLY.fullmatch(self.text) and bool(_STUCK_WORDS.search(self.text))


def prompt(phrases: Sequence[str]) -> str:
    """The start of `phrases` as one sentence; Whisper then prefers these words and their spelling."""
    told = ""
    for phrase in phrases:
        longer = f"{told}, {phrase}" if told else phrase
        if len(longer) > _MOST_PROMPT_LETTERS:
            break
        told = longer
    return f"{told}." if told else ""


def answer(phrase: str) -> str:
    """`phrase` as Whisper would write it if nothing else was said."""
    return f" {phrase[:1].upper()}{phrase[1:]}."


def same(one: str, other: str) -> bool:
    """True if both are the same words, regardless of case and punctuation."""
    return _bare(one) == _bare(other)


def repeats(text: str, phrases: Sequence[str]) -> str:
    """Which of `phrases` is said over and over ("oui, oui, oui, oui"), "" if none is."""
    words = _bare(text)
    for phrase in phrases:
        said = _bare(phrase)
        if said and len(words) > len(said) and not words.replace(said, "").strip():
            return phrase
    return ""


def most_tokens(seconds: float) -> int:
    """How many tokens can be said in `seconds`: fast speech has about 6 per second, digits more."""
    return min(200, 24 + int(8 * seconds))


def _bare(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
