"""A take: somebody's recording of one text, prepared for keeping, and what is wrong with it, if anything.

Loudness is not set here: `for_telephone` gives recordings and synthesizers the same level by the same
measure, so that both can occur in one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.audio import RECOGNIZER_HZ, SILENT_DBFS, Pcm, level, resample
from voicebot.speech.vad import WINDOW, SileroVad, VadStream

Fault = Literal["silent", "cut", "loud", "quiet", "noisy", "short", "long"]

#: A longer take is not a sentence; anything after this is ignored.
LONGEST_S: Final = 30.0
_SPEECH: Final = 0.5
#: Seconds of silence left before and after the words, so that no soft consonant is lost.
_MARGIN_S: Final = 0.15
_FADE_S: Final = 0.01
#: Hum and thumps on the table are below this, every voice is above.
_RUMBLE_HZ: Final = 80.0
#: This many consecutive samples at the limit of 16 bits are a clipped wave.
_FLAT: Final = 4
_FULL: Final = 32_000
#: A larger share of clipped samples is heard as distortion.
_MOST_FLAT: Final = 0.0005
_QUIETEST_DBFS: Final = -45.0
#: Decibels. Below this, the telephone's narrow band makes words and noise hard to tell apart.
_LEAST_OVER_NOISE_DB: Final = 15.0
#: dBFS. A room louder than this drowns out the speaker.
_LOUDEST_ROOM_DBFS: Final = -40.0
_WINDOW_S: Final = WINDOW / RECOGNIZER_HZ
#: The detector reacts late if it has heard no silence: it is first given this many windows of it.
_LEAD: Final = 10
#: Speech this many windows from either end, or closer, was probably cut off.
_EDGE_WINDOWS: Final = 3
#: The shortest and longest acceptable duration, relative to the estimate without its final pause.
_SHORTEST: Final = 0.4
_REST_S: Final = 0.5
_LONGEST: Final = 2.5
_SPARE_S: Final = 2.0


@dataclass(frozen=True)
class Take:
    """`pcm` at 16 kHz without its silent ends, empty if there is no speech; levels in dBFS, as recorded.

    `fault` is the first thing that is wrong; None if it can be kept.
    """

    pcm: Pcm
    speech_dbfs: float
    noise_dbfs: float
    fault: Fault | None = None

    @property
    def seconds(self) -> float:
        """Its length without its silent ends."""
        return len(self.pcm) / RECOGNIZER_HZ


def listen(pcm: Pcm, rate_hz: int, expected_s: float) -> Take:
    """Judge a recording of a text that should take `expected_s` seconds."""
    raw = pcm[: int(LONGEST_S * rate_hz)]
    sound = _without_rumble(resample(raw, rate_hz, RECOGNIZER_HZ))
    speech = _speech(sound)
    spoken = np.flatnonzero(speech)
    if not len(spoken):
        room = level(sound)
        return Take(sound[:0], SILENT_DBFS, room, "noisy" if room > _LOUDEST_ROOM_DBFS else "silent")
    windows = sound[: len(speech) * WINDOW].reshape(-1, WINDOW)
    first, last = int(spoken[0]), int(spoken[-1])
    speech_dbfs, noise_dbfs = level(windows[speech].ravel()), _noise(windows, speech)
    kept = _cut(sound, first * WINDOW, (last + 1) * WINDOW)
    at_edge = first < _EDGE_WINDOWS or last >= len(speech) - _EDGE_WINDOWS
    spoken_s = (last + 1 - first) * _WINDOW_S
    fault = _fault(_is_flat(raw), speech_dbfs, noise_dbfs, spoken_s, expected_s, at_edge)
    return Take(kept, speech_dbfs, noise_dbfs, fault)


def _fault(
    flat: bool, speech_dbfs: float, noise_dbfs: float, spoken_s: float, expected_s: float, at_edge: bool
) -> Fault | None:
    if flat:
        return "loud"
    if speech_dbfs < _QUIETEST_DBFS:
        return "quiet"
    if speech_dbfs - noise_dbfs < _LEAST_OVER_NOISE_DB:
        return "noisy"
    if at_edge:
        return "cut"
    if spoken_s < _SHORTEST * (expected_s - _REST_S):
        return "short"
    return "long" if spoken_s > _LONGEST * expected_s + _SPARE_S else None


def _speech(sound: Pcm) -> NDArray[np.bool_]:
    """For each whole window, whether somebody is speaking."""
    found = VadStream(SileroVad()).accept(np.concatenate([np.zeros(_LEAD * WINDOW, np.int16), sound]))
    return np.array([probability >= _SPEECH for _, probability in found], dtype=np.bool_)[_LEAD:]


def _noise(windows: Pcm, speech: NDArray[np.bool_]) -> float:
    """The level of the room: the median of the windows without speech, which ignores trailing sounds."""
    levels = [level(window) for window in windows[~speech]]
    return float(np.median(levels)) if levels else SILENT_DBFS


def _is_flat(pcm: Pcm) -> bool:
    """Whether the waves are clipped, which nothing can repair."""
    full = (np.abs(pcm.astype(np.int32)) >= _FULL).astype(np.int8)
    runs = np.convolve(full, np.ones(_FLAT, np.int8), "valid") == _FLAT
    return bool(len(pcm)) and float(np.count_nonzero(runs)) / len(pcm) > _MOST_FLAT


def _without_rumble(pcm: Pcm) -> Pcm:
    if not len(pcm):
        return pcm
    spectrum = np.fft.rfft(pcm.astype(np.float64))
    hertz = np.fft.rfftfreq(len(pcm), 1 / RECOGNIZER_HZ)
    # A soft slope of one octave, because a hard one would ring.
    spectrum *= np.clip(2 * hertz / _RUMBLE_HZ - 1, 0, 1)
    sound = np.fft.irfft(spectrum, len(pcm))
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)


def _cut(sound: Pcm, start: int, end: int) -> Pcm:
    """From just before the words to just after, without a click at either end."""
    margin = int(_MARGIN_S * RECOGNIZER_HZ)
    kept = sound[max(0, start - margin) : end + margin].astype(np.float64)
    fade = np.minimum(1.0, np.arange(len(kept)) / (_FADE_S * RECOGNIZER_HZ))
    return np.asarray(kept * fade * fade[::-1], dtype=np.int16)
