"""Which of several listed papers somebody has: "1 3", "tout sauf le RIB", "rien", "c'est quoi le 2 ?"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicebot.dialogue.documents import NOTHING, WHAT
from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.entities.found import Found
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import PaperWords

_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Papers:
    """The words of papers.yaml."""

    all: frozenset[str]
    none: frozenset[str]
    lacking: re.Pattern[str]
    having: re.Pattern[str]
    what: re.Pattern[str]
    names: Mapping[str, re.Pattern[str]]
    fillers: re.Pattern[str]

    @classmethod
    def of(cls, words: PaperWords, fillers: Sequence[str]) -> Papers:
        """Compile papers.yaml; `fillers` are words that say nothing."""
        return cls(
            frozenset(map(plain, words.all)),
            frozenset(map(plain, words.none)),
            phrases(words.lacking),
            phrases(words.having),
            phrases(words.what),
            {document: phrases(names) for document, names in words.names.items()},
            phrases(fillers),
        )

    def held(self, words: str, listed: Sequence[str]) -> Found | None:
        """The papers somebody has, or the one they ask about, as `documents.told` and `explained` read them.

        None if the words are about none of them.
        """
        bare = " ".join(self.fillers.sub(" ", words).split()) or words
        if bare in self.none or words in self.none or bare == "0":
            return Found(NOTHING)
        if bare in self.all or words in self.all:
            return Found(",".join(listed))
        named = self._named(words, listed)
        asked = self.what.search(words)
        if asked:
            about = next((document for at, document in named), None)
            return Found(f"{WHAT},{about}") if about else None
        if not named and self._says_all(words) and not self.lacking.search(words):
            return Found(",".join(listed))
        return self._told(words, named, listed) if named else None

    def _told(self, words: str, named: Sequence[tuple[int, str]], listed: Sequence[str]) -> Found:
        """Those named behind "sauf" or "pas" are lacking; if nothing else was said, the others are there."""
        lacks = {document for at, document in named if self._is_lacking(words[:at])}
        has = {document for at, document in named} - lacks
        if has and not self._says_all(words):
            return Found(_joined(has, listed))
        rest = set(listed) - lacks
        return Found(_joined(rest, listed), "sure" if has or self._says_all(words) else "unsure")

    def _says_all(self, words: str) -> bool:
        return any(f" {each} " in f" {words} " for each in self.all if each.startswith("tou"))

    def _is_lacking(self, before: str) -> bool:
        lacking = [each.end() for each in self.lacking.finditer(before)]
        having = [each.end() for each in self.having.finditer(before)]
        return bool(lacking) and (not having or lacking[-1] > having[-1])

    def _named(self, words: str, listed: Sequence[str]) -> list[tuple[int, str]]:
        """Where which paper is named, by its number or its words, in the order of the words."""
        found: dict[str, int] = {}
        for number in _NUMBER.finditer(words):
            for document in _numbered(number[0], listed):
                found.setdefault(document, number.start())
        for document in listed:
            name = self.names.get(document) or phrases([document.replace("_", " ")])
            at = name.search(words)
            if at and at.start() not in found.values():
                found.setdefault(document, at.start())
        return sorted((at, document) for document, at in found.items())


def _numbered(number: str, listed: Sequence[str]) -> tuple[str, ...]:
    """The papers of one number; "13" is one and three."""
    each = [int(digit) for digit in number]
    ordered = len(set(each)) == len(each) and each == sorted(each)
    return tuple(listed[n - 1] for n in each) if ordered and 0 < each[0] <= each[-1] <= len(listed) else ()


def _joined(papers: set[str], listed: Sequence[str]) -> str:
    return ",".join(document for document in listed if document in papers) or NOTHING
