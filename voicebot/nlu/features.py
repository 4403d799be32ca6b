"""What a sentence is recognised by: pieces of its words as they sound, pairs of words, and keywords."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicebot.nlu.sounds import Sounds

#: Pieces of 3 and 4 sounds, also across words; longer or shorter ones changed nothing measurable.
_PIECES = (3, 4)
#: A keyword counts as much as this many pieces: without it, needs in the middle of long sentences drown.
_KEYWORD_COUNT = 3


@dataclass(frozen=True)
class Features:
    """Counts the features of normalised words."""

    sounds: Sounds
    keywords: re.Pattern[str]
    intents: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, sounds: Sounds, keywords: Mapping[str, Sequence[str]]) -> Features:
        """`keywords`: intent → normalised phrases that name it."""
        intents: dict[str, tuple[str, ...]] = {}
        for intent, phrases in keywords.items():
            for phrase in filter(None, phrases):
                intents[phrase] = (*intents.get(phrase, ()), intent)
        longest_first = sorted(intents, key=len, reverse=True)
        pattern = rf"\b(?=({'|'.join(map(re.escape, longest_first)) or '(?!)'})\b)"
        return cls(sounds, re.compile(pattern), intents)

    def __call__(self, words: str) -> Counter[str]:
        """The features of normalised words and how often each occurs."""
        return self.count(words, self.sounds(words))

    def count(self, words: str, sounding: str) -> Counter[str]:
        """As calling, for words whose sounds are already known."""
        padded = f" {sounding} "
        counts = Counter(padded[i : i + size] for size in _PIECES for i in range(len(padded) - size + 1))
        heard = sounding.split()
        counts.update(f"={word}" for word in heard)
        counts.update(f"{a}+{b}" for a, b in zip(["<", *heard], [*heard, ">"], strict=True))
        counts.update(f"{a}_{b}" for a, b in zip(heard, heard[2:], strict=False))
        for intent in self.named(words):
            counts[f"#{intent}"] = _KEYWORD_COUNT
        return counts

    def named(self, words: str) -> set[str]:
        """The intents one of whose keywords is said."""
        found = (match[1] for match in self.keywords.finditer(words))
        return {intent for phrase in found for intent in self.intents[phrase]}
