"""Pico (SVOX, through py-nanotts): small and fast. Speaks what must be said at once."""

from __future__ import annotations

import re
import threading
from typing import Final

import numpy as np
from py_nanotts import NanoTTS

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm
from voicebot.speech.tts.synthesizer import for_telephone

_RATE_HZ: Final = 16000
_SPEEDS: Final[dict[Pace, float]] = {"normal": 0.88, "slow": 0.64}
#: Pico obeys tags in the text, and stops at a null character.
_MARKUP: Final = re.compile(r"[<>\0]")


class Pico:
    """The French voice of Pico, one text at a time. Two takes may differ in a pause or two."""

    name = "pico-fr-1"

    def __init__(self) -> None:
        self._engine = NanoTTS()
        self._turn = threading.Lock()

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz; takes about 5 ms per second of speech."""
        try:
            with self._turn:
                sound = self._engine.speak(_MARKUP.sub(" ", text), voice="fr-FR", speed=_SPEEDS[pace])
        except (RuntimeError, ValueError, MemoryError) as error:
            # Pico's own message may quote the text, which must not reach a log.
            raise AudioError("expected speech from Pico, it failed; see `voicebot doctor`") from error
        return for_telephone(np.frombuffer(sound, dtype="<i2"), _RATE_HZ, self.name)
