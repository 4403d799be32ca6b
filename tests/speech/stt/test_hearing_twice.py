"""What is heard again: an open question not heard clearly, a look that saw nothing. The engine is played."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import pytest

from tests.speech.telephone import chunks, said
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.turns import Turns
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
        self.turns = Turns(1)

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


def test_a_look_that_came_too_soon_is_not_the_answer() -> None:
    engine = Engine(NOISE, NOISE)
    stream = WhisperStream(cast(WhisperEngine, engine), SileroVad(), Expected(HINTS, kind="yes_no"))
    for chunk in chunks(said("tout à fait")):
        stream.accept(chunk)
    assert stream.peek() == Transcript()
    engine.answers[True] = Decoded("tout à fait", -0.1, 0.0)
    assert stream.finish().text == "tout à fait"


def test_a_look_that_saw_the_answer_is_the_answer() -> None:
    engine = Engine(Decoded("tout à fait", -0.1, 0.0), NOISE)
    stream = WhisperStream(cast(WhisperEngine, engine), SileroVad(), Expected(HINTS, kind="yes_no"))
    for chunk in chunks(said("tout à fait")):
        stream.accept(chunk)
    assert stream.peek() == stream.finish()
    assert engine.asked == [True]
