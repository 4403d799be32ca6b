"""Whether anybody speaks in a sound, and where: what recognizers of whole utterances need beforehand."""

from __future__ import annotations

from typing import Final

import numpy as np

from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.vad import Vad, VadStream

#: Speech is in the sound when so many windows (32 ms) are probably speech. The threshold is low: by telephone
#: a short "oui" stays between 0.3 and 0.6, noise and coughs under 0.15; chords get through and are refused
#: by what the recognizer makes of them.
_SPEECH_WINDOWS, _SPEECH_PROBABILITY = 4, 0.2
_LEVEL_WINDOW: Final = RECOGNIZER_HZ // 50
PADDING: Final = RECOGNIZER_HZ // 5
"""Samples that are kept on both sides of the loud part."""


class SpeechGate:
    """Follows one sound that grows. `vad` is one of its own, because it keeps state."""

    def __init__(self, vad: Vad) -> None:
        self._vad = VadStream(vad)
        self._judged = 0
        self._speech_windows = 0

    def is_speech(self, sound: Pcm) -> bool:
        """Whether somebody speaks in `sound` (16 kHz), which begins with what was judged before.

        Judges what is new, until enough speech was found: a window costs 0.14 ms.
        """
        fresh, step = sound[self._judged :], 10 * _LEVEL_WINDOW
        for start in range(0, len(fresh), step):
            if self._speech_windows >= _SPEECH_WINDOWS:
                return True
            chances = [chance for _, chance in self._vad.accept(fresh[start : start + step])]
            self._speech_windows += sum(chance >= _SPEECH_PROBABILITY for chance in chances)
            self._judged += len(fresh[start : start + step])
        return self._speech_windows >= _SPEECH_WINDOWS


def loud_part(sound: Pcm) -> tuple[int, int]:
    """Where what stands out begins and ends: 8 dB over the quietest tenth, 30 dB under the peak."""
    whole = len(sound) - len(sound) % _LEVEL_WINDOW
    if not whole:
        return 0, len(sound)
    windows = sound[:whole].reshape(-1, _LEVEL_WINDOW).astype(np.float64)
    levels = 10 * np.log10(np.mean(windows**2, axis=1) + 1.0)
    loud = np.flatnonzero(levels >= min(levels.max(), max(np.quantile(levels, 0.1) + 8, levels.max() - 30)))
    return int(loud[0]) * _LEVEL_WINDOW, (int(loud[-1]) + 1) * _LEVEL_WINDOW
