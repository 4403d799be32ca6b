"""The carrier's queues: who waits in which, and being connected with somebody."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field


@dataclass
class Waiting:
    """A call in a queue. What happens once: `bridged`, `over` (cut off), `gone` (the caller hung up)."""

    call_sid: str
    queue: str
    heard_url: str = ""
    bridged: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Exchange:
    """All queues by name, and every document that was carried out, in the order in which they came."""

    queues: dict[str, deque[Waiting]] = field(default_factory=dict)
    documents: list[str] = field(default_factory=list)

    def enter(self, queue: str, call_sid: str) -> Waiting:
        """A call waits from now on."""
        waiting = Waiting(call_sid, queue)
        self.queues.setdefault(queue, deque()).append(waiting)
        return waiting

    def leave(self, waiting: Waiting) -> None:
        """It waits no more."""
        if waiting in self.queues.get(waiting.queue, ()):
            self.queues[waiting.queue].remove(waiting)

    def connect(self, queue: str, heard_url: str) -> Waiting | None:
        """Connect whoever asks with the first of `queue`, who hears `heard_url` before; None: it is empty."""
        line = self.queues.get(queue)
        if not line:
            return None
        waiting = line.popleft()
        waiting.heard_url = heard_url
        waiting.bridged.set()
        return waiting
