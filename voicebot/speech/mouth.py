"""Speaking: the pieces of a prompt as 20 ms frames, released at the pace at which audio comes in.

One frame goes out for every frame that comes in, after a short lead: what the telephone network has not
been sent yet can still be taken back, so a person who interrupts is answered by silence at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from voicebot.speech.audio import Pcm
from voicebot.speech.piece import Piece, Rest, Sound

FRAME_SAMPLES = 160
_RATE_HZ = 8000
#: Frames sent ahead, against jitter: 160 ms, so that an interruption takes effect within 200 ms.
LEAD_FRAMES = 8


Say = Callable[[Piece], Awaitable[Pcm]]


class Mouth:
    """What is being said in one call."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._frames: deque[Pcm] = deque()
        self._rendering: asyncio.Task[None] | None = None
        self._ahead = 0

    @property
    def speaking(self) -> bool:
        """True until the last frame has been played at the other end."""
        return bool(self._frames) or self._busy or self._ahead > 0

    def start(self, pieces: Sequence[Piece | Rest | Sound]) -> None:
        """Say `pieces` instead of whatever is being said."""
        self.stop()
        self._rendering = asyncio.create_task(self._render(pieces))

    def stop(self) -> None:
        """Be silent."""
        if self._rendering:
            self._rendering.cancel()
        self._rendering = None
        self._frames.clear()
        self._ahead = 0

    def failure(self) -> BaseException | None:
        """Why nothing can be said, if the voice failed."""
        task = self._rendering
        return task.exception() if task and task.done() and not task.cancelled() else None

    def tick(self) -> list[Pcm]:
        """20 ms have passed: the frames to send now."""
        out: list[Pcm] = []
        self._ahead = max(0, self._ahead - 1)
        while self._frames and self._ahead < LEAD_FRAMES:
            out.append(self._frames.popleft())
            self._ahead += 1
        return out

    @property
    def _busy(self) -> bool:
        return self._rendering is not None and not self._rendering.done()

    async def _render(self, pieces: Sequence[Piece | Rest | Sound]) -> None:
        for piece in pieces:
            self._frames.extend(_frames(await self._sound(piece)))

    async def _sound(self, piece: Piece | Rest | Sound) -> Pcm:
        match piece:
            case Rest(seconds):
                return _silence(seconds)
            case Sound(pcm):
                return pcm
        return await self._say(piece)


def _silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * _RATE_HZ), dtype=np.int16)


def _frames(pcm: Pcm) -> list[Pcm]:
    padding = -len(pcm) % FRAME_SAMPLES
    whole = np.pad(pcm, (0, padding))
    return list(whole.reshape(-1, FRAME_SAMPLES))
