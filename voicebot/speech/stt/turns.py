"""Who may use an engine now: answers that somebody is waiting for; guesses only if nobody is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition


class EngineSlots:
    """At most `at_once` threads are inside `with turns:`; the others wait.

    A guess, which is computed ahead of time, never delays anybody: with `ahead` it first asks whether there
    is room for one more. Under load guessing stops by itself, which leaves the cores to those who have
    finished speaking.
    """

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._changed = Condition()
        self._running = self._waiting = self._guesses = 0

    @contextmanager
    def ahead(self) -> Iterator[bool]:
        """Whether a guess may be made now, within the block."""
        with self._changed:
            # A guess that has started counts in both.
            free = max(self._guesses, self._running) + self._waiting < self._at_once
            self._guesses += free
        try:
            yield free
        finally:
            with self._changed:
                self._guesses -= free

    def __enter__(self) -> None:
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: self._running < self._at_once)
            self._waiting -= 1
            self._running += 1

    def __exit__(self, *error: object) -> None:
        with self._changed:
            self._running -= 1
            self._changed.notify()


def cores() -> int:
    """How many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1
