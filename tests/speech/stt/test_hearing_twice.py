"""An open question that was not heard clearly is heard again without hints. The engine is played here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pytest

from tests.speech.telephone import chunks, said
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.whisper import WhisperStream
from voicebot.speech.stt.whisper_engine import WhisperEngine
from voicebot.speech.stt.whisper_text import Decoded
from voicebot.speech.vad import SileroVad

HINTS = ("le RSA", "un conseiller")
NOISE = Decoded("merci", -2.0, 0.9)


class Engine:
    """Answers with hints and without as it is told."""

    def __init__(self, hinted: Decoded, free: Decoded) -> None:
        self.answers = {True: hinted, False: free}
        self.asked: list[bool] = []

    def listen(self, pcm: Pcm) -> Callable[[Sequence[str]], Decoded]:
        return self.decode

    def decode(self, phrases: Sequence[str]) -> Decoded:
        self.asked.append(bool(phrases))
        return self.answers[bool(phrases)]


def hear(engine: Engine, kind: str = "intent") -> Transcript:
    stream = WhisperStream(cast(WhisperEngine, engine), SileroVad(), Expected(HINTS, kind=kind))
    for chunk in chunks(said("je voudrais demander le rsa")):
        stream.accept(chunk)
    return stream.finish()


def test_what_is_clear_is_heard_once() -> None:
    engine = Engine(Decoded("le RSA", -0.1, 0.0), NOISE)
    assert hear(engine).others == ()
    assert engine.asked == [True]


def test_what_is_not_clear_is_heard_without_our_hints_too() -> None:
    transcript = hear(Engine(Decoded("le RSA", -0.8, 0.0), Decoded("la radio", -0.9, 0.0)))
    assert (transcript.text, transcript.others) == ("le RSA", ("la radio",))


def test_one_hearing_alone_counts_when_the_other_is_made_up() -> None:
    assert hear(Engine(NOISE, Decoded("la radio", -0.4, 0.0))).text == "la radio"
    assert hear(Engine(Decoded("le RSA", -0.8, 0.0), NOISE)).others == ()
    assert hear(Engine(NOISE, NOISE)) == Transcript()


@pytest.mark.parametrize("kind", ["yes_no", "age", "town"])
def test_other_questions_are_heard_once(kind: str) -> None:
    engine = Engine(Decoded("oui", -0.9, 0.0), NOISE)
    assert hear(engine, kind).others == ()
    assert engine.asked == [True]
