"""The latest warnings and errors of this process, each once with how often, for administrators."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

_MOST: Final = 20


@dataclass(frozen=True)
class LatestEvent:
    """An event of the log by its name and kind of error, which came `times` times."""

    event: str
    error: str
    times: int


_events: OrderedDict[tuple[str, str], int] = OrderedDict()
_lock = Lock()


def remember(event: str, error: str) -> None:
    """It happened once more."""
    with _lock:
        _events[event, error] = _events.pop((event, error), 0) + 1
        while len(_events) > _MOST:
            _events.popitem(last=False)


def latest() -> tuple[LatestEvent, ...]:
    """The latest ones, newest first."""
    with _lock:
        return tuple(LatestEvent(event, error, times) for (event, error), times in reversed(_events.items()))
