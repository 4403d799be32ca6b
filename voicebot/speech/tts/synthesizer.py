"""What a synthesizer is: words go in, telephone sound comes out, equally loud whichever engine speaks."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level, resample

#: The level of speech on the line: loud enough for a cheap telephone, far enough from clipping.
SPEECH_DBFS = -20.0
_QUIET_DBFS = -55.0
_WINDOW = TELEPHONE_HZ // 100
#: Silence left around the words.
_MARGIN = TELEPHONE_HZ // 25


class Synthesizer(Protocol):
    """Speaks French; safe to use from several threads."""

    @property
    def name(self) -> str:
        """A short name that changes whenever the voice would sound different: cached speech carries it."""

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz. Raises AudioError when no sound was made."""


def for_telephone(pcm: Pcm, rate_hz: int, name: str) -> Pcm:
    """What an engine made, ready for the line: 8 kHz, silent ends cut, at the common level."""
    narrow = resample(pcm, rate_hz, TELEPHONE_HZ)
    windows = narrow[: len(narrow) - len(narrow) % _WINDOW].reshape(-1, _WINDOW)
    loud = [index for index, window in enumerate(windows) if level(window) > _QUIET_DBFS]
    if not loud:
        raise AudioError(f"expected speech from {name}, got silence; try another voice")
    start, end = max(0, loud[0] * _WINDOW - _MARGIN), (loud[-1] + 1) * _WINDOW + _MARGIN
    voiced = level(np.concatenate([windows[index] for index in loud]))
    gain = 10 ** ((SPEECH_DBFS - voiced) / 20)
    return np.asarray(np.clip(narrow[start:end] * gain, -32768, 32767), dtype=np.int16)
