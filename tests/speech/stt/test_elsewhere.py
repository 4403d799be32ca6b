"""Another machine hears; where it fails or is late this one does, and nobody waits twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from tests.speech.room import ScriptedRecognizer
from tests.speech.telephone import chunks, heard, interrupt, said
from voicebot.errors import RecognizerLost
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.elsewhere import ElsewhereRecognizer
from voicebot.speech.stt.recognizer import Expected, Transcript

EXPECTED = Expected(("oui", "non"), closed=True, kind="yes_no")


@dataclass
class FarEars:
    """Says what it is told to, or is lost."""

    answers: list[Transcript | RecognizerLost]
    name: str = "far"
    asked: list[int] = field(default_factory=list)

    def hear(self, sound: Pcm, expected: Expected) -> Transcript:
        self.asked.append(len(sound))
        answer = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if isinstance(answer, RecognizerLost):
            raise answer
        return answer


def hear(recognizer: ElsewhereRecognizer, sound: Pcm) -> Transcript:
    stream = recognizer.start(EXPECTED)
    for chunk in chunks(sound):
        stream.accept(chunk)
    return stream.finish()


def test_the_other_machine_hears_what_was_said() -> None:
    ears = FarEars([Transcript("oui", 0.9)])
    recognizer = ElsewhereRecognizer(ears, ScriptedRecognizer(["non"]))
    assert recognizer.name == f"far+{ScriptedRecognizer([]).name}"
    assert hear(recognizer, said("oui")) == Transcript("oui", 0.9)


def test_it_is_not_asked_where_nobody_spoke() -> None:
    ears = FarEars([Transcript("merci", 0.9)])
    assert hear(ElsewhereRecognizer(ears, None), heard(interrupt(2))) == Transcript()
    assert ears.asked == []


def test_a_guess_is_the_answer_when_only_silence_follows() -> None:
    ears = FarEars([Transcript("oui", 0.9)])
    stream = ElsewhereRecognizer(ears, None).start(EXPECTED)
    for chunk in chunks(said("oui")):
        stream.accept(chunk)
    assert stream.peek() == stream.finish() == Transcript("oui", 0.9)
    assert len(ears.asked) == 1


def test_where_it_fails_this_machine_hears_and_it_is_left_alone_for_a_while() -> None:
    now = [0.0]
    ears = FarEars([RecognizerLost("late"), Transcript("oui", 0.9)])
    recognizer = ElsewhereRecognizer(ears, ScriptedRecognizer(["non", "si"]), clock=lambda: now[0])
    assert hear(recognizer, said("oui")).text == "non"
    assert hear(recognizer, said("oui")).text == "si"
    assert len(ears.asked) == 1
    now[0] = 31.0
    assert hear(recognizer, said("oui")).text == "oui"


def test_without_a_recognizer_here_the_failure_is_told() -> None:
    with pytest.raises(RecognizerLost):
        hear(ElsewhereRecognizer(FarEars([RecognizerLost("late")]), None), said("oui"))


def test_a_text_that_runs_in_circles_is_nothing() -> None:
    ears = FarEars([Transcript("oui, ouii, ouii, ouii, ouii, ouii, ouii, ouii", 0.9)])
    assert hear(ElsewhereRecognizer(ears, None), said("oui")) == Transcript()
