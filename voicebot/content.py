"""All that people write, checked together: flows, prompts, and the phrases that choices are known by."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from voicebot.datafile import Finding, finding, read
from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import SAFE
from voicebot.flows.check import Known, check
from voicebot.flows.load import Written, read_flows
from voicebot.prompts import Prompts, plain
from voicebot.prompts.load import LONG_VALUES, TOPICS, Entry, read_prompts
from voicebot.said_twice import check_numbers
from voicebot.text_costs import LongValues, check_text_costs

FLOWS = Path("voicebot", "flows")
PROMPTS = Path("prompts", "fr")
CHOICES = Path("voicebot", "nlu", "fr", "choices")
DANGERS = Path("voicebot", "nlu", "fr", "danger.yaml")
#: The prompts of this file are only texted.
_TEXTED = "sms."
_AMOUNT = re.compile(r"\d\s*(?:€|euros?\b)")


def check_all(root: Path, lookups: Mapping[str, Collection[str]] | None = None) -> list[Finding]:
    """All findings of the content under `root`, by file and line.

    `lookups` are the known lookups with the slots that each fills; None leaves them unchecked. Files that
    cannot be read are told first and alone, because everything else would follow from them.
    """
    written, book = read_flows(root / FLOWS), read_prompts(root / PROMPTS)
    phrases = [read(path) for path in sorted((root / CHOICES).glob("*.yaml"))]
    dangers = read(root / DANGERS)
    jargon, wrong = plain.read_jargon(root / PROMPTS)
    values = read(root / PROMPTS / LONG_VALUES)
    unreadable = [
        *written.findings,
        *book.findings,
        *wrong,
        *(finding for file in phrases for finding in file.findings),
        *dangers.findings,
        *values.findings,
    ]
    if unreadable or jargon is None or book.words is None:
        return sorted(unreadable)
    known = Known(
        choices=frozenset(value for file in phrases for value in file.data or ()),
        topics=frozenset(book.topics),
        lookups=lookups,
        dangers=frozenset(dangers.data or ()),
    )
    said = Prompts(book.entries, book.topics, book.words)
    read_only = never_spoken(written, book.entries)
    return sorted(
        [
            *check(written, book.entries, known),
            *plain.check(book.entries, jargon, read_only),
            *plain.check_topics(read(root / PROMPTS / TOPICS), book.topics, jargon),
            *check_numbers(written.flows.by_name, book.entries, jargon, read_only),
            *_amounts(written, book.entries),
            *check_text_costs(said, LongValues(values.data, said)),
        ]
    )


def never_spoken(written: Written, entries: Mapping[str, Entry]) -> frozenset[str]:
    """The prompts that are texted or printed and not spoken too: notes, cards, and all of sms.yaml."""
    steps = [step for flow in written.flows.by_name.values() for step in flow.steps.values()]
    notes = {step.note for step in steps if step.note}
    spoken = {step.prompt for step in steps if step.kind != "lookup"}
    spoken |= {f"{step.prompt}{SAFE}" for step in steps}
    return frozenset(
        notes
        | {f"{note}{SAFE}" for note in notes}
        | {prompts(document)["note"] for document in written.documents}
        | {key for card in written.cards.values() for key in card}
        | {key for key in entries if key.startswith(_TEXTED)}
    ) - frozenset(spoken)


def _amounts(written: Written, entries: Mapping[str, Entry]) -> Iterator[Finding]:
    """Sums of money change: a step that says one names a fact that expires, and then says it without."""
    for flow in written.flows.by_name.values():
        for step in flow.steps.values():
            lasting = [f"{key}{SAFE}" for key in step.expiring] or [step.prompt, step.note or ""]
            for entry in (entries[key] for key in lasting if key in entries):
                if any(_AMOUNT.search(text) for text in entry.texts.values()):
                    words = {"prompt": entry.key, "step": step.name}
                    yield finding("amount_without_fact", entry.file, entry.line, **words)
