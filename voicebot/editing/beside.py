"""What is said beside a field while an author types: rules broken, and how long it is by voice and by SMS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

from voicebot.content.phone_number_rule import check_numbers
from voicebot.content.sms_length_rule import MOST_SEGMENTS, LongValues, longest_text
from voicebot.datafile import Finding
from voicebot.editing.checking import ReadFiles
from voicebot.editing.step_form import prompt_key, raw_flow
from voicebot.errors import PromptError
from voicebot.prompts import Prompts, plain
from voicebot.prompts.load import PromptEntry
from voicebot.prompts.measures import sentences, spoken_s, words
from voicebot.prompts.placeholders import placeholders, with_facts
from voicebot.telephony.sms_text import gsm7, segments

_NAMES: Final = ("label", "option")
_CLOSE: Final = 0.6


@dataclass(frozen=True)
class Measures:
    """How long a sentence is: seconds by voice, SMS segments, and words in its longest sentence."""

    seconds: float
    segments: int
    words: int


@dataclass(frozen=True)
class Beside:
    """What is said beside one field. `misfilled`: something between braces is no placeholder."""

    findings: tuple[Finding, ...]
    measures: Measures | None
    misfilled: bool = False


def look(read: ReadFiles, flow: str, step: str, part: str, text: str) -> Beside:
    """`text` as the `part` (ask, sms, label, option, note …) of a step, with the rules for such parts."""
    if not text or read.jargon is None:
        return Beside((), None)
    text = with_facts(text, read.book.facts)
    if placeholders(text) is None:
        return Beside((), None, misfilled=True)
    written = raw_flow(read, flow).get("steps", {}).get(step, {})
    named = written.get("note") or f"note_{step}" if part == "note" else written.get("prompt") or step
    key = prompt_key(flow, named)
    entry = _entry(read.book.entries.get(key), key, part, text)
    written_only = frozenset({key}) if part == "note" else frozenset()
    found = plain.check({key: entry}, read.jargon, written_only)
    if part in _NAMES:
        return Beside(tuple(found), None)
    around = {**_of_flow(read, flow), key: entry}
    numbers = check_numbers(read.written.flows.by_name, around, read.jargon, written_only)
    found += [one for one in numbers if one.file == entry.file and one.line == entry.line]
    said = replace(read.said, entries={**read.book.entries, key: entry})
    long_values = LongValues(read.long_values, said)
    cost = _cost(said, long_values, entry, text)
    if cost > MOST_SEGMENTS:
        told = {"field": key, "count": cost, "most": MOST_SEGMENTS}
        found.append(entry.finding("too_many_segments", "sms", **told))
    longest = max((len(words(one)) for one in sentences(text)), default=0)
    return Beside(tuple(found), Measures(spoken_s(text), cost, longest))


def _cost(said: Prompts, long_values: LongValues, entry: PromptEntry, text: str) -> int:
    """The SMS segments of the text with long values; of the bare text where another part cannot be filled."""
    try:
        return segments(gsm7(longest_text(said, long_values, entry)))
    except PromptError:
        return segments(gsm7(text))


def targets(read: ReadFiles, flow: str) -> list[str]:
    """Where a step may lead: the steps of its procedure, then those of others as `flow.step`."""
    own = list(raw_flow(read, flow).get("steps", {}))
    flows = read.written.flows.by_name
    others = [f"{name}.{step}" for name, one in flows.items() if name != flow for step in one.steps]
    return [*own, *sorted(others)]


def meant(read: ReadFiles, flow: str, name: str) -> str | None:
    """The step that a misspelt name probably means; "" if there is none, None if the name is right."""
    known = targets(read, flow)
    if not name or name in known:
        return None
    return next(iter(get_close_matches(name, known, n=1, cutoff=_CLOSE)), "")


def _entry(known: PromptEntry | None, key: str, part: str, text: str) -> PromptEntry:
    """The prompt with only what is asked about: other parts have fields of their own."""
    ask = known.texts["ask"] if known else text
    blank = PromptEntry(key, "", 0, {"ask": ask}, options=known.options if known else {})
    if part == "label":
        return replace(blank, texts={}, options={}, label=text)
    if part == "option":
        return replace(blank, texts={}, options={"option": text})
    if part == "note":
        return replace(blank, texts={"ask": text}, options={})
    return replace(blank, texts={"ask": text} if part == "ask" else {"ask": ask, part: text})


def _of_flow(read: ReadFiles, flow: str) -> Mapping[str, PromptEntry]:
    return dict(_used(read, flow))


def _used(read: ReadFiles, flow: str) -> Iterator[tuple[str, PromptEntry]]:
    known = read.written.flows.by_name.get(flow)
    for step in known.steps.values() if known else ():
        entry = read.book.entries.get(step.prompt)
        if entry:
            yield step.prompt, entry
