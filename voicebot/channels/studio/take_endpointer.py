"""What somebody says after the beep, frame by frame, until a silence ends it."""

from __future__ import annotations

from typing import Final

import numpy as np

from voicebot.speech.audio import Pcm, Upsampler
from voicebot.speech.conversation import FRAME_S, WINDOW_S
from voicebot.speech.take import LONGEST_S
from voicebot.speech.vad import SileroVad, VadStream

_SPEECH: Final = 0.5
#: Seconds of silence after speech that end a take; people who read two sentences pause less between them.
_ENDED_S: Final = 1.4
#: Seconds after which somebody who has said nothing is taken to have nothing to say.
_NOTHING_S: Final = 6.0


class TakeEndpointer:
    """One take, at 8 kHz."""

    def __init__(self) -> None:
        self._frames: list[Pcm] = []
        self._upsampler = Upsampler()
        self._speech = VadStream(SileroVad())
        self._spoke = False
        self._silence_s = 0.0

    def accept(self, pcm: Pcm) -> bool:
        """Take one more frame; whether the take is over."""
        self._frames.append(pcm)
        for _, probability in self._speech.accept(self._upsampler.accept(pcm)):
            self._spoke = self._spoke or probability >= _SPEECH
            self._silence_s = 0.0 if probability >= _SPEECH else self._silence_s + WINDOW_S
        patience_s = _ENDED_S if self._spoke else _NOTHING_S
        return self._silence_s >= patience_s or len(self._frames) * FRAME_S >= LONGEST_S

    def sound(self) -> Pcm:
        """The whole take."""
        return np.concatenate(self._frames) if self._frames else np.zeros(0, np.int16)
