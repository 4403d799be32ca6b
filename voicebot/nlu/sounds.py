"""Words → how they sound in French, roughly, so that "koman", "comment" and "comman" meet.

The rules are data (sounds.yaml). The library phonetic-fr was measured first: a quarter of a millisecond a
word, over a second for the vocabulary at load, and the same accuracy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Sounds:
    """Rewrites plain words (see normalise.plain), keeping the spaces and line ends between them."""

    rules: tuple[tuple[re.Pattern[str], str], ...]

    @classmethod
    def of(cls, rules: Iterable[tuple[str, str]]) -> Sounds:
        """`rules`: regular expressions and what replaces them, applied in this order."""
        return cls(tuple((re.compile(pattern), replacement) for pattern, replacement in rules))

    def __call__(self, words: str) -> str:
        """How the words sound."""
        for pattern, replacement in self.rules:
            words = pattern.sub(replacement, words)
        return words
