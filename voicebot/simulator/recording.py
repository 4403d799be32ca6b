"""The whole call as a stereo WAV: caller left, assistant right, aligned in played audio time."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from voicebot.speech.audio import TELEPHONE_HZ, Pcm, write_stereo_wav
from voicebot.speech.telephone_line import TICKS_PER_S


class Recording:
    """Both sides of a call, one frame of each per tick."""

    def __init__(self) -> None:
        self._caller: list[Pcm] = []
        self._assistant: list[Pcm] = []

    @property
    def ticks(self) -> int:
        """How many frames have been recorded."""
        return len(self._caller)

    @property
    def seconds(self) -> float:
        """How long the call has lasted, in audio time."""
        return self.ticks / TICKS_PER_S

    def add(self, caller: Pcm, assistant: Pcm) -> None:
        """Record what both sides said in this tick (8 kHz int16, equal lengths)."""
        self._caller.append(caller)
        self._assistant.append(assistant)

    def save(self, path: Path) -> None:
        """Write 16-bit PCM at 8 kHz; raises `AudioError` if that fails."""
        nothing = np.zeros(0, dtype=np.int16)
        left = np.concatenate([nothing, *self._caller])
        write_stereo_wav(path, left, np.concatenate([nothing, *self._assistant]), TELEPHONE_HZ)
