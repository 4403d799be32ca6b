"""Answers to closed questions: yes or no, and one of a few choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from voicebot.dialogue.meaning import NO, YES
from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.normalise import plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import YesNoWords

#: Words. Longer answers that contain a yes or a no may be about something else.
_SHORT_ANSWER = 8
#: Similarity of sounds, 0 to 100, above which a whole answer counts as a choice, and as a certain one.
_LIKE, _SAME = 78, 92


@dataclass(frozen=True)
class YesNo:
    """Yes and no in their everyday forms."""

    fillers: re.Pattern[str]
    exact: Mapping[str, str]
    words: Mapping[str, str]
    inside: Mapping[str, re.Pattern[str]]
    neither: re.Pattern[str]

    @classmethod
    def of(cls, words: YesNoWords) -> YesNo:
        """Compile yes_no.yaml."""
        return cls(
            phrases(words.fillers),
            {
                plain(phrase): answer
                for answer in (YES, NO)
                for phrase in (*words.exact[answer], *words.words[answer])
            },
            {plain(word): answer for answer in (YES, NO) for word in words.words[answer]},
            {answer: phrases(words.inside[answer]) for answer in (NO, YES)},
            phrases(words.neither),
        )

    def __call__(self, words: str) -> Found | None:
        """ "yes", "no", or None if it is neither."""
        bare = " ".join(self.fillers.sub(" ", words).split())
        whole = self.exact.get(words) or self.exact.get(bare)
        if whole:
            return Found(whole)
        if self.neither.search(words):
            return None
        short = len(words.split()) <= _SHORT_ANSWER
        said = [self.words[word] for word in words.split() if word in self.words]
        if said and len(set(said)) == 1:
            return Found(said[0], sure_if(short))
        for answer, pattern in self.inside.items():
            if pattern.search(words):
                return Found(answer, sure_if(short))
        return Found(said[-1], "unsure") if said else None


@dataclass(frozen=True)
class Choices:
    """The phrases of choice values."""

    said: Mapping[str, tuple[str, ...]]
    ordinals: Sequence[re.Pattern[str]]
    yes_no: YesNo
    sounds: Sounds

    @classmethod
    def of(
        cls,
        choices: Mapping[str, Sequence[str]],
        ordinals: Iterable[Sequence[str]],
        yes_no: YesNo,
        sounds: Sounds,
    ) -> Choices:
        """From choices/ and the ordinals of numbers.yaml."""
        said = {value: tuple(map(plain, spoken)) for value, spoken in choices.items()}
        return cls(said, [phrases(each) for each in ordinals], yes_no, sounds)

    def phrases(self, value: str) -> tuple[str, ...]:
        """What people say for a choice; its own name if nothing is listed."""
        return self.said.get(value) or (plain(value.replace("_", " ")),)

    def one_of(self, words: str, values: Sequence[str]) -> Found | None:
        """Which of `values` is meant: said in full, within other words, by its position, or approximately."""
        bare = " ".join(self.yes_no.fillers.sub(" ", words).split()) or words
        return (
            self.whole(words, values)
            or self._inside(words, values)
            or self.nth(words, values)
            or self.nearly(bare, values)
        )

    def whole(self, words: str, values: Sequence[str]) -> Found | None:
        """Which of `values` the words are, apart from politeness."""
        bare = " ".join(self.yes_no.fillers.sub(" ", words).split())
        for value in values:
            if words in self.phrases(value) or bare in self.phrases(value):
                return Found(value)
        if {"oui", "non"} & set(values):
            answer = self.yes_no(words)
            spoken = {YES: "oui", NO: "non"}.get(str(answer.value)) if answer else None
            return Found(spoken, answer.certainty) if answer and spoken and spoken in values else None
        return None

    def inside(self, words: str, values: Sequence[str]) -> dict[str, str]:
        """The longest phrase of each of `values` found in the words, for those that have one."""
        said = {value: [p for p in self.phrases(value) if _says(words, p)] for value in values}
        return {value: max(phrases, key=len) for value, phrases in said.items() if phrases}

    def _inside(self, words: str, values: Sequence[str]) -> Found | None:
        found = {value: len(phrase) for value, phrase in self.inside(words, values).items()}
        ranked = sorted(found, key=lambda value: -found[value])
        if not ranked:
            return None
        clear = len(ranked) == 1 or found[ranked[0]] > found[ranked[1]]
        return Found(ranked[0], sure_if(clear and len(words.split()) <= _SHORT_ANSWER)) if clear else None

    def nth(self, words: str, values: Sequence[str]) -> Found | None:
        """Chosen by its number or position in the list."""
        bare = words.split()
        for place, value in enumerate(values, start=1):
            if bare == [str(place)] or (
                place <= len(self.ordinals) and self.ordinals[place - 1].search(words)
            ):
                return Found(value, sure_if(len(bare) <= _SHORT_ANSWER))
        return None

    def nearly(self, words: str, values: Sequence[str]) -> Found | None:
        """Which of `values` sounds much like the words."""
        by_sound = {self.sounds(phrase): value for value in values for phrase in self.phrases(value)}
        best = process.extractOne(self.sounds(words), list(by_sound), scorer=fuzz.ratio, score_cutoff=_LIKE)
        return Found(by_sound[best[0]], sure_if(best[1] >= _SAME)) if best else None


def phrases(spoken: Iterable[str]) -> re.Pattern[str]:
    """A pattern for any of these phrases as whole words."""
    longest_first = sorted(map(plain, spoken), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})\b")


def _says(words: str, phrase: str) -> bool:
    """Whether the phrase is said, and not directly after "pas"."""
    padded = f" {words} "
    return f" {phrase} " in padded and f" pas {phrase} " not in padded
