"""The history of a ticket in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voicebot.console.pages import moment, words
from voicebot.handoff.ticket import HistoryEntry


@dataclass(frozen=True)
class HistoryLine:
    """One line: what happened, who did it ("" for the person or the assistant), and any further detail."""

    at: float
    """Unix seconds."""
    what: str
    who: str
    note: str


def told(history: Sequence[HistoryEntry], people: Mapping[str, str]) -> list[HistoryLine]:
    """All lines, oldest first. `people` maps ids to names."""
    return [
        HistoryLine(
            entry.at,
            str(words()["history"].get(entry.what, entry.what)),
            people.get(entry.who, ""),
            _detail(entry, people),
        )
        for entry in history
    ]


def _detail(entry: HistoryEntry, people: Mapping[str, str]) -> str:
    names = words()["details"].get(entry.what)
    if entry.what == "noted":
        return entry.detail
    if entry.what == "transferred":
        to, _, why = entry.detail.partition(" ")
        return f"{people.get(to, '')} ({why})" if why else people.get(to, "")
    if entry.what == "call_back_planned":
        return moment(float(entry.detail))
    if entry.what == "opened":
        return str(words()["reasons"].get(entry.detail, ""))
    if entry.what == "closed":
        return str(words()["outcomes"].get(entry.detail, ""))
    return str(names.get(entry.detail, "")) if names else ""
