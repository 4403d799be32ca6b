"""The history of a ticket in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicebot.console.pages import moment, words
from voicebot.handoff.ticket import Entry


@dataclass(frozen=True)
class Told:
    """One line: what happened, who did it ("" for the person or the machine), and what else is to be said."""

    at: float
    what: str
    who: str
    note: str


def told(history: Sequence[Entry], people: Mapping[str, str]) -> list[Told]:
    """All lines, oldest first. `people` are names by id."""
    return [
        Told(
            entry.at,
            str(words()["history"].get(entry.what, entry.what)),
            people.get(entry.who, ""),
            _detail(entry, people),
        )
        for entry in history
    ]


def _detail(entry: Entry, people: Mapping[str, str]) -> str:
    names = words()["details"].get(entry.what)
    if entry.what == "noted":
        return entry.detail
    if entry.what == "transferred":
        return people.get(entry.detail, "")
    if entry.what == "call_back_planned":
        return moment(float(entry.detail))
    if entry.what == "opened":
        return str(words()["reasons"].get(entry.detail, ""))
    if entry.what == "closed":
        return str(words()["outcomes"].get(entry.detail, ""))
    return str(names.get(entry.detail, "")) if names else ""
