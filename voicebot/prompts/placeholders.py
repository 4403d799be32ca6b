"""What stands between braces in a prompt: `{slot}` or `{slot:style}`, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from string import Formatter

#: `label`, `number` and `who` are said of a topic, `option` and `choice` of a choice, `papers` of papers.
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
    """A slot to be filled in and how it is said."""

    slot: str
    style: str = ""


def placeholders(text: str) -> tuple[Placeholder, ...] | None:
    """The placeholders of `text` in order, None when something between braces is no placeholder."""
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
