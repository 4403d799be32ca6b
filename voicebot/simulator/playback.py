"""Twilio's playback buffer: sound from the app waits here and is played 20 ms per tick.

Source: Twilio, "Media Streams - WebSocket Messages", marks and clear.
"""

from __future__ import annotations

from collections import deque
from typing import Final

FRAME_BYTES: Final = 160
MULAW_SILENCE: Final = b"\xff"


class Playback:
    """Buffered μ-law bytes and the marks between them."""

    def __init__(self) -> None:
        self._audio = bytearray()
        self._played = 0
        self._marks: deque[tuple[int, str]] = deque()

    @property
    def frames_left(self) -> int:
        """Frames still to be played, including one already begun."""
        return -(-len(self._audio) // FRAME_BYTES)

    def add(self, mulaw: bytes) -> None:
        """Queue sound of any length: Twilio does not require whole frames."""
        self._audio += mulaw

    def mark(self, name: str) -> None:
        """Report `name` later, once all that was queued before it has been played."""
        self._marks.append((self._played + len(self._audio), name))

    def clear(self) -> tuple[str, ...]:
        """Discard the waiting sound; returns the marks that are to be reported at once."""
        self._audio.clear()
        names = tuple(name for _, name in self._marks)
        self._marks.clear()
        return names

    def tick(self) -> tuple[bytes, tuple[str, ...]]:
        """Play one frame: its bytes (silence if nothing is waiting) and the marks that it completes."""
        frame = bytes(self._audio[:FRAME_BYTES])
        del self._audio[:FRAME_BYTES]
        self._played += len(frame)
        return frame.ljust(FRAME_BYTES, MULAW_SILENCE), self._due_marks()

    def _due_marks(self) -> tuple[str, ...]:
        names = []
        while self._marks and self._marks[0][0] <= self._played:
            names.append(self._marks.popleft()[1])
        return tuple(names)
