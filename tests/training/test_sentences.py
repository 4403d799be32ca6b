"""What training says: values are spoken as people say them and written so that we read them back."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from benchmarks import sentences as measured
from training import sentences
from training.sentences import SHARES, Line
from training.speak import texts
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.normalise import plain

#: Kinds of answers that are kinds of questions, too.
READ = ("age", "number", "amount", "date", "postal_code", "phone", "month", "code")


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load()


def drawn(kind: str, count: int) -> Iterator[Line]:
    draw = np.random.default_rng(20)
    return (sentences.answer(kind, draw) for _ in range(count))


@pytest.mark.parametrize("kind", SHARES)
def test_numbers_are_spoken_as_words_and_written_as_digits(kind: str) -> None:
    for line in drawn(kind, 60):
        assert line.kind == kind
        assert not any(sign.isdigit() for sign in line.spoken), line
        assert "{}" not in line.spoken + line.written
        assert line.written[0] == line.written[0].upper()
        assert line.written[-1] in ".!?…"


@pytest.mark.parametrize("kind", READ)
def test_what_is_written_is_understood_as_what_was_said(kind: str, understanding: Understanding) -> None:
    def value(text: str) -> object:
        return understanding.interpret(text, Expecting(kind), "voice").value

    lines = list(drawn(kind, 60))
    read = [line for line in lines if value(line.written) is not None]
    assert len(read) >= 30  # "le 3 mars" alone is no date of birth, five digits are none of our codes
    other = [line for line in read if value(line.spoken) not in (value(line.written), None)]
    assert len(other) <= 6, other


def test_the_same_seed_says_the_same() -> None:
    assert sentences.answers(50, np.random.default_rng(3)) == sentences.answers(50, np.random.default_rng(3))


def test_all_kinds_are_said() -> None:
    said = sentences.answers(800, np.random.default_rng(3))
    assert {line.kind for line in said} == set(SHARES)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("je voudrais demander le rsa", "Je voudrais demander le RSA."),
        ("ma carte vitale est perdue", "Ma carte Vitale est perdue."),
        ("j'ai vingt-trois ans et une petite fille", "J'ai 23 ans et une petite fille."),
        ("on est cinq dans un deux pièces", "On est cinq dans un deux pièces."),
        ("où en est mon dossier ?", "Où en est mon dossier ?"),
    ],
)
def test_sentences_are_written_with_digits_and_acronyms(text: str, written: str) -> None:
    assert sentences.written_out("request", text).written == written


def test_what_is_only_texted_is_not_said() -> None:
    assert not sentences.is_speech("jveu le rsa")
    assert not sentences.is_speech("g plu rien koi fer")
    assert sentences.is_speech("je voudrais le rsa")
    assert all(sentences.is_speech(line.written) for line in sentences.requests())


def test_the_general_sentences_are_many_and_have_nothing_to_do_with_our_work() -> None:
    said = " ".join(line.written for line in sentences.general())
    assert len(sentences.general()) >= 900
    for word in ("RSA", "CAF", "MDPH", "France Travail"):
        assert word not in said


def test_nothing_that_is_measured_on_is_learned() -> None:
    measured_on = {plain(each.text) for each in measured.development() if each.style != measured.COMMANDS}
    said = texts(200, 10_000, 10_000, 10_000, np.random.default_rng(1))
    assert len(said) > 4000
    assert not measured_on & {plain(line.written) for line in said}
