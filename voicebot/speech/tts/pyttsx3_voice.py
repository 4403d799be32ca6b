"""pyttsx3 (espeak-ng): works from pip alone. Used where the better voices are not installed, or when chosen."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm, read_wav
from voicebot.speech.tts import pyttsx3_speak
from voicebot.speech.tts.synthesizer import for_telephone

_WORDS_A_MINUTE: dict[Pace, int] = {"normal": 150, "slow": 105}
_TRIES = 3
_TIMEOUT_S = 30
#: Nobody says a letter faster than this; a shorter file was cut off.
_SHORTEST_S_A_LETTER = 0.02


class Pyttsx3:
    """The French voice of espeak-ng, one fresh process an utterance (about 60 ms)."""

    name = "pyttsx3-fr-1"

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz; tried again when the file came out empty or cut off."""
        for _ in range(_TRIES):
            pcm = self._try(text, pace)
            if pcm is not None:
                return pcm
        raise AudioError(f"expected speech from pyttsx3 within {_TRIES} tries, got none; is pyttsx3 installed?")

    def _try(self, text: str, pace: Pace) -> Pcm | None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            command = [sys.executable, "-m", pyttsx3_speak.__name__, str(_WORDS_A_MINUTE[pace]), str(path)]
            try:
                done = subprocess.run(
                    command, input=text, text=True, capture_output=True, timeout=_TIMEOUT_S, check=False
                )
            except subprocess.TimeoutExpired:
                return None
            return self._checked(path, text) if done.returncode == 0 and path.is_file() else None

    def _checked(self, path: Path, text: str) -> Pcm | None:
        try:
            pcm, rate_hz = read_wav(path)
            whole = len(pcm) / rate_hz >= _SHORTEST_S_A_LETTER * len(text.strip())
            return for_telephone(pcm, rate_hz, self.name) if whole else None
        except AudioError:
            return None
