"""Danger heard inside what people say: patterns over words and their sounds, with guards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voicebot.dialogue.meaning import Certainty
from voicebot.nlu.normalise import plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import DangerGuards, DangerPatterns, HeardWords

#: Words this short sound like too many others ("tue", "tu"): compared by letters only.
_SHORT = 3
SCAM, WORRY = "arnaque", "worry"
#: Up to four words, none of which denies.
_GAP = r"(?:(?!(?:pas|plus|jamais)=)\S+ ){0,4}"
_DENIED_AFTER = r"(?! (?:pas|plus|jamais)=)"
_DENIED_BEFORE = r"(?<!personne=pErson )(?<!jamais=jamE )(?<!jamais=jamEs )"


@dataclass(frozen=True)
class Dangers:
    """`heard` tells the danger in normalised words and how sure it is."""

    sounds: Sounds
    sure: Mapping[str, re.Pattern[str]]
    unsure: Mapping[str, re.Pattern[str]]
    past: re.Pattern[str]
    unless: re.Pattern[str]

    @classmethod
    def of(cls, sounds: Sounds, dangers: Mapping[str, DangerPatterns], guards: DangerGuards) -> Dangers:
        """Compile the patterns of danger.yaml and danger_guards.yaml."""
        return cls(
            sounds,
            {name: _pattern(each.sure, sounds) for name, each in dangers.items()},
            {name: _pattern(each.unsure, sounds) for name, each in dangers.items() if each.unsure},
            _phrases(guards.past),
            _phrases(guards.unless),
        )

    @classmethod
    def of_one(cls, name: str, sounds: Sounds, words: HeardWords) -> Dangers:
        """Compile scam.yaml or worry.yaml, as one danger called `name`."""
        guards = DangerGuards(past=[], unless=words.unless)
        return cls.of(sounds, {name: DangerPatterns(sure=words.sure)}, guards)

    def heard(self, words: str) -> tuple[str | None, Certainty]:
        """The first danger in the order of the file, the sure ones first."""
        kept = self.unless.sub(" ", words).split()
        # No rule looks beyond the end of a line, and one pass costs less than one for each word.
        sounding = self.sounds("\n".join(kept)).split("\n") if kept else []
        tokens = " ".join(f"{word}={sound}" for word, sound in zip(kept, sounding, strict=True)) + " "
        for name, pattern in self.sure.items():
            if pattern.search(tokens):
                return name, "unsure" if self.past.search(words) else "sure"
        for name, pattern in self.unsure.items():
            if pattern.search(tokens):
                return name, "unsure"
        return None, "none"


def _pattern(patterns: Iterable[str], sounds: Sounds) -> re.Pattern[str]:
    """One regular expression over `word=sound ` tokens."""
    each = (" ".join(_word(word, sounds) for word in pattern.split()) for pattern in patterns)
    gapped = (pattern.replace(f"{_GAP} ", _GAP) for pattern in each)
    joined = "|".join(f"{pattern}{_DENIED_AFTER}" for pattern in gapped)
    return re.compile(rf"(?<!\S){_DENIED_BEFORE}(?:{joined})")


def _word(alternatives: str, sounds: Sounds) -> str:
    if alternatives == "*":
        return _GAP
    return f"(?:{'|'.join(_alternative(word, sounds) for word in alternatives.split('|'))})"


def _alternative(word: str, sounds: Sounds) -> str:
    letters = plain(word)
    if word.endswith("-"):
        return rf"{letters}\S*(?!\S)"
    if len(letters) <= _SHORT:
        return rf"{letters}=\S*"
    return rf"[^ =]*={sounds(letters)}(?!\S)"


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(plain(phrase)) for phrase in phrases) or '(?!)'})\b")
