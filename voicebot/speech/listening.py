"""One answer being recognized: audio goes to the engine in a thread, the event loop never waits for it."""

from __future__ import annotations

import asyncio

import numpy as np

from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Stream, Transcript

#: Audio is handed over in pieces of 100 ms at 16 kHz: often enough for partials, rarely enough to be cheap.
_CHUNK_SAMPLES = 1600


class Listening:
    """Feeds one recognizer stream in order. `partial` is what was understood so far."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._pending: list[Pcm] = []
        self._samples = 0
        self._last: asyncio.Future[object] | None = None
        self.partial = ""

    def accept(self, pcm: Pcm) -> None:
        """Add 16 kHz audio."""
        self._pending.append(pcm)
        self._samples += len(pcm)
        if self._samples >= _CHUNK_SAMPLES:
            self._flush()

    async def peek(self) -> str:
        """What has been said until now; engines without partial results decode it, which takes a while."""
        self._flush()
        await self._settled()
        transcript = await asyncio.to_thread(self._stream.peek)
        return transcript.text if transcript else self.partial

    async def finish(self) -> Transcript:
        """The whole answer. Raises what the engine raised (`RecognizerLost`, `ModelError`)."""
        self._flush()
        await self._settled()
        return await asyncio.to_thread(self._stream.finish)

    def _flush(self) -> None:
        if not self._pending:
            return
        chunk = np.concatenate(self._pending)
        self._pending, self._samples = [], 0
        self._last = asyncio.ensure_future(self._feed(chunk, self._last))

    async def _feed(self, chunk: Pcm, before: asyncio.Future[object] | None) -> None:
        if before:
            await before
        partial = await asyncio.to_thread(self._stream.accept, chunk)
        if partial is not None:
            self.partial = partial

    async def _settled(self) -> None:
        if self._last:
            await self._last
