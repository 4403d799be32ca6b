"""Whisper: French without a download from the model's publisher; hears an utterance when it is over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from voicebot.errors import RecognizerLost
from voicebot.speech.audio import Pcm
from voicebot.speech.models import Context
from voicebot.speech.stt.denoise import denoised
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.speech_gate import PADDING
from voicebot.speech.stt.turns import cores
from voicebot.speech.stt.utterance import UtteranceStream
from voicebot.speech.stt.whisper_answer import Answer
from voicebot.speech.stt.whisper_engine import WhisperEngine
from voicebot.speech.vad import SileroVad, Vad


class WhisperRecognizer:
    """The model in `folder`, shared by all calls; `at_once` of them decode at the same time."""

    def __init__(
        self,
        folder: Path,
        cpu_threads: int | None = None,
        at_once: int | None = None,
        new_vad: Callable[[], Vad] = SileroVad,
        context: Context | None = None,
    ) -> None:
        """Load the model; ModelError when it is missing or damaged. `context` is what the model bears.

        Two threads and two at once where there are two cores; on one core they would be in each other's way.
        """
        few = min(2, cores())
        self.name = f"whisper:{folder.name}"
        self._engine: WhisperEngine | None = WhisperEngine(
            folder, cpu_threads or few, at_once or few, context
        )
        self._new_vad = new_vad

    def start(self, expected: Expected) -> UtteranceStream:
        """Begin to keep an utterance."""
        if self._engine is None:
            raise RecognizerLost(f"expected {self.name} to be open, it was closed")
        return stream(self._engine, self._new_vad(), expected)

    def close(self) -> None:
        """Give the model's memory back."""
        self._engine = None


def stream(engine: WhisperEngine, vad: Vad, expected: Expected) -> UtteranceStream:
    """One utterance at `engine`. What is guessed ahead of time gives way to whoever waits."""
    return UtteranceStream(partial(_hear, engine, expected), vad, PADDING, engine.turns.ahead)


def _hear(engine: WhisperEngine, expected: Expected, sound: Pcm, part: slice) -> Transcript:
    """The noise is learned from the whole sound; what is heard is the part that stands out."""
    return Answer(expected, engine.listen(denoised(sound)[part])).heard()
