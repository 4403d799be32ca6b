"""When the next 20 ms tick may happen, in wall time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Literal

Tempo = Literal["fast", "real_time"]

TICK_S: Final = 0.02
#: In fast mode the caller speaks eight times as fast: a server on the same machine can just keep up.
CALLER_TICK_S: Final = TICK_S / 8
#: In fast mode, this many waiting frames or more are played without pause; with fewer, the server may send
#: first.
ENOUGH_FRAMES: Final = 5
#: Seconds. A longer delay is not made up for: catching up would send a burst that no telephone sends.
LATE_S: Final = 0.1


class Clock:
    """Paces the ticks of one call."""

    def __init__(self, tempo: Tempo) -> None:
        self.tempo = tempo
        #: Set this whenever something arrives that may shorten the wait.
        self.news = asyncio.Event()
        self._last = 0.0

    async def tick(self, interval: Callable[[], float]) -> None:
        """Return `interval()` seconds after the last tick; any news causes `interval` to be asked again."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(0)
        while (left := self._last + interval() - loop.time()) > 0:
            self.news.clear()
            try:
                async with asyncio.timeout(left):
                    await self.news.wait()
            except TimeoutError:
                break
        due, now = self._last + interval(), loop.time()
        self._last = due if interval() and now - due < LATE_S else now

    def stream_interval(self, frames_waiting: int, caller_talks: bool, stays_silent: bool = False) -> float:
        """How long the current tick of a media stream lasts, in seconds.

        In real time always 20 ms. In fast mode prompts are played as fast as the server sends them, and the
        caller
        talks or is deliberately silent fast. But not when both talk, nor while the caller waits for an
        answer:
        barge-in and recognition take wall time, and audio time must show it.
        """
        if self.tempo == "real_time" or (frames_waiting and caller_talks):
            return TICK_S
        if caller_talks or (stays_silent and not frames_waiting):
            return CALLER_TICK_S
        return 0.0 if frames_waiting >= ENOUGH_FRAMES else TICK_S

    def keypad_interval(self) -> float:
        """How long a tick lasts, in seconds, while we play a document without the server."""
        return TICK_S if self.tempo == "real_time" else 0.0
