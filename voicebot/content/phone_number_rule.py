"""A spoken telephone number is said twice: in the same prompt, or earlier on every path that leads there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Final

from voicebot.datafile import Finding
from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import Flow, Step
from voicebot.flows.graph import reached
from voicebot.prompts.load import PromptEntry
from voicebot.prompts.plain import Jargon

#: Ten digits, four (3xxx, 10xx and 11xx), or three (112 to 119). Source: Arcep, numbering plan.
_NUMBERS: Final = re.compile(
    r"(?<![\d,] )(?<![\d,])(0 ?\d{3} ?\d{3} ?\d{3}|0\d(?: ?\d\d){4}|3\d{3}|1[01]\d\d|11[2-9])(?! ?\d)"
)
#: Styles whose numbers are unknown until the sentence is said. A person's own number is only read back.
_STYLES: Final = frozenset({"number", "pairs", "phone"})
_OWN: Final = "value"


def check_numbers(
    flows: Mapping[str, Flow], entries: Mapping[str, PromptEntry], jargon: Jargon, written: Collection[str]
) -> Iterator[Finding]:
    """A finding for each number that somebody may hear only once. `written` prompts are never spoken."""
    for key, entry in entries.items():
        if key in written:
            continue
        asked = set(numbers(entry.texts["ask"], jargon))
        for variant, text in entry.texts.items():
            said_with = entry.texts["ask"] if variant != "ask" else text
            for number in numbers(text, jargon) if variant != "sms" else ():
                twice = _is_twice(number, text) or (number in asked and _is_twice(number, said_with))
                if not twice and not _told_before(flows, entries, key, number):
                    yield entry.finding("number_said_once", variant, field=key, number=number)


def numbers(text: str, jargon: Jargon) -> tuple[str, ...]:
    """The telephone numbers in `text`, each once, as written; slots that hold one as `{slot:style}`."""
    short = "|".join(map(re.escape, jargon.short_numbers))
    found = _NUMBERS.findall(text)
    if short:
        found += re.findall(rf"(?i:{short}) (1[578])\b", text)
    slots = re.findall(r"\{(\w+):(\w+)\}", text)
    found += [f"{{{slot}:{style}}}" for slot, style in slots if style in _STYLES and slot != _OWN]
    return tuple(dict.fromkeys(found))


def _is_twice(number: str, text: str) -> bool:
    return len(re.findall(rf"(?<!\d){re.escape(number)}(?!\d)", text)) > 1


def _told_before(
    flows: Mapping[str, Flow], entries: Mapping[str, PromptEntry], key: str, number: str
) -> bool:
    """Whether everybody who hears the prompt `key` was told `number` twice earlier in the same procedure."""
    flow = flows.get(key.partition(".")[0])
    if flow is None:
        return False
    telling = {name for name, step in flow.steps.items() if _tells(step, entries, number)}
    return not any(key in _said(flow.steps[name]) for name in reached(flow, flow.start, telling))


def _tells(step: Step, entries: Mapping[str, PromptEntry], number: str) -> bool:
    entry = entries.get(step.prompt)
    return entry is not None and _is_twice(number, entry.texts["ask"])


def _said(step: Step) -> frozenset[str]:
    papers = (key for document in step.documents for key in prompts(document).values())
    return frozenset((step.prompt, *papers))
