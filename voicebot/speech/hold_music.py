"""Something soft to wait by: slow chords of plain tones inside the telephone's band, made here."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voicebot.speech.audio import TELEPHONE_HZ, Pcm

#: Each chord sounds so long and fades into the next; the last fades into the first.
CHORD_S: Final = 4.0
#: The note that semitones are counted from: the lowest one then stands at 311 Hz, where telephones begin.
_BASE_HZ: Final = 587.33
#: Four chords as semitones, in one narrow place, so that little moves.
_CHORDS: Final = ((-4, 0, 3), (-7, -4, 0), (-11, -7, -4), (-9, -5, -2))
#: A little of the octave makes a tone warm; more than this is sharp by telephone.
_OVERTONES: Final = ((1.0, 1.0), (2.0, 0.18), (3.0, 0.05))
#: Quieter than speech, which stands at about -20: it must not tire, and a voice must stand out.
_PEAK: Final = 2600


@cache
def hold_music() -> Pcm:
    """17 seconds at 8 kHz that begin and end in silence; not to be written to."""
    length, overlap = round(CHORD_S * TELEPHONE_HZ), round(1.2 * TELEPHONE_HZ)
    sound = np.zeros(length * len(_CHORDS) + overlap)
    for number, notes in enumerate(_CHORDS):
        sound[number * length : (number + 1) * length + overlap] += _chord(notes, length + overlap)
    music = np.asarray(np.rint(sound / np.abs(sound).max() * _PEAK), dtype=np.int16)
    music.setflags(write=False)
    return music


def _chord(notes: tuple[int, ...], samples: int) -> NDArray[np.float64]:
    """Notes that come one after the other and swell and fade together."""
    at = np.arange(samples) / TELEPHONE_HZ
    late = [np.clip(at - 0.35 * number, 0.0, None) for number in range(len(notes))]
    tones = sum(_tone(_BASE_HZ * 2 ** (note / 12), since) for note, since in zip(notes, late, strict=True))
    return np.asarray(tones * np.sin(np.pi * at / at[-1]) ** 0.6, dtype=np.float64)


def _tone(hz: float, since: NDArray[np.float64]) -> NDArray[np.float64]:
    """One note, struck softly at 0 of `since` and dying away."""
    envelope = (1 - np.exp(-since / 0.25)) * np.exp(-since / 3.0)
    waves = sum(strength * np.sin(2 * np.pi * hz * times * since) for times, strength in _OVERTONES)
    return np.asarray(waves * envelope, dtype=np.float64)
