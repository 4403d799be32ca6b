"""Ears elsewhere: another machine hears, and the recognizer of this one wherever the other fails or is late.

A machine with a graphics card can hear for many telephones. What is said leaves this machine only for the
address in the settings; nothing is written down on the way. Two ways to ask: `openai_ears`, `wyoming_ears`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from voicebot.errors import RecognizerLost
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Recognizer, Stream, Transcript
from voicebot.speech.stt.speech_gate import PADDING
from voicebot.speech.stt.utterance import UtteranceStream
from voicebot.speech.stt.whisper_text import Decoded
from voicebot.speech.vad import SileroVad, Vad

log = structlog.get_logger()

#: Seconds. A caller waits two at most; what is left is for the recognizer here.
LIMIT_S: Final = 1.2
#: Seconds for which a machine that failed is not asked again: nobody else shall wait for it.
_REST_S: Final = 30.0
#: How sure a text is taken to be that comes without a figure: numbers are read back, requests acted upon.
UNKNOWN_CONFIDENCE: Final = 0.8


class Ears(Protocol):
    """A way to ask another machine."""

    @property
    def name(self) -> str:
        """A short name for logs and figures, without keys."""
        ...

    def hear(self, sound: Pcm, expected: Expected) -> Transcript:
        """What `sound` (16 kHz) says. Raises RecognizerLost if no answer comes within `LIMIT_S`."""
        ...


class ElsewhereRecognizer:
    """`ears` hear; `local` does where they fail, None if there is none. See `Recognizer`."""

    def __init__(
        self,
        ears: Ears,
        local: Recognizer | None,
        new_vad: Callable[[], Vad] = SileroVad,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = f"{ears.name}+{local.name}" if local else ears.name
        self._ears, self._local, self._new_vad, self._clock = ears, local, new_vad, clock
        self._rests_until = -1.0

    def start(self, expected: Expected) -> ElsewhereStream:
        """Begin to keep an utterance, here too."""
        local = self._local.start(expected) if self._local else None
        return ElsewhereStream(lambda sound: self._ask(sound, expected), local, self._new_vad())

    def close(self) -> None:
        """Close the local one."""
        if self._local:
            self._local.close()

    def _ask(self, sound: Pcm, expected: Expected) -> Transcript:
        if self._clock() < self._rests_until:
            raise RecognizerLost("expected ears elsewhere, they failed a moment ago")
        try:
            return sensible(self._ears.hear(sound, expected))
        except RecognizerLost as lost:
            self._rests_until = self._clock() + _REST_S
            log.warning("ears elsewhere are lost", ears=self._ears.name, reason=str(lost))
            raise


class ElsewhereStream:
    """One utterance, kept for both. See `Stream`."""

    def __init__(self, ask: Callable[[Pcm], Transcript], local: Stream | None, vad: Vad) -> None:
        self._there = UtteranceStream(lambda sound, part: ask(sound[part]), vad, PADDING)
        self._here = local

    def accept(self, pcm: Pcm) -> str | None:
        """Keep the samples."""
        self._there.accept(pcm)
        return self._here.accept(pcm) if self._here else None

    def peek(self) -> Transcript | None:
        """What was said so far, there or here."""
        try:
            return self._there.peek()
        except RecognizerLost:
            return self._here.peek() if self._here else None

    def finish(self) -> Transcript:
        """What was said, there or here; RecognizerLost if nobody can tell."""
        try:
            heard = self._there.finish()
        except RecognizerLost:
            if self._here is None:
                raise
            return self._here.finish()
        if self._here:
            self._here.close()
        return heard

    def close(self) -> None:
        """Forget the sound."""
        self._there.close()
        if self._here:
            self._here.close()


def sensible(heard: Transcript) -> Transcript:
    """The same, or nothing for what runs in circles, as models do on noise."""
    stuck = Decoded(heard.text, 0.0, 0.0)
    return Transcript() if not heard.text.strip() or stuck.loops or stuck.made_up else heard
