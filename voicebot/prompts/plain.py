"""Plain language: short sentences, few of them, words that everybody knows. Source: the rules of FALC."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil
from pathlib import Path
from statistics import fmean

from pydantic import BaseModel, ConfigDict

from voicebot.datafile import DataFile, Finding, read_layers, validate
from voicebot.prompts.load import JARGON, PromptEntry, Topic
from voicebot.prompts.measures import kandel_moles, sentences, spoken_s, words

MOST_SENTENCES = 2
MOST_WORDS = 15
MOST_WORDS_OF_A_NAME = 8
#: Sentences in other languages than French: how easy French is says nothing of them.
FOREIGN = "language."
#: A code of findings.yaml and the values for its message.
Wrong = tuple[str, dict[str, object]]
#: An SMS can be reread: only the length of its sentences is limited, not their number.
_COUNTED = frozenset({"ask", "retry", "keys", "help"})

#: Seconds. The longest that can be remembered, and about what a ten-digit number said twice takes.
MOST_SECONDS = 11
#: "Rather hard" on the Kandel-Moles scale. The formula says nothing about texts with fewer words.
LEAST_READABLE, FEWEST_WORDS = 50, 5


class Jargon(BaseModel):
    """Words to avoid with what to say instead, and words to explain with acceptable explanations.

    `short_numbers` are the words that precede a two-digit telephone number. `telephone` are words that make
    no sense in a text, and `spoken_only` the beginnings of the keys of prompts that are never texted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    avoid: dict[str, str]
    explain: dict[str, tuple[str, ...]]
    short_numbers: tuple[str, ...] = ()
    telephone: tuple[str, ...] = ()
    spoken_only: tuple[str, ...] = ()

    @cached_property
    def _avoided(self) -> dict[str, re.Pattern[str]]:
        return {word: _whole_word(word) for word in self.avoid}

    @cached_property
    def _explained(self) -> dict[str, re.Pattern[str]]:
        return {word: _whole_word(word) for word in self.explain}

    def avoided_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Words in `text` that should be avoided, with what to say instead."""
        return ((word, self.avoid[word]) for word, pattern in self._avoided.items() if pattern.search(text))

    def telephone_words_in(self, text: str) -> Iterator[str]:
        """Words in `text` that make no sense to somebody who reads it."""
        return (word for word in self.telephone if _whole_word(word).search(text))

    def unexplained_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Words in `text` that lack a required explanation, with one that would do."""
        lower = text.lower()
        for word, pattern in self._explained.items():
            ways = self.explain[word]
            if pattern.search(text) and not any(way.lower() in lower for way in ways):
                yield word, ways[0]


@dataclass(frozen=True)
class Measure:
    """How difficult the prompts of one flow are: means over its texts. `readability` is Kandel-Moles."""

    words_per_sentence: float
    readability: float
    spoken_s: float


def read_jargon(*folders: Path) -> tuple[Jargon | None, tuple[Finding, ...]]:
    """The word lists of folders of prompts, or what is wrong with them."""
    return validate(read_layers(JARGON, folders), Jargon.model_validate)


def check(
    entries: Mapping[str, PromptEntry], jargon: Jargon, written: Collection[str] = frozenset()
) -> list[Finding]:
    """Violations of plain language, by file and line. `written` are prompts that are read, never spoken."""
    found: list[Finding] = []
    for key, entry in entries.items():
        for variant, text in entry.texts.items():
            spoken = variant != "sms" and key not in written and not key.startswith(FOREIGN)
            wrong = [*_words(text, jargon), *(_lengths(variant, text)), *(_speech(text) if spoken else ())]
            found += [entry.finding(code, variant, field=key, **said) for code, said in wrong]
        names = {"label": (entry.label,) if entry.label else (), "options": tuple(entry.options.values())}
        for field_, said_names in names.items():
            found += [
                entry.finding(code, field_, field=key, **said)
                for name in said_names
                for code, said in _name(name, jargon)
            ]
    return sorted(found)


def check_topics(file: DataFile, topics: Mapping[str, Topic], jargon: Jargon) -> Iterator[Finding]:
    """Violations of plain language in topics.yaml: the names of procedures, and of whom to call."""
    for topic, known in topics.items():
        for field_, name in (("label", known.label), ("who", known.who)):
            for code, said in _name(name, jargon):
                yield file.finding(code, topic, field_, field=topic, **said)


def measure(entries: Mapping[str, PromptEntry]) -> dict[str, Measure]:
    """How difficult each flow's prompts are to follow, by flow."""
    texts: dict[str, list[str]] = defaultdict(list)
    for key, entry in entries.items():
        texts[key.split(".")[0]] += entry.texts.values()
    return {flow: _measure(said) for flow, said in sorted(texts.items())}


def _measure(texts: list[str]) -> Measure:
    lengths = [len(words(part)) for text in texts for part in sentences(text)]
    return Measure(fmean(lengths or [0]), fmean(map(kandel_moles, texts)), fmean(map(spoken_s, texts)))


def _lengths(variant: str, text: str) -> Iterator[Wrong]:
    parts = sentences(text)
    if variant in _COUNTED and len(parts) > MOST_SENTENCES:
        yield "too_many_sentences", {"count": len(parts), "most": MOST_SENTENCES}
    for part in parts:
        if (count := len(words(part))) > MOST_WORDS:
            yield "sentence_too_long", {"count": count, "most": MOST_WORDS}


def _words(text: str, jargon: Jargon) -> Iterator[Wrong]:
    for word, way in jargon.avoided_in(text):
        yield "avoid_word", {"word": word, "instead": way}
    for word, way in jargon.unexplained_in(text):
        yield "unexplained", {"word": word, "instead": way}


def _name(name: str, jargon: Jargon) -> Iterator[Wrong]:
    """A name is said within sentences and lists, so it is short and has no room to explain a word."""
    if (count := len(words(name))) > MOST_WORDS_OF_A_NAME:
        yield "name_too_long", {"name": name, "count": count, "most": MOST_WORDS_OF_A_NAME}
    yield from _words(name, jargon)


@lru_cache(maxsize=8192)
def _speech(text: str) -> tuple[Wrong, ...]:
    """Measured once for each text: authors have everything checked again with every change."""
    return tuple(_measured(text))


def _measured(text: str) -> Iterator[Wrong]:
    if (seconds := spoken_s(text)) > MOST_SECONDS:
        yield "speech_too_long", {"seconds": ceil(seconds), "most": MOST_SECONDS}
    if len(words(text)) >= FEWEST_WORDS and (ease := kandel_moles(text)) < LEAST_READABLE:
        yield "hard_to_read", {"ease": round(ease), "least": LEAST_READABLE}


def _whole_word(word: str) -> re.Pattern[str]:
    """`word` as a whole word, singular or plural. Acronyms must be in capitals."""
    flags = re.NOFLAG if word.isupper() else re.IGNORECASE
    parts = r"s?\s+".join(map(re.escape, word.split()))
    return re.compile(rf"(?<!\w){parts}s?(?!\w)", flags)
