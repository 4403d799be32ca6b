"""Finds known phrases in plain words by looking up every few words instead of trying every phrase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Phrases:
    """Phrase → its names; `longest` is the number of words in the longest phrase."""

    names: Mapping[str, frozenset[str]]
    longest: int

    @classmethod
    def of(cls, named: Iterable[tuple[str, str]]) -> Phrases:
        """From pairs of phrase and name; a phrase may have several names."""
        names: dict[str, frozenset[str]] = {}
        for phrase, name in named:
            if phrase:
                names[phrase] = names.get(phrase, frozenset()) | {name}
        return cls(names, max((len(phrase.split()) for phrase in names), default=0))

    def found(self, words: str) -> set[str]:
        """The names of the phrases in `words`; of several that begin at the same word, the longest counts."""
        said = words.split()
        return {
            name for start in range(len(said)) for name in self._starting(said[start : start + self.longest])
        }

    def _starting(self, said: list[str]) -> frozenset[str]:
        for size in range(len(said), 0, -1):
            names = self.names.get(" ".join(said[:size]))
            if names:
                return names
        return frozenset()
