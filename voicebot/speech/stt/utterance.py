"""The stream of engines that hear an utterance when it is over: kept while it is spoken, heard once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import numpy as np

from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.stt.recognizer import Transcript
from voicebot.speech.stt.speech_gate import SpeechGate, loud_part
from voicebot.speech.vad import Vad

LONGEST_S: Final = 28.0
"""Seconds of an utterance that are heard: Whisper knows 30 s, and nobody answers for longer."""

Hear = Callable[[Pcm, slice], Transcript]
"""Hears a sound (16 kHz) of which the slice is what stands out, with a little around it."""


class UtteranceStream:
    """One utterance. See `Stream`."""

    def __init__(
        self,
        hear: Hear,
        vad: Vad,
        padding: int,
        ahead: Callable[[], AbstractContextManager[bool]] = lambda: nullcontext(True),
    ) -> None:
        """`hear` may take long; `ahead` says whether there is time for a guess.

        `padding` is how many samples are kept on both sides of what stands out.
        """
        self._hear, self._ahead, self._padding = hear, ahead, padding
        self._gate = SpeechGate(vad)
        self._chunks: list[Pcm] = []
        self._known: tuple[int, Transcript] | None = None

    def accept(self, pcm: Pcm) -> str | None:
        """Keep the samples; nothing is known before they are heard."""
        self._chunks.append(np.array(pcm, np.int16))
        return None

    def peek(self) -> Transcript | None:
        """What has been said until now.

        None while others keep the engine busy: they have finished speaking, this is only a guess.
        """
        with self._ahead() as free:
            return self.finish() if free else None

    def finish(self) -> Transcript:
        """What was said; the answer of `peek` again when only silence came since.

        If that was nothing it may have looked too soon: a faint end of a word passes for silence.
        """
        sound = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
        sound = sound[: int(LONGEST_S * RECOGNIZER_HZ)]
        if not self._gate.is_speech(sound):
            return Transcript()
        start, end = loud_part(sound)
        if self._known is None or not self._known[1].text or end > self._known[0]:
            part = slice(max(0, start - self._padding), end + self._padding)
            self._known = (len(sound), self._hear(sound, part))
        return self._known[1]

    def close(self) -> None:
        """Forget the sound."""
        self._chunks.clear()
