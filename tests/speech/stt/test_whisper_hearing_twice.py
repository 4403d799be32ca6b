"""What is heard again: an open question not heard clearly, a look that saw nothing. The engine is played."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest

from tests.speech.telephone import chunks, said
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.turns import EngineSlots
from voicebot.speech.stt.utterance import UtteranceStream
from voicebot.speech.stt.whisper import stream as listening
from voicebot.speech.stt.whisper_choice import Choice
from voicebot.speech.stt.whisper_digits import Spelled
from voicebot.speech.stt.whisper_engine import WhisperEngine
from voicebot.speech.stt.whisper_text import Decoded
from voicebot.speech.vad import SileroVad

HINTS = ("le RSA", "un conseiller")
NOISE = Decoded("merci", -2.0, 0.9)
NO_CHOICE = Choice()
LOOP = Decoded("oui, ouii, ouii, ouii, ouii, ouii, ouii", -0.2, 0.0)


class Engine:
    """Answers with hints and without as it is told, and chooses among phrases in closed questions."""

    seconds = 1.0

    def __init__(
        self,
        hinted: Decoded,
        free: Decoded,
        choice: Choice = NO_CHOICE,
        spelled: tuple[Spelled, ...] = (),
        weights: tuple[float, float] = (-1.0, -1.0),
    ) -> None:
        self.answers = {True: hinted, False: free}
        self.choice, self.spelled, self.weights = choice, spelled, weights
        self.asked: list[bool] = []
        self.turns = EngineSlots(1)

    def listen(self, pcm: Pcm) -> Engine:
        return self

    def decode(self, phrases: Sequence[str]) -> Decoded:
        self.asked.append(bool(phrases))
        return self.answers[bool(phrases)]

    def choose(self, phrases: tuple[str, ...]) -> Choice:
        return self.choice

    def count(self, kind: str) -> Choice:
        return self.choice

    def spell(self, kind: str, before: str) -> tuple[Spelled, ...]:
        return self.spelled

    def weigh(self, texts: Sequence[str]) -> Sequence[float]:
        return self.weights


def stream(engine: Engine, expected: Expected) -> UtteranceStream:
    return listening(cast(WhisperEngine, engine), SileroVad(), expected)


def hear(engine: Engine, kind: str = "intent") -> Transcript:
    return told(stream(engine, Expected(HINTS, kind=kind)), "je voudrais demander le rsa").finish()


def told(hearing: UtteranceStream, words: str) -> UtteranceStream:
    for chunk in chunks(said(words)):
        hearing.accept(chunk)
    return hearing


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


@pytest.mark.parametrize("kind", ["yes_no", "month", "town"])
def test_other_questions_are_heard_once(kind: str) -> None:
    engine = Engine(Decoded("oui", -0.9, 0.0), NOISE)
    assert hear(engine, kind).others == ()
    assert engine.asked == [True]


def test_a_look_that_came_too_soon_is_not_the_answer() -> None:
    engine = Engine(NOISE, NOISE)
    hearing = told(stream(engine, Expected(HINTS, kind="yes_no")), "tout à fait")
    assert hearing.peek() == Transcript()
    engine.answers[True] = Decoded("tout à fait", -0.1, 0.0)
    assert hearing.finish().text == "tout à fait"


def test_a_look_that_saw_the_answer_is_the_answer() -> None:
    engine = Engine(Decoded("tout à fait", -0.1, 0.0), NOISE)
    hearing = told(stream(engine, Expected(HINTS, kind="yes_no")), "tout à fait")
    assert hearing.peek() == hearing.finish()
    assert engine.asked == [True]


def closed(engine: Engine) -> Transcript:
    return told(stream(engine, Expected(("oui", "non"), closed=True, kind="yes_no")), "oui").finish()


def test_a_clear_choice_is_the_answer_and_nothing_is_written() -> None:
    engine = Engine(Decoded("non", -0.1, 0.0), NOISE, Choice("oui", -0.3, "non", -4.0, -0.3))
    assert closed(engine) == Transcript("oui", pytest.approx(0.74, abs=0.01))
    assert engine.asked == []


def test_two_phrases_that_are_nearly_as_likely_are_both_told() -> None:
    assert closed(Engine(NOISE, NOISE, Choice("oui", -1.0, "non", -1.2, -0.4))).others == ("non",)


def test_a_word_over_which_free_text_loops_is_still_an_answer() -> None:
    assert closed(Engine(LOOP, NOISE, Choice("oui", -1.5, "non", -6.0, -1.5))).text == "oui"


def test_what_is_hardly_one_of_the_phrases_is_read_as_it_is_written() -> None:
    engine = Engine(Decoded("mon fils", -0.4, 0.0), NOISE, Choice("non", -2.0, "oui", -6.0, -2.0))
    assert closed(engine).text == "mon fils"


def test_noise_that_resembles_no_phrase_is_nothing() -> None:
    assert closed(Engine(LOOP, NOISE, Choice("oui", -6.0, "non", -7.0, -5.5))) == Transcript()


MONTHS = Expected(("mars", "mai", "juin", "juillet", "août"), closed=True, kind="month")
AGE = Expected(("45 ans", "62 ans"), kind="age")


def test_a_word_that_is_nearly_a_month_is_the_month() -> None:
    engine = Engine(Decoded("Marche", -0.4, 0.0), NOISE, Choice("mars", 3.0, "mai", 0.5, -2.0))
    assert told(stream(engine, MONTHS), "mars").finish().text == "mars"


def test_a_word_that_is_hardly_a_month_stays_what_it_is() -> None:
    engine = Engine(Decoded("Propriétaire", -0.1, 0.0), NOISE, Choice("avril", -2.0, "mai", -4.0, -9.0))
    assert told(stream(engine, MONTHS), "mars").finish().text == "Propriétaire"


def age(engine: Engine) -> Transcript:
    return told(stream(engine, AGE), "quatorze").finish()


def test_a_number_that_is_nearly_another_is_less_sure_and_both_are_told() -> None:
    two = (Spelled("92 ans.", "92", -0.5), Spelled("82 ans.", "82", -1.2))
    heard = age(Engine(NOISE, Decoded("92 ans.", -0.12, 0.0, 3), spelled=two))
    assert (heard.text, heard.others) == ("92 ans.", ("82 ans.",))
    assert heard.confidence < 0.7


def test_a_number_without_a_rival_is_as_sure_as_it_was_heard() -> None:
    heard = age(Engine(NOISE, Decoded("92 ans.", -0.01, 0.0, 3)))
    assert heard == Transcript("92 ans.", pytest.approx(0.99, abs=0.01))


def test_a_word_that_is_nearly_a_number_is_read_back_as_that_number() -> None:
    heard = age(Engine(NOISE, Decoded("Gâteau", -0.8, 0.0, 2), Choice("14", 4.0, "13", 1.0, -3.0)))
    assert (heard.text, heard.confidence) == ("14", pytest.approx(0.05, abs=0.01))


def test_a_code_that_does_not_exist_yields_to_one_that_does() -> None:
    digits = (Spelled("75018.", "75018", -2.5),)
    engine = Engine(NOISE, Decoded("75108.", -0.3, 0.0, 3), spelled=digits, weights=(-3.0, -1.2))
    heard = told(stream(engine, Expected((), kind="postal_code")), "soixante-quinze mille dix-huit").finish()
    assert (heard.text, heard.confidence) == ("75018.", 0.5)


@pytest.mark.parametrize(("weights", "text"), [((-1.2, -1.9), "14."), ((-9.0, -1.5), "Gâteau")])
def test_digits_count_where_they_are_nearly_as_likely_as_the_words(
    weights: tuple[float, float], text: str
) -> None:
    digits = (Spelled("14.", "14", -0.4),)
    assert age(Engine(NOISE, Decoded("Gâteau", -0.8, 0.0, 2), spelled=digits, weights=weights)).text == text
