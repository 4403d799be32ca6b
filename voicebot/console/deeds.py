"""The audit log as people read it: repetitions folded into one line, with links. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from voicebot.store.audit import Deed

#: What a page load notes by itself.
_LOOKS: Final = frozenset({"saw_ticket", "report"})
#: Seconds.
_LOOKING_S: Final = 3600.0


@dataclass(frozen=True)
class DeedLine:
    """`times` deeds of the same kind by the same person about the same thing, the last one at `at`."""

    at: float
    """Unix seconds."""
    since: float
    """Unix seconds."""
    who: str
    did: str
    about: str
    times: int = 1


def folded(deeds: Iterable[Deed]) -> list[DeedLine]:
    """Deeds, newest first, with repetitions on one line.

    Repeated is what somebody did again while doing nothing else, and what they looked at again within an
    hour, whatever they did between.
    """
    lines: list[DeedLine] = []
    looks: dict[tuple[str, str, str], int] = {}
    for deed in deeds:
        kind = (deed.who, deed.did, deed.about)
        at = looks.get(kind, len(lines) - 1)
        same = at >= 0 and _kind(lines[at]) == kind and lines[at].since - deed.at < _LOOKING_S
        if same:
            lines[at] = replace(lines[at], since=deed.at, times=lines[at].times + 1)
            continue
        lines.append(DeedLine(deed.at, deed.at, *kind))
        if deed.did in _LOOKS:
            looks[kind] = len(lines) - 1
    return lines


def _kind(line: DeedLine) -> tuple[str, str, str]:
    return line.who, line.did, line.about
