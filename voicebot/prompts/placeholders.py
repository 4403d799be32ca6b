"""What may be between braces in a prompt: `{slot}`, `{slot:style}`, or the value of a fact, `{fact:id}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Final

from voicebot.facts import Fact

#: `{fact:rsa_age}`, and `{fact:caf_recours.short}` for the value with digits, as it is written by SMS.
_FACT: Final = re.compile(r"\{fact:([a-z][a-z0-9_]*)(\.short)?\}")

#: `label`, `number` and `who` apply to a topic, `option` and `choice` to a choice, `papers` to papers.
STYLES = (
    "choice",
    "date",
    "day",
    "digits",
    "euros",
    "hour",
    "label",
    "month",
    "number",
    "option",
    "pairs",
    "papers",
    "phone",
    "who",
)


@dataclass(frozen=True)
class Placeholder:
    """A slot to be filled in, and how its value is said."""

    slot: str
    style: str = ""


def placeholders(text: str) -> tuple[Placeholder, ...] | None:
    """The placeholders of `text` in order; None if something between braces is not a placeholder."""
    found: list[Placeholder] = []
    try:
        for _, slot, style, conversion in Formatter().parse(text):
            if slot is None:
                continue
            if not slot.isidentifier() or conversion or (style and style not in STYLES):
                return None
            found.append(Placeholder(slot, style or ""))
    except ValueError:
        return None
    return tuple(found)


def facts_in(text: str) -> tuple[str, ...]:
    """The ids of the facts whose values `text` asks for."""
    return tuple(id for id, _ in _FACT.findall(text))


def with_facts(text: str, facts: Mapping[str, Fact]) -> str:
    """`text` with the values of facts. An unknown one stays in braces, and is then no placeholder."""

    def value(found: re.Match[str]) -> str:
        fact = facts.get(found[1])
        if fact is None:
            return found[0]
        return (fact.short if found[2] else None) or fact.value

    return _FACT.sub(value, text)
