"""Soft music to wait by: slow chords of plain tones within the telephone's band, generated here."""

from __future__ import annotations

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voicebot.sound import Audio
from voicebot.speech.audio import TELEPHONE_HZ

MUSIC: Final = "music"

#: Seconds for which each chord sounds and fades into the next; the last fades into the first.
CHORD_S: Final = 4.0
#: Hertz: the note from which semitones are counted. The lowest one is then 311 Hz, where telephones begin.
_BASE_HZ: Final = 587.33
#: Four chords in semitones, close together, so that little moves.
_CHORDS: Final = ((-4, 0, 3), (-7, -4, 0), (-11, -7, -4), (-9, -5, -2))
#: A little of the octave makes a tone warm; more than this sounds harsh over the telephone.
_OVERTONES: Final = ((1.0, 1.0), (2.0, 0.18), (3.0, 0.05))
#: The largest sample, quieter than speech at about -20 dBFS: it must not tire, and a voice must stand out.
_PEAK: Final = 2600


@cache
def hold_music() -> Audio:
    """17 seconds that begin and end in silence; read-only."""
    length, overlap = round(CHORD_S * TELEPHONE_HZ), round(1.2 * TELEPHONE_HZ)
    sound = np.zeros(length * len(_CHORDS) + overlap)
    for number, notes in enumerate(_CHORDS):
        sound[number * length : (number + 1) * length + overlap] += _chord(notes, length + overlap)
    music = np.asarray(np.rint(sound / np.abs(sound).max() * _PEAK), dtype=np.int16)
    music.setflags(write=False)
    return Audio(MUSIC, music)


def _chord(notes: tuple[int, ...], samples: int) -> NDArray[np.float64]:
    """Notes that start one after another and swell and fade together."""
    at = np.arange(samples) / TELEPHONE_HZ
    late = [np.clip(at - 0.35 * number, 0.0, None) for number in range(len(notes))]
    tones = sum(_tone(_BASE_HZ * 2 ** (note / 12), since) for note, since in zip(notes, late, strict=True))
    return np.asarray(tones * np.sin(np.pi * at / at[-1]) ** 0.6, dtype=np.float64)


def _tone(hz: float, since: NDArray[np.float64]) -> NDArray[np.float64]:
    """One note, struck softly at 0 of `since` and dying away."""
    envelope = (1 - np.exp(-since / 0.25)) * np.exp(-since / 3.0)
    waves = sum(strength * np.sin(2 * np.pi * hz * times * since) for times, strength in _OVERTONES)
    return np.asarray(waves * envelope, dtype=np.float64)
