"""One answer being recognized: audio goes to the engine in a thread, the event loop never waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Stream, Transcript

#: Audio is handed over in pieces of 100 ms at 16 kHz: often enough for partials, rarely enough to be cheap.
_CHUNK_SAMPLES = 1600

T = TypeVar("T")


class Listening:
    """Feeds one recognizer stream, one thing after the other. `partial` is what was understood so far."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending: list[Pcm] = []
        self._samples = 0
        self._turn = asyncio.Lock()
        self._feeding: set[asyncio.Task[None]] = set()
        self.partial = ""

    def accept(self, pcm: Pcm) -> None:
        """Add 16 kHz audio."""
        self._pending.append(pcm)
        self._samples += len(pcm)
        if self._samples >= _CHUNK_SAMPLES:
            self._flush()

    async def peek(self) -> str | None:
        """What has been said until now; engines without partial results decode it, which takes a while.

        None when the engine has no answer yet, and may have one a moment later.
        """
        self._flush()
        transcript = await self._in_thread(self._stream.peek)
        return transcript.text if transcript else self.partial or None

    async def finish(self) -> Transcript:
        """The whole answer. Raises what the engine raised (`RecognizerLost`, `ModelError`)."""
        self._flush()
        await asyncio.gather(*self._feeding)
        return await self._in_thread(self._stream.finish)

    async def close(self) -> None:
        """Give the answer up."""
        await asyncio.gather(*self._feeding, return_exceptions=True)
        await self._in_thread(self._stream.close)

    def _flush(self) -> None:
        if not self._pending:
            return
        chunk = np.concatenate(self._pending)
        self._pending, self._samples = [], 0
        task = asyncio.create_task(self._feed(chunk))
        self._feeding.add(task)
        # A failed chunk stays in the set, so that `finish` raises what went wrong.
        task.add_done_callback(lambda done: None if done.exception() else self._feeding.discard(done))

    async def _feed(self, chunk: Pcm) -> None:
        partial = await self._in_thread(self._stream.accept, chunk)
        if partial is not None:
            self.partial = partial

    async def _in_thread(self, function: Callable[..., T], *arguments: object) -> T:
        """An asyncio lock is fair: what was asked first is done first."""
        async with self._turn:
            return await asyncio.to_thread(function, *arguments)
