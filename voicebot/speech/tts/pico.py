"""Pico (SVOX, through py-nanotts): small, quick, the same every time. Speaks what must be said at once."""

from __future__ import annotations

import threading

import numpy as np
from py_nanotts import NanoTTS

from voicebot.dialogue.session import Pace
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.tts.synthesizer import for_telephone

_SPEEDS: dict[Pace, float] = {"normal": 0.88, "slow": 0.66}


class Pico:
    """The French voice of Pico. The engine speaks one sentence at a time."""

    name = "pico-fr-1"

    def __init__(self) -> None:
        self._engine = NanoTTS()
        self._turn = threading.Lock()

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz; about 4 ms a second of speech."""
        with self._turn:
            sound = self._engine.speak(text, voice="fr-FR", speed=_SPEEDS[pace])
        pcm = np.frombuffer(sound, dtype="<i2") if isinstance(sound, bytes) else np.asarray(sound)
        return for_telephone(pcm.astype(np.int16), RECOGNIZER_HZ, self.name)
