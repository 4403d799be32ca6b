"""What a telephone line does to sound (8 kHz mono): 20 ms frames, the 300-3400 Hz band, a little noise."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.audio import FRAME_MS, TELEPHONE_HZ, Pcm, level

TICKS_PER_S: Final = 1000 // FRAME_MS
FRAME_SAMPLES: Final = TELEPHONE_HZ // TICKS_PER_S
BAND_HZ: Final = (300.0, 3400.0)
FILTER_TAPS: Final = 129
FULL_SCALE: Final = 32768.0
#: dBFS. A louder frame counts as sound; line noise is some 10 dB lower.
VOICED_DBFS: Final = -50.0
#: Decibels. Anything this much softer than the loudest frame is breath or room noise, not speech.
SPEECH_RANGE_DB: Final = 30.0


def ticks(seconds: float) -> int:
    """How many whole frames last `seconds`."""
    return round(seconds * TICKS_PER_S)


def silence(count: int = 1) -> tuple[Pcm, ...]:
    """`count` frames of digital silence."""
    return (np.zeros(FRAME_SAMPLES, dtype=np.int16),) * count


def frames(pcm: Pcm) -> tuple[Pcm, ...]:
    """Cut sound into whole frames; the last is padded with silence."""
    return tuple(np.pad(pcm, (0, -len(pcm) % FRAME_SAMPLES)).reshape(-1, FRAME_SAMPLES))


def voiced(frame: Pcm) -> bool:
    """True if `frame` contains more than line noise."""
    return level(frame) > VOICED_DBFS


def speech_end(sound: tuple[Pcm, ...]) -> int:
    """The number of frames up to the end of the last one that contains speech; 0 if none does."""
    levels = [level(frame) for frame in sound]
    threshold = max([VOICED_DBFS, *(one - SPEECH_RANGE_DB for one in levels)])
    return max((at + 1 for at, one in enumerate(levels) if one > threshold), default=0)


def at_level(pcm: Pcm, dbfs: float) -> Pcm:
    """The same sound, with its voiced frames at `dbfs` on average."""
    loud = [frame for frame in frames(pcm) if voiced(frame)]
    return _clip(pcm * _gain(dbfs - level(np.concatenate(loud)))) if loud else pcm


def band(pcm: Pcm) -> Pcm:
    """The part of a sound that the telephone lets through."""
    if not len(pcm):
        return pcm
    return _clip(np.convolve(pcm, _band_filter())[FILTER_TAPS // 2 :][: len(pcm)])


def over_noise(pcm: Pcm, noise_dbfs: float) -> Pcm:
    """The sound over comfort noise, so that no frame is digital zero."""
    return _clip(pcm.astype(np.float64) + noise(len(pcm), noise_dbfs))


def noise(samples: int, dbfs: float) -> Pcm:
    """Comfort noise; the same every time, so that a call can be repeated."""
    return _clip(np.random.default_rng(samples).normal(0.0, FULL_SCALE * _gain(dbfs), samples))


def hum(seconds: float) -> Pcm:
    """A soft tone in place of speech that nobody can synthesize."""
    return _clip(1000 * np.sin(2 * np.pi * 440 / TELEPHONE_HZ * np.arange(int(seconds * TELEPHONE_HZ))))


@cache
def _band_filter() -> NDArray[np.float64]:
    """A windowed-sinc band pass: the difference of two low passes."""
    low, high = (edge / TELEPHONE_HZ for edge in BAND_HZ)
    at = np.arange(FILTER_TAPS) - FILTER_TAPS // 2
    kernel = 2 * high * np.sinc(2 * high * at) - 2 * low * np.sinc(2 * low * at)
    return np.asarray(kernel * np.hamming(FILTER_TAPS), dtype=np.float64)


def _gain(decibels: float) -> float:
    return float(10 ** (decibels / 20))


def _clip(sound: NDArray[np.floating[Any]]) -> Pcm:
    return np.asarray(np.clip(np.rint(sound), -FULL_SCALE, FULL_SCALE - 1), dtype=np.int16)
