"""Sherpa-onnx: transducers, those that stream (zipformers) and those that hear the whole (Parakeet).

Nothing of it was measured by us: no French model can be had without its publisher's site.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable
from math import exp
from pathlib import Path
from statistics import fmean
from typing import Any, Final

import numpy as np
import sherpa_onnx

from voicebot.errors import ModelError, RecognizerLost
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.stt.recognizer import Expected, Stream, Transcript
from voicebot.speech.stt.speech_gate import PADDING, SpeechGate
from voicebot.speech.stt.turns import EngineSlots, cores
from voicebot.speech.stt.utterance import UtteranceStream
from voicebot.speech.stt.whisper_text import Decoded
from voicebot.speech.vad import SileroVad, Vad

_PARTS: Final = ("encoder", "decoder", "joiner")
_FULL_SCALE: Final = 32768.0
#: Silence after the last sound, so that a streaming encoder looks at all of it.
_TAIL_S: Final = 0.6
#: The input of NeMo's encoders, which hear the whole. A model of the other sort ends the engine's process.
_WHOLE_INPUT: Final = b"audio_signal"
#: How sure a text is taken to be that comes without probabilities.
_UNKNOWN_CONFIDENCE: Final = 0.8


class SherpaRecognizer:
    """The transducer in `folder`, shared by all calls; whether it `streams`, models.yaml tells."""

    def __init__(self, folder: Path, streams: bool, new_vad: Callable[[], Vad] = SileroVad) -> None:
        """Load the model; ModelError when it is missing or damaged."""
        self.name = f"sherpa:{folder.name}"
        self._new_vad = new_vad
        self._turns = EngineSlots(cores())
        files = _files(folder)
        if streams == _hears_the_whole(Path(files["encoder"])):
            wanted = "streams" if streams else "hears the whole"
            raise ModelError(
                f"expected a transducer that {wanted} in {folder}, it is damaged; install it again"
            )
        self._streams = streams
        try:
            self._engine: Any = (_online if streams else _offline)(files)
        except Exception as error:  # onnxruntime raises kinds of its own
            raise ModelError(f"expected a transducer in {folder}, it is damaged; install it again") from error

    def start(self, expected: Expected) -> Stream:
        """Begin to listen; the expected phrases tell these models nothing."""
        if self._engine is None:
            raise RecognizerLost(f"expected {self.name} to be open, it was closed")
        if self._streams:
            return SherpaStream(self._engine, self._turns, self._new_vad())
        return UtteranceStream(self._hear, self._new_vad(), PADDING, self._turns.ahead)

    def close(self) -> None:
        """Give the model's memory back."""
        self._engine = None

    def _hear(self, sound: Pcm, part: slice) -> Transcript:
        engine = self._engine
        if engine is None:
            raise RecognizerLost(f"expected {self.name} to be open, it was closed")
        with self._turns:
            stream = engine.create_stream()
            stream.accept_waveform(RECOGNIZER_HZ, _floats(sound[part]))
            engine.decode_stream(stream)
        return _transcript(stream.result.text, stream.result.ys_log_probs)


class SherpaStream:
    """One utterance, heard while it is spoken. See `Stream`."""

    def __init__(self, engine: Any, turns: EngineSlots, vad: Vad) -> None:
        self._engine, self._turns = engine, turns
        self._gate = SpeechGate(vad)
        self._sound: Pcm = np.zeros(0, np.int16)
        self._stream = engine.create_stream()

    def accept(self, pcm: Pcm) -> str | None:
        """Hear the samples; the text so far."""
        self._sound = np.concatenate((self._sound, np.array(pcm, np.int16)))
        self._stream.accept_waveform(RECOGNIZER_HZ, _floats(pcm))
        return self._decode().text or None

    def peek(self) -> Transcript | None:
        """What was understood until now; the last word may still be missing."""
        return self._decode() if self._gate.is_speech(self._sound) else Transcript()

    def finish(self) -> Transcript:
        """The whole; nothing where nobody spoke."""
        if not self._gate.is_speech(self._sound):
            return Transcript()
        self._stream.accept_waveform(RECOGNIZER_HZ, np.zeros(int(_TAIL_S * RECOGNIZER_HZ), np.float32))
        self._stream.input_finished()
        return self._decode()

    def close(self) -> None:
        """Forget the sound."""
        self._sound = self._sound[:0]

    def _decode(self) -> Transcript:
        with self._turns:
            while self._engine.is_ready(self._stream):
                self._engine.decode_stream(self._stream)
        result = self._engine.get_result_all(self._stream)
        return _transcript(result.text, result.ys_probs)


def _transcript(text: str, log_probs: Any) -> Transcript:
    """Log-probabilities of the tokens, where the model tells them; nothing for what runs in circles."""
    said = text.strip()
    likely = list(log_probs or ())
    heard = Decoded(said, fmean(likely) if likely else 0.0, 0.0, len(likely))
    if heard.made_up or heard.loops:
        return Transcript()
    return Transcript(said, min(1.0, exp(heard.log_prob)) if likely else _UNKNOWN_CONFIDENCE)


def _floats(pcm: Pcm) -> Any:
    return np.asarray(pcm, np.float32) / np.float32(_FULL_SCALE)


def _files(folder: Path) -> dict[str, str]:
    """The smallest file of each part: int8 where there is one. Raises ModelError if one is missing."""
    files = {
        part: sorted(folder.glob(f"{part}*.onnx"), key=lambda path: path.stat().st_size) for part in _PARTS
    }
    files["tokens"] = list(folder.glob("tokens.txt"))
    for part, found in files.items():
        if not found:
            raise ModelError(f"expected a transducer in {folder}, its {part} is missing; install it")
    return {part: str(found[0]) for part, found in files.items()}


def _hears_the_whole(encoder: Path) -> bool:
    if not encoder.stat().st_size:
        return False
    with encoder.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as model:
        return model.find(_WHOLE_INPUT) >= 0


def _online(files: dict[str, str]) -> Any:
    return sherpa_onnx.OnlineRecognizer.from_transducer(
        **files, num_threads=1, decoding_method="greedy_search"
    )


def _offline(files: dict[str, str]) -> Any:
    return sherpa_onnx.OfflineRecognizer.from_transducer(
        **files, num_threads=cores(), model_type="nemo_transducer"
    )
