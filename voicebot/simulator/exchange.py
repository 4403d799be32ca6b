"""The carrier's queues: who is waiting in which, and being connected to somebody."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Waiting:
    """A call in a queue. Events, each set once: `bridged`, `over` (cut off), `gone` (the caller hung up)."""

    call_sid: str
    queue: str
    heard_url: str = ""
    bridged: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Exchange:
    """All queues by name, and every document that was carried out, in order."""

    queues: dict[str, deque[Waiting]] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    def enter(self, queue: str, call_sid: str) -> Waiting:
        """Put a call into the queue."""
        waiting = Waiting(call_sid, queue)
        self.queues.setdefault(queue, deque()).append(waiting)
        return waiting

    def leave(self, waiting: Waiting) -> None:
        """Take it out of the queue."""
        if waiting in self.queues.get(waiting.queue, ()):
            self.queues[waiting.queue].remove(waiting)

    def connect(self, queue: str, heard_url: str) -> Waiting | None:
        """Connect whoever asks to the first in `queue`, who hears `heard_url` first; None if it is empty."""
        line = self.queues.get(queue)
        if not line:
            return None
        waiting = line.popleft()
        waiting.heard_url = heard_url
        waiting.bridged.set()
        return waiting
