"""pyttsx3 (espeak-ng): works with pip alone. Used if the better voices are missing, or if chosen."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.packaged import packaged
from voicebot.speech.audio import Pcm, read_wav
from voicebot.speech.tts.synthesizer import for_telephone

#: Run by its path with `-P`, so that it needs neither our package nor the current folder to be importable.
_SCRIPT: Final = packaged("speech", "tts", "pyttsx3_speak.py")
_WORDS_A_MINUTE: Final[dict[Pace, int]] = {"normal": 150, "slow": 105}
_TRIES: Final = 3
_TIMEOUT_S: Final = 30
#: Seconds per letter. Nobody speaks faster than this; a shorter file was cut off.
_SHORTEST_S_A_LETTER: Final = 0.02


class Pyttsx3:
    """The French voice of espeak-ng; runs `script` in a fresh process (about 60 ms) per utterance."""

    name = "pyttsx3-fr-1"

    def __init__(self, script: Path = _SCRIPT) -> None:
        self._script = script

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz; retried if the file came out empty or cut off."""
        for _ in range(_TRIES):
            pcm = self._try(text, pace)
            if pcm is not None:
                return pcm
        raise AudioError(
            f"expected speech from pyttsx3 within {_TRIES} tries, got none; see `voicebot doctor`"
        )

    def _try(self, text: str, pace: Pace) -> Pcm | None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "speech.wav"
            command = [sys.executable, "-P", str(self._script), str(_WORDS_A_MINUTE[pace]), str(path)]
            try:
                subprocess.run(
                    command, input=text.encode(), capture_output=True, timeout=_TIMEOUT_S, check=True
                )
            except subprocess.SubprocessError:
                return None
            return self._checked(path, text)

    def _checked(self, path: Path, text: str) -> Pcm | None:
        try:
            pcm, rate_hz = read_wav(path)
            whole = len(pcm) / rate_hz >= _SHORTEST_S_A_LETTER * len(text.strip())
            return for_telephone(pcm, rate_hz, self.name) if whole else None
        except AudioError:
            return None
