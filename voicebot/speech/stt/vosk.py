"""Vosk: small French models with a grammar for closed questions, in processes of their own.

French accuracy has not been measured on our machines; the publisher states word errors of 22 to 27 %.
"""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock

import numpy as np
import structlog

from voicebot.errors import ModelError, RecognizerLost
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.vosk_pool import VoskUtterance, Worker

log = structlog.get_logger()

_PATIENCE_S = 8.0


class VoskStream:
    """One utterance, heard by a worker while it is spoken. See `Stream`."""

    def __init__(self, ear: VoskUtterance, patience_s: float) -> None:
        self._worker = ear
        self._patience_s = patience_s

    def accept(self, pcm: Pcm) -> str | None:
        """Hand the samples on; the text is what the worker has told by now."""
        self._worker.tell("audio", np.ascontiguousarray(pcm, dtype="<i2").tobytes())
        return self._worker.partial or None

    def peek(self) -> Transcript | None:
        """What has been understood of all samples accepted so far. Waits for the worker."""
        return Transcript(*self._worker.ask("peek", self._patience_s))

    def finish(self) -> Transcript:
        """The final result, 10 ms after the last samples with a grammar, up to 0.8 s without."""
        heard = Transcript(*self._worker.ask("finish", self._patience_s))
        self._worker.leave()
        return heard

    def close(self) -> None:
        """Forget the utterance."""
        self._worker.leave()
        try:
            self._worker.tell("close")
        except RecognizerLost:
            return  # there is nothing left to forget


class VoskRecognizer:
    """A Vosk model, loaded in `workers` processes (each holds the whole model in memory).

    When `expected` is closed and the model is a small one, only the expected phrases are heard; noise is then
    forced onto one of them or `[unk]`, so what matters must be confirmed. Phrases whose words are not in the
    lexicon are left out and told in the log once: give them as they sound ("cé a èf").
    """

    def __init__(self, folder: Path, workers: int | None = None, patience_s: float = _PATIENCE_S) -> None:
        """Start the workers and wait until they are ready. Raises ModelError when the model is bad."""
        self.name = f"vosk:{folder.name}"
        self.unknown: set[str] = set()
        """Expected words that the lexicon does not have, as far as they were met."""
        self._patience_s = patience_s
        self._learning = Lock()
        if not folder.is_dir():
            raise ModelError(f"expected a Vosk model in {folder}, there is no such folder; install the model")
        count = workers or min(4, os.cpu_count() or 1)
        self._workers = [Worker(folder, self._learn) for _ in range(count)]
        try:
            for worker in self._workers:
                worker.wait()
        except ModelError:
            self.close()
            raise

    @property
    def pids(self) -> tuple[int, ...]:
        """The worker processes that are ready."""
        return tuple(worker.pid for worker in self._workers if worker.ready)

    def start(self, expected: Expected) -> VoskStream:
        """Listen at the worker with the fewest utterances. Raises RecognizerLost when none is ready."""
        ready = [worker for worker in self._workers if worker.ready]
        if not ready:
            raise RecognizerLost("expected a speech recognizer that is ready, all are being started again")
        phrases = expected.phrases if expected.closed and expected.phrases else None
        idlest = min(ready, key=lambda worker: worker.load)
        return VoskStream(idlest.listen(phrases), self._patience_s)

    def close(self) -> None:
        """End all workers."""
        for worker in self._workers:
            worker.close()

    def _learn(self, words: tuple[str, ...]) -> None:
        with self._learning:
            new = set(words) - self.unknown
            self.unknown |= new
        if new:
            log.warning("words missing from the recognizer's lexicon", words=sorted(new))
