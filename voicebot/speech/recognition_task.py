"""One answer being recognized: audio goes to the engine in a thread, the event loop never waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

import numpy as np

from voicebot.errors import RecognizerLost
from voicebot.pools import Pool
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Stream, Transcript

#: Audio is handed over in pieces of 100 ms at 16 kHz: often enough for partials, rarely enough to be cheap.
_CHUNK_SAMPLES = 1600

#: Far more than can listen at once on one machine; each call occupies at most one.
_MOST_THREADS = 64
#: This many answers that engines never finished are no accident: nobody is made to wait for another.
_STUCK_MEANS_DEAF = 4

HEARING = Pool("hearing", _MOST_THREADS)

T = TypeVar("T")


def is_deaf() -> bool:
    """Whether the engines of this process hang. This ends by itself when they recover."""
    return HEARING.stuck >= _STUCK_MEANS_DEAF


class RecognitionTask:
    """Feeds one recognizer stream, one thing after another. `partial` is what was understood so far."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending: list[Pcm] = []
        self._samples = 0
        self._turn = asyncio.Lock()
        self._feeding: set[asyncio.Task[None]] = set()
        self._work: Future[Any] | None = None
        self.partial = ""

    def accept(self, pcm: Pcm) -> None:
        """Add 16 kHz audio."""
        self._pending.append(pcm)
        self._samples += len(pcm)
        if self._samples >= _CHUNK_SAMPLES:
            self._flush()

    async def peek(self) -> str | None:
        """What has been said so far; engines without partial results decode it, which takes a while.

        None if the engine has no answer yet, but may have one a moment later.
        """
        self._flush()
        transcript = await self._in_thread(self._stream.peek)
        return transcript.text if transcript else self.partial or None

    async def finish(self) -> Transcript:
        """The whole answer. Raises whatever the engine raised (`RecognizerLost`, `ModelError`)."""
        self._flush()
        await asyncio.gather(*self._feeding)
        return await self._in_thread(self._stream.finish)

    async def close(self) -> None:
        """Abandon the answer at once: a thread still busy with it closes the stream afterwards."""
        for task in self._feeding:
            task.cancel()
        await asyncio.gather(*self._feeding, return_exceptions=True)
        if self._work and not self._work.done():
            self._work.add_done_callback(lambda done: self._stream.close())
        else:
            await self._in_thread(self._stream.close)

    def _flush(self) -> None:
        if not self._pending:
            return
        chunk = np.concatenate(self._pending)
        self._pending, self._samples = [], 0
        task = asyncio.create_task(self._feed(chunk))
        self._feeding.add(task)
        # A failed chunk stays in the set, so that `finish` raises what went wrong.
        task.add_done_callback(self._fed)

    def _fed(self, done: asyncio.Task[None]) -> None:
        if not done.cancelled() and done.exception() is None:
            self._feeding.discard(done)

    async def _feed(self, chunk: Pcm) -> None:
        partial = await self._in_thread(self._stream.accept, chunk)
        if partial is not None:
            self.partial = partial

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        """An asyncio lock is fair: what was requested first is done first."""
        async with self._turn:
            if self._work and not self._work.done():
                raise RecognizerLost("expected the recognizer to be done with the last piece, it hangs")
            self._work = work = HEARING.begin(function, *arguments)
            return await HEARING.wait(work)
