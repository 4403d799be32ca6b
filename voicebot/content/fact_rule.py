"""The sentences that state a fact take its value from the record: a changed value reaches each of them.

A number with a unit that is neither taken from a fact nor listed as none (not_civic.yaml) is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voicebot.content.folders import Content
from voicebot.content.spelt_out import NOT_CIVIC, read_not_civic, spelt_out
from voicebot.datafile import DataFile, Finding, names, read_layers
from voicebot.facts import FACTS, Fact, read_facts
from voicebot.prompts.load import JARGON, LONG_VALUES, TOPICS, WORDS, PromptEntry
from voicebot.prompts.placeholders import facts_in

#: Where a text stands in a file, and the text.
Written = tuple[tuple[str | int, ...], str]


def facts_of(content: Content) -> Path:
    """The file of facts that belongs to the content: that of another checkout, else ours."""
    theirs = content.flows[0].parent / "facts" / "facts.yaml"
    return theirs if theirs.exists() else FACTS


def check_facts(content: Content, entries: Mapping[str, PromptEntry]) -> Iterator[Finding]:
    """What is wrong with the records, and with the sentences that state them."""
    if content.own:  # an association's sentences answer for themselves
        return
    facts, file, wrong = read_facts(facts_of(content))
    yield from wrong
    for id, fact in facts.items():
        for index, key in enumerate(fact.prompts):
            texts = entries[key].texts.values() if key in entries else ()
            if file and not any(word in text.lower() for text in texts for word in fact.words):
                words = {"fact": id, "prompt": key, "expected": ", ".join(fact.words)}
                yield file.finding("fact_unsaid", id, "prompts", index, **words)
    not_civic, wrong = read_not_civic(facts_of(content).with_name(NOT_CIVIC))
    yield from wrong
    for name in names(content.prompts):
        if name not in (TOPICS, WORDS, JARGON, LONG_VALUES):
            allowed = _Allowed(name.removesuffix(".yaml"), facts, not_civic)
            yield from _literal(read_layers(name, content.prompts), facts, allowed)


@dataclass(frozen=True)
class _Allowed:
    """What sentences of one file may spell out: words that a fact lists, and what is no fact."""

    flow: str
    facts: Mapping[str, Fact]
    not_civic: Mapping[str, frozenset[str]]

    def __call__(self, where: tuple[str | int, ...], form: str) -> bool:
        key, form = f"{self.flow}.{where[0]}", form.lower()
        if form in self.not_civic.get(key, ()):
            return True
        told = (word for fact in self.facts.values() if key in fact.prompts for word in fact.words)
        return any(form in word or word in form for word in told)


def _literal(file: DataFile, facts: Mapping[str, Fact], allowed: _Allowed) -> Iterator[Finding]:
    """Texts that spell out a value which another text of the same file takes from its fact, or any number."""
    written = list(_texts(file.data))
    told = {id for _, text in written for id in facts_in(text) if id in facts}
    forms = {form: id for id in sorted(told) for form in (facts[id].value, facts[id].short) if form}
    for where, text in written:
        for form, id in forms.items():
            if re.search(rf"(?<![\w-]){re.escape(form)}(?!\w)", text) and not allowed(where, form):
                yield file.finding("literal_fact", *where, value=form, fact=id)
        for number in spelt_out(text):
            if number not in forms and not allowed(where, number):
                key = f"{allowed.flow}.{where[0]}"
                yield file.finding("number_without_fact", *where, value=number, prompt=key)


def _texts(data: Any, where: tuple[str | int, ...] = ()) -> Iterator[Written]:
    if isinstance(data, str):
        yield where, data
    elif isinstance(data, dict):
        for name, under in data.items():
            yield from _texts(under, (*where, name))
