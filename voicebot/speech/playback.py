"""Speaking: sounds as 20 ms frames, released at the pace at which audio comes in.

One frame goes out for every frame that comes in, after a short lead: whatever has not been sent to the
telephone network yet can still be taken back, so somebody who interrupts gets silence at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

import numpy as np

from voicebot.sound import Audio, Pause, Sound, Speech
from voicebot.speech.audio import Pcm

FRAME_SAMPLES = 160
_RATE_HZ = 8000
#: Frames sent ahead, against jitter: 160 ms, so that an interruption takes effect within 200 ms.
LEAD_FRAMES = 8


Say = Callable[[Speech], Awaitable[Pcm]]


class PlaybackBuffer:
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

    def start(self, sounds: Sequence[Sound]) -> None:
        """Play `sounds` instead of whatever is being said."""
        self.stop()
        self._rendering = asyncio.create_task(self._render(sounds))

    def stop(self) -> None:
        """Fall silent."""
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

    async def _render(self, sounds: Sequence[Sound]) -> None:
        for sound in sounds:
            self._frames.extend(_frames(await self._audio(sound)))

    async def _audio(self, sound: Sound) -> Pcm:
        match sound:
            case Pause(seconds):
                return _silence(seconds)
            case Audio(pcm=pcm):
                return pcm
            case Speech():
                return await self._say(sound)


def _silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * _RATE_HZ), dtype=np.int16)


def _frames(pcm: Pcm) -> list[Pcm]:
    padding = -len(pcm) % FRAME_SAMPLES
    whole = np.pad(pcm, (0, padding))
    return list(whole.reshape(-1, FRAME_SAMPLES))
