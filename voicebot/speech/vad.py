"""Voice activity: the probability that somebody is speaking, window by window, by audio time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.silero import WINDOW, Silero

__all__ = ["WINDOW", "SileroVad", "Vad", "VadStream"]


class Vad(Protocol):
    """Judges windows in the order heard; it remembers earlier ones."""

    def probability(self, window: Pcm) -> float:
        """The probability that `window` (`WINDOW` samples, 16 kHz) is speech, 0 to 1."""
        ...

    def reset(self) -> None:
        """Forget what was heard, before another utterance or caller."""
        ...


class SileroVad:
    """Silero's network, in the package. One per caller, because it keeps state."""

    def __init__(self) -> None:
        self._network = Silero()

    def probability(self, window: Pcm) -> float:
        """The probability that `window` is speech; see `Vad`."""
        return self._network.probability(window)

    def reset(self) -> None:
        """Forget what was heard."""
        self._network.reset()


class VadStream:
    """Cuts chunks of any size into windows and yields the probability of each with its audio time."""

    def __init__(self, vad: Vad) -> None:
        self._vad = vad
        self._rest: Pcm = np.zeros(0, np.int16)
        self._windows = 0

    def accept(self, pcm: Pcm) -> Iterator[tuple[float, float]]:
        """Yield `(time_s, probability)` for each window that `pcm` (16 kHz) completes.

        `time_s` is where the window ends, in seconds of sound since the start of the stream. All windows
        are judged before the first is yielded, so that a caller who stops half way loses no sound.
        """
        sound = np.concatenate((self._rest, pcm))
        whole = len(sound) - len(sound) % WINDOW
        self._rest = sound[whole:]
        found = [self._judge(window) for window in sound[:whole].reshape(-1, WINDOW)]
        return iter(found)

    def _judge(self, window: Pcm) -> tuple[float, float]:
        self._windows += 1
        return self._windows * WINDOW / RECOGNIZER_HZ, self._vad.probability(window)
