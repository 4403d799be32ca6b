"""What a recognizer is: sound goes in, a transcript comes out, helped by what the question expects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from voicebot.speech.audio import Pcm


@dataclass(frozen=True)
class Expected:
    """What the person will probably say.

    `phrases` are answers as spoken; `closed` if every answer is among them. `kind` is the kind of question
    (`dialogue.meaning.KINDS`).
    """

    phrases: tuple[str, ...] = ()
    closed: bool = False
    kind: str = "intent"


@dataclass(frozen=True)
class Transcript:
    """What was heard, and how sure the recognizer is, 0 to 1. Nothing understood is `""` and 0.

    `others` is what it heard when it listened in another way: where they disagree, neither is certain.
    """

    text: str = ""
    confidence: float = 0.0
    others: tuple[str, ...] = ()


class Stream(Protocol):
    """One utterance. Use it from one thread at a time; each method may raise RecognizerLost."""

    def accept(self, pcm: Pcm) -> str | None:
        """Hear the next samples (16 kHz, any number). The text so far, or None if it is not known.

        Cheap: the sound is only stored or passed on, so this may be called every 20 ms.
        """
        ...

    def peek(self) -> Transcript | None:
        """What `finish` would say now, or None if this recognizer has no answer yet. May be slow.

        Meant for a short silence, in a thread: if only silence follows, `finish` costs nothing.
        """
        ...

    def finish(self) -> Transcript:
        """The end of the utterance. May be slow. The stream must not be used afterwards."""
        ...

    def close(self) -> None:
        """Forget the utterance, for example because the person hung up. Harmless after `finish`."""
        ...


class Recognizer(Protocol):
    """Turns speech into text; safe to use from several threads."""

    @property
    def name(self) -> str:
        """A short name for logs and figures."""
        ...

    def start(self, expected: Expected) -> Stream:
        """Begin to listen to one utterance. Raises RecognizerLost if the engine is unavailable."""
        ...

    def close(self) -> None:
        """Release memory and processes; no stream may be in use any more."""
        ...
