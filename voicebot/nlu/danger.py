"""Danger heard in what people say: patterns over words and their sounds, with guards."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voicebot.dialogue.meaning import Certainty
from voicebot.nlu.normalise import plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import DangerGuards, DangerPatterns, HeardWords

#: Letters. Shorter words sound like too many others ("tue", "tu") and are compared by letters only.
_SHORT = 3
SCAM, WORRY, HUNGER = "arnaque", "worry", "faim"
#: An alternative that is no word: the others may be missing. Regular expressions write it alike.
_NONE = "?"
#: Up to four words, none of which is a negation.
_GAP = r"(?:(?!(?:pas|plus|jamais)=)\S+ ){0,4}"
_DENIED_AFTER = r"(?!(?:pas|plus|jamais)=)"
_DENIED_BEFORE = r"(?<!personne=pErson )(?<!jamais=jamE )(?<!jamais=jamEs )"


#: Words that mean the same here, by name.
Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Cues:
    """Words without which no pattern fits, one of each pattern: most sentences hold none of them."""

    letters: frozenset[str]
    sounds: frozenset[str]
    beginnings: tuple[str, ...]

    @classmethod
    def of(cls, patterns: Iterable[str], sounds: Sounds, groups: Groups) -> Cues:
        """Of each pattern the word that may be said in the fewest ways."""
        cues = {word for pattern in patterns for word in _rarest(pattern, groups)}
        begun = {word for word in cues if word.endswith("-")}
        spelt = {word for word in cues - begun if len(plain(word)) <= _SHORT or word.endswith("!")}
        return cls(
            frozenset(map(plain, spelt)),
            frozenset(sounds(plain(word)) for word in cues - begun - spelt),
            tuple(map(plain, begun)),
        )

    def among(self, heard: Iterable[tuple[str, str]]) -> bool:
        """Whether one of them is among the words and their sounds."""
        return any(
            sound in self.sounds or word in self.letters or word.startswith(self.beginnings)
            for word, sound in heard
        )


@dataclass(frozen=True)
class Dangers:
    """`heard` returns the danger in normalised words and how certain it is."""

    sounds: Sounds
    cues: Cues
    sure: Mapping[str, re.Pattern[str]]
    unsure: Mapping[str, re.Pattern[str]]
    past: re.Pattern[str]
    unless: re.Pattern[str]
    fiction: re.Pattern[str]

    @classmethod
    def of(cls, sounds: Sounds, dangers: Mapping[str, DangerPatterns], guards: DangerGuards) -> Dangers:
        """Compile the patterns of danger.yaml and danger_guards.yaml."""
        every = [each for one in dangers.values() for each in (*one.sure, *one.unsure)]
        return cls(
            sounds,
            Cues.of(every, sounds, guards.groups),
            {name: _pattern(each.sure, sounds, guards.groups) for name, each in dangers.items()},
            {
                name: _pattern(each.unsure, sounds, guards.groups)
                for name, each in dangers.items()
                if each.unsure
            },
            _phrases(guards.past),
            _phrases(guards.unless),
            _phrases(guards.fiction),
        )

    @classmethod
    def of_one(cls, name: str, sounds: Sounds, words: HeardWords) -> Dangers:
        """Compile scam.yaml, hunger.yaml or worry.yaml, as one danger called `name`."""
        guards = DangerGuards(past=[], unless=words.unless)
        return cls.of(sounds, {name: DangerPatterns(sure=words.sure)}, guards)

    def heard(self, words: str) -> tuple[str | None, Certainty]:
        """The first danger in the order of the file, the sure ones first; none in a story.

        What looks alike is taken out only where something was found: most sentences hold nothing.
        """
        if self._first(words)[0] is None or self.fiction.search(words):
            return None, "none"
        name, certainty = self._first(self.unless.sub(" ", words))
        return name, "unsure" if certainty == "sure" and self.past.search(words) else certainty

    def _first(self, words: str) -> tuple[str | None, Certainty]:
        heard = [(word, self.sounds.of_word(word)) for word in words.split()]
        if not self.cues.among(heard):
            return None, "none"
        tokens = " ".join(f"{word}={sound}" for word, sound in heard) + " "
        found = next((name for name, pattern in self.sure.items() if pattern.search(tokens)), None)
        if found:
            return found, "sure"
        found = next((name for name, pattern in self.unsure.items() if pattern.search(tokens)), None)
        return found, "unsure" if found else "none"


def _pattern(patterns: Iterable[str], sounds: Sounds, groups: Groups) -> re.Pattern[str]:
    """One regular expression over `word=sound ` tokens."""
    each = ("".join(_word(word, sounds, groups) for word in pattern.split()) for pattern in patterns)
    joined = "|".join(f"{pattern}{_DENIED_AFTER}" for pattern in each)
    return re.compile(rf"(?<!\S){_DENIED_BEFORE}(?:{joined})")


def _word(alternatives: str, sounds: Sounds, groups: Groups) -> str:
    if alternatives == "*":
        return _GAP
    words = _named(alternatives, groups)
    one = "|".join(dict.fromkeys(_alternative(word, sounds) for word in words if word != _NONE))
    return rf"(?:(?:{one}) ){_NONE if _NONE in words else ''}"


def _named(alternatives: str, groups: Groups) -> list[str]:
    named = alternatives.split("|")
    return [word for name in named for word in (groups[name[1:]] if name[0] == "$" else [name])]


def _rarest(pattern: str, groups: Groups) -> list[str]:
    """The words of the part of `pattern` that must be said and has the fewest."""
    parts = [_named(part, groups) for part in pattern.split() if part != "*"]
    return min((part for part in parts if _NONE not in part), key=len)


def _alternative(word: str, sounds: Sounds) -> str:
    letters = plain(word)
    if word.endswith("-"):
        return rf"{letters}\S*(?!\S)"
    if len(letters) <= _SHORT or word.endswith("!"):
        return rf"{letters}=\S*"
    return rf"[^ =]*={sounds(letters)}(?!\S)"


def _phrases(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(re.escape(plain(phrase)) for phrase in phrases) or '(?!)'})\b")
