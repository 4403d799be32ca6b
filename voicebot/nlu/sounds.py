"""Words → roughly how they sound in French, so that "koman", "comment" and "comman" coincide.

The rules are data (sounds.yaml). The library phonetic-fr was measured first: a quarter of a millisecond per
word, over a second for the vocabulary at load, and the same accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

#: So many words are remembered with their sounds.
_MOST_KNOWN = 20_000


@dataclass(frozen=True)
class Sounds:
    """Rewrites plain words (see normalise.plain), keeping the spaces and line ends between them."""

    rules: tuple[tuple[re.Pattern[str], str], ...]
    known: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, rules: Iterable[tuple[str, str]]) -> Sounds:
        """`rules`: regular expressions and their replacements, applied in this order."""
        return cls(tuple((re.compile(pattern), replacement) for pattern, replacement in rules))

    def of_word(self, word: str) -> str:
        """How one word sounds; the same words are said again and again."""
        sounding = self.known.get(word)
        if sounding is None:
            sounding = self(word)
            if len(self.known) < _MOST_KNOWN:
                self.known[word] = sounding
        return sounding

    def __call__(self, words: str) -> str:
        """How the words sound."""
        for pattern, replacement in self.rules:
            words = pattern.sub(replacement, words)
        return words
