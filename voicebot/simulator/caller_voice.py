"""The caller's voice as it comes out of a telephone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech import telephone_line
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level, read_wav, resample
from voicebot.speech.tts.synthesizer import Synthesizer


@dataclass(frozen=True)
class CallerVoice:
    """Speaks with `synthesizer`, never with the assistant's own voice: a recognizer finds that one too easy.

    `level_dbfs` is the loudness of the speech, `noise_dbfs` that of the line noise.
    """

    synthesizer: Synthesizer
    pace: Pace = "normal"
    level_dbfs: float = -22.0
    noise_dbfs: float = -62.0

    def speak(self, text: str) -> tuple[Pcm, ...]:
        """`text` as 20 ms frames; raises `AudioError` if the synthesizer produced no sound."""
        pcm = self.synthesizer.speak(text, self.pace)
        if level(pcm) < telephone_line.VOICED_DBFS:
            raise AudioError(f"Expected speech from {self.synthesizer.name}, got silence; use another voice.")
        return self._line(telephone_line.at_level(telephone_line.band(pcm), self.level_dbfs))

    def play(self, path: Path) -> tuple[Pcm, ...]:
        """A WAV file at its own level as 20 ms frames; raises `AudioError` if it cannot be read."""
        return self._line(telephone_line.band(resample(*read_wav(path), TELEPHONE_HZ)))

    def silence(self, ticks: int) -> tuple[Pcm, ...]:
        """The line while nobody speaks."""
        return telephone_line.frames(
            telephone_line.noise(ticks * telephone_line.FRAME_SAMPLES, self.noise_dbfs)
        )

    def _line(self, pcm: Pcm) -> tuple[Pcm, ...]:
        whole = np.concatenate([pcm[:0], *telephone_line.frames(pcm)])
        return telephone_line.frames(telephone_line.over_noise(whole, self.noise_dbfs))
