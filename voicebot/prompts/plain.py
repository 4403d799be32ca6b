"""Plain language: short sentences, few of them, words that everyone knows. Source: the rules of FALC."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import fmean

from pydantic import BaseModel, ConfigDict

from voicebot.datafile import Finding, finding, read, validate
from voicebot.prompts.load import JARGON, Entry

MOST_SENTENCES = 2
MOST_WORDS = 15
#: An SMS can be read again: only its sentences are limited, not their number.
_COUNTED = frozenset({"ask", "retry", "keys", "help"})

#: A comfortable reading pace for a telephone voice. Estimate: 4 syllables a second, 0.5 s after a sentence.
_SYLLABLES_PER_S = 4.0
_SENTENCE_PAUSE_S = 0.5

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_WORD = re.compile(r"\d+(?:[ .,]\d+)*|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäæéèêëîïôöœùûüÿ]+")
_MUTE_END = re.compile(r"(?<=[^aeiouyàâéèêëîïôû])(?:es?|ent)$")


class Jargon(BaseModel):
    """Words to avoid with what to say instead, and words to explain with explanations that will do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    avoid: dict[str, str]
    explain: dict[str, tuple[str, ...]]

    @cached_property
    def _avoided(self) -> dict[str, re.Pattern[str]]:
        return {word: _whole_word(word) for word in self.avoid}

    @cached_property
    def _explained(self) -> dict[str, re.Pattern[str]]:
        return {word: _whole_word(word) for word in self.explain}

    def avoided_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Words of `text` to be avoided, with what to say instead."""
        return ((word, self.avoid[word]) for word, pattern in self._avoided.items() if pattern.search(text))

    def unexplained_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Words of `text` that want an explanation and have none, with one that would do."""
        lower = text.lower()
        for word, pattern in self._explained.items():
            ways = self.explain[word]
            if pattern.search(text) and not any(way.lower() in lower for way in ways):
                yield word, ways[0]


@dataclass(frozen=True)
class Measure:
    """How hard the prompts of one flow are: means over its texts. `readability` is Kandel-Moles."""

    words_per_sentence: float
    readability: float
    spoken_s: float


def read_jargon(folder: Path) -> tuple[Jargon | None, tuple[Finding, ...]]:
    """The word lists of a folder of prompts, or what is wrong with them."""
    return validate(read(folder / JARGON), Jargon.model_validate)


def check(entries: Mapping[str, Entry], jargon: Jargon) -> list[Finding]:
    """What breaks plain language, by file and line."""
    return sorted(each for entry in entries.values() for each in _check_entry(entry, jargon))


def measure(entries: Mapping[str, Entry]) -> dict[str, Measure]:
    """How hard each flow's prompts are to follow, by flow."""
    texts: dict[str, list[str]] = defaultdict(list)
    for key, entry in entries.items():
        texts[key.split(".")[0]] += entry.texts.values()
    return {flow: _measure(said) for flow, said in sorted(texts.items())}


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`, a placeholder counting as one word."""
    return tuple(part for part in _SENTENCE_END.split(_PLACEHOLDER.sub("x", text).strip()) if words(part))


def words(text: str) -> tuple[str, ...]:
    """The words of `text`; "c'est" is one, and so is a number in groups."""
    return tuple(_WORD.findall(text))


def syllables(word: str) -> int:
    """An estimate of the spoken syllables of a French word: its groups of vowels without a mute ending."""
    stem = _MUTE_END.sub("", word.lower())
    return max(1, len(_VOWELS.findall(stem)))


def kandel_moles(text: str) -> float:
    """Readability: 100 very easy, 60 standard, 30 hard. Source: Kandel & Moles 1958, Flesch for French."""
    all_words, parts = words(_PLACEHOLDER.sub("x", text)), sentences(text)
    if not all_words:
        return 100.0
    syllables_per_word = fmean(syllables(word) for word in all_words)
    return 207 - 1.015 * len(all_words) / len(parts) - 73.6 * syllables_per_word


def spoken_s(text: str) -> float:
    """An estimate of how many seconds it takes to say `text`."""
    parts = sentences(text)
    said = sum(syllables(word) for part in parts for word in words(part))
    return said / _SYLLABLES_PER_S + len(parts) * _SENTENCE_PAUSE_S


def _measure(texts: list[str]) -> Measure:
    lengths = [len(words(part)) for text in texts for part in sentences(text)]
    return Measure(fmean(lengths or [0]), fmean(map(kandel_moles, texts)), fmean(map(spoken_s, texts)))


def _check_entry(entry: Entry, jargon: Jargon) -> Iterator[Finding]:
    for variant, text in entry.texts.items():
        parts = sentences(text)
        found: list[tuple[str, dict[str, object]]] = []
        if variant in _COUNTED and len(parts) > MOST_SENTENCES:
            found.append(("too_many_sentences", {"count": len(parts), "most": MOST_SENTENCES}))
        for part in parts:
            if (count := len(words(part))) > MOST_WORDS:
                found.append(("sentence_too_long", {"count": count, "most": MOST_WORDS}))
        found += [("avoid_word", {"word": word, "instead": way}) for word, way in jargon.avoided_in(text)]
        unexplained = jargon.unexplained_in(text)
        found += [("unexplained", {"word": word, "instead": way}) for word, way in unexplained]
        for code, said in found:
            yield finding(code, entry.file, entry.lines.get(variant, entry.line), field=entry.key, **said)


def _whole_word(word: str) -> re.Pattern[str]:
    """`word` as a whole word, singular or plural. Acronyms must be written in capitals."""
    flags = re.NOFLAG if word.isupper() else re.IGNORECASE
    parts = r"s?\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<!\w){parts}s?(?!\w)", flags)
