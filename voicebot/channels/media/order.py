"""The caller's frames in order: repeats dropped, late ones sorted in, gaps filled with silence.

Recognizers and endpointing count time in frames, so a lost frame must still take its 20 ms. Pure: the only
times are those in the messages, `chunk` (1, 2, 3…) and `timestamp_ms` since the stream began.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final, Literal, Protocol

from voicebot.speech.audio import FRAME_MS, MAX_PAYLOAD_BYTES, SILENT_FRAME, frames

#: How many frames may overtake a missing one before it is given up: at most 60 ms of delay.
WINDOW: Final = 3
#: A chunk number farther away than this is believed only if the next one follows it.
REACH: Final = 50
#: Frames. No gap is filled with more than one second of silence, however long it was.
LONGEST_FILL: Final = 50
#: Milliseconds. Time stamps jitter slightly; only a gap of this size counts.
TOLERANCE_MS: Final = 60

Count = Literal["received", "dropped", "missing", "filled", "strays", "odd"]


class Frame(Protocol):
    """What is needed from a `Media` message."""

    @property
    def chunk(self) -> int:
        """Its number, from 1."""

    @property
    def timestamp_ms(self) -> int:
        """When its sound began, in milliseconds since the start of the stream."""

    @property
    def mulaw(self) -> bytes:
        """Its sound."""


class FrameOrder:
    """Takes the frames of one stream as they arrive.

    `counts`: messages `received`; `dropped` because they were repeated or too late; `missing` and given up;
    frames of silence `filled` in; `strays` dropped because their number fits nothing; `odd` because they were
    not 20 ms long. It holds at most `WINDOW` messages and one stray.
    """

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._next = 1
        self._held: dict[int, Frame] = {}
        self._stray: Frame | None = None
        self._heard_ms: int | None = None

    @property
    def waiting(self) -> int:
        """How many messages are held back."""
        return len(self._held) + (self._stray is not None)

    def accept(self, frame: Frame) -> tuple[bytes, ...]:
        """The μ-law frames that are ready now, oldest first, each of `FRAME_BYTES`."""
        self._count("received")
        newest = max(self._held, default=self._next - 1)
        if not self._next - REACH <= frame.chunk <= newest + REACH:
            return tuple(self._jump(frame))
        self._drop_stray()
        if frame.chunk < self._next or frame.chunk in self._held:
            self._count("dropped")
            return ()
        self._held[frame.chunk] = frame
        return tuple(self._ready(WINDOW))

    def finish(self) -> tuple[bytes, ...]:
        """What is still held back, at the end of the stream."""
        return tuple(self._ready(0))

    def _ready(self, window: int) -> Iterator[bytes]:
        """The frames in sequence; if more than `window` wait behind a missing one, it is given up."""
        while self._held:
            if self._next in self._held:
                yield from self._emit(self._held.pop(self._next))
            elif len(self._held) > window:
                yield from self._give_up(min(self._held))
            else:
                return

    def _give_up(self, chunk: int) -> Iterator[bytes]:
        """Silence in place of everything before `chunk`."""
        missing = chunk - self._next
        self._count("missing", missing)
        self._next = chunk
        if self._heard_ms is not None:
            yield from self._silence(missing)

    def _jump(self, frame: Frame) -> Iterator[bytes]:
        """A number that fits nothing starts a new sequence once its successor arrives."""
        stray = self._stray
        if stray is None or frame.chunk != stray.chunk + 1:
            self._drop_stray()
            self._stray = frame
            return
        self._stray = None
        yield from self.finish()
        yield from self._emit(stray)
        yield from self._emit(frame)

    def _drop_stray(self) -> None:
        if self._stray is not None:
            self._count("strays")
            self._stray = None

    def _emit(self, frame: Frame) -> Iterator[bytes]:
        """The frame, after as much silence as its time stamp says is missing."""
        behind_ms = 0 if self._heard_ms is None else frame.timestamp_ms - self._heard_ms
        if behind_ms >= TOLERANCE_MS:
            yield from self._silence(behind_ms // FRAME_MS)
        if self._heard_ms is None or abs(behind_ms) >= TOLERANCE_MS:
            self._heard_ms = frame.timestamp_ms
        self._next = frame.chunk + 1
        for mulaw in self._whole(frame.mulaw):
            self._heard_ms += FRAME_MS
            yield mulaw

    def _whole(self, mulaw: bytes) -> Iterator[bytes]:
        """Audio time must go on: an empty message becomes a frame of silence, a long one is cut."""
        if len(mulaw) != len(SILENT_FRAME):
            self._count("odd")
        return frames(mulaw[:MAX_PAYLOAD_BYTES] or SILENT_FRAME)

    def _silence(self, frames: int) -> Iterator[bytes]:
        filled = min(frames, LONGEST_FILL)
        self._count("filled", filled)
        if self._heard_ms is not None:
            self._heard_ms += filled * FRAME_MS
        for _ in range(filled):
            yield SILENT_FRAME

    def _count(self, what: Count, times: int = 1) -> None:
        self.counts[what] += times
