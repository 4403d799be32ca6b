"""Threads for blocking work, one pool per kind of work, so that whatever hangs blocks only its own kind."""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Lock
from typing import TypeVar

T = TypeVar("T")


class Pool:
    """At most `most` threads, started as needed. `stuck` counts work that nobody is waiting for any more.

    A thread cannot be stopped. Whoever stops waiting leaves the work behind, and it counts as stuck until it
    finishes after all.
    """

    def __init__(self, name: str, most: int) -> None:
        self._executor = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._counting = Lock()
        self.stuck = 0

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """The result of `function`."""
        return await self.wait(self.begin(function, *arguments))

    def begin(self, function: Callable[..., T], *arguments: object) -> Future[T]:
        """Start `function`; what it logs carries the call id of its caller."""
        context = contextvars.copy_context()
        return self._executor.submit(context.run, partial(function, *arguments))

    async def wait(self, work: Future[T]) -> T:
        """The result of the work; if cancelled, the work is left behind."""
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            self._leave(work)
            raise

    def _leave(self, work: Future[T]) -> None:
        if work.cancel():  # it had not started
            return
        self._count(1)
        work.add_done_callback(lambda done: self._count(-1))

    def _count(self, more: int) -> None:
        with self._counting:
            self.stuck += more
