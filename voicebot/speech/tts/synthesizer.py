"""What a synthesizer is: words go in, telephone sound comes out, equally loud whichever engine speaks."""

from __future__ import annotations

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level, resample

#: dBFS. The level of speech on the line: loud enough for a cheap telephone, far enough from clipping.
SPEECH_DBFS: Final = -20.0
#: dBFS. Speech starts and ends where a window is louder than this, once the whole is at `SPEECH_DBFS`.
_QUIET_DBFS: Final = -50.0
_WINDOW: Final = TELEPHONE_HZ // 100
#: Samples of silence left around the words (40 ms), so that no consonant is cut off.
_MARGIN: Final = TELEPHONE_HZ // 25
_FULL_SCALE: Final = 32768.0


class Synthesizer(Protocol):
    """Speaks French; safe to use from several threads."""

    @property
    def name(self) -> str:
        """A short name that changes whenever the voice would sound different: cached speech carries it."""
        ...

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` (already in spoken words) at 8 kHz, as `for_telephone` leaves it. Raises AudioError."""
        ...


def for_telephone(pcm: Pcm, rate_hz: int, name: str) -> Pcm:
    """The sound `pcm` ready for the line: 8 kHz, without silent ends, at the common level.

    `name` says whose sound it is. Raises AudioError if it contains no speech.
    """
    levelled = _at_speech_level(resample(pcm, rate_hz, TELEPHONE_HZ).astype(np.float64))
    loud = np.flatnonzero(_levels(levelled) > _QUIET_DBFS)
    if not len(loud):
        raise AudioError(f"expected speech from {name}, got silence; try another voice")
    start, end = max(0, int(loud[0]) * _WINDOW - _MARGIN), (int(loud[-1]) + 1) * _WINDOW + _MARGIN
    return np.clip(levelled[start:end], -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def pause(seconds: float) -> Pcm:
    """Silence at 8 kHz."""
    return np.zeros(int(seconds * TELEPHONE_HZ), dtype=np.int16)


def _at_speech_level(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Pauses do not count: a text with many pauses does not become louder."""
    levels = _levels(sound)
    if not len(levels) or levels.max() < _QUIET_DBFS:
        return sound
    voiced = sound[: len(levels) * _WINDOW].reshape(-1, _WINDOW)[levels > levels.max() - 30.0]
    return sound * 10 ** ((SPEECH_DBFS - level(voiced.ravel())) / 20)


def _levels(sound: NDArray[np.float64]) -> NDArray[np.float64]:
    """The level of each 10 ms in dBFS, without an incomplete window at the end."""
    windows = sound[: len(sound) - len(sound) % _WINDOW].reshape(-1, _WINDOW)
    power = np.mean(np.square(windows / _FULL_SCALE), axis=1)
    return np.asarray(10 * np.log10(power + 1e-12))
