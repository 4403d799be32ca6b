"""Threads for what blocks, one pool for each kind of work: what hangs in one takes no thread from another."""

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
    """At most `most` threads, started as they are needed. `stuck` counts work that nobody waits for any more.

    A thread cannot be stopped. Who gives up waiting leaves its work behind, which counts as stuck until it is
    done after all.
    """

    def __init__(self, name: str, most: int) -> None:
        self._executor = ThreadPoolExecutor(most, thread_name_prefix=name)
        self._counting = Lock()
        self.stuck = 0

    async def run(self, function: Callable[..., T], *arguments: object) -> T:
        """The result of `function`."""
        return await self.wait(self.begin(function, *arguments))

    def begin(self, function: Callable[..., T], *arguments: object) -> Future[T]:
        """Have `function` done; what it logs keeps the call id of who asked."""
        context = contextvars.copy_context()
        return self._executor.submit(context.run, partial(function, *arguments))

    async def wait(self, work: Future[T]) -> T:
        """The result of what was begun; who is cancelled leaves it behind."""
        try:
            return await asyncio.wrap_future(work)
        except asyncio.CancelledError:
            self._leave(work)
            raise

    def _leave(self, work: Future[T]) -> None:
        if work.cancel():  # it had not begun
            return
        self._count(1)
        work.add_done_callback(lambda done: self._count(-1))

    def _count(self, more: int) -> None:
        with self._counting:
            self.stuck += more
