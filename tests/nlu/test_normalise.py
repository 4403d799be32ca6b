"""Text made plain, and acronyms brought to one form."""

from __future__ import annotations

import pytest

from voicebot.nlu.normalise import LONGEST, Normaliser, normaliser, plain
from voicebot.nlu.vocabulary import Vocabulary


@pytest.fixture
def normalise(words: Vocabulary) -> Normaliser:
    return normaliser(words.acronyms, words.sms)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J’ai perdu ma carte d'identité !", "j ai perdu ma carte d identite"),
        ("635,71€", "635,71 €"),
        ("Quatre-vingt-dix, œuf.", "quatre vingt dix oeuf"),
        ("le 12/03/80…", "le 12/03/80"),
        ("ouiiiiii 😀", "ouii"),
        ("+33 6", "+33 6"),
        ("", ""),
    ],
)
def test_plain_text_keeps_words_and_digits(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_long_text_is_cut() -> None:
    assert len(plain("a " * 5000)) <= LONGEST


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("èr èss a", "rsa"),
        ("mon erreur essa est coupée", "mon rsa est coupee"),
        ("ache elle aime", "hlm"),
        ("la set deux s", "la c2s"),
        ("haha ache", "aah"),
        ("la cafe", "la caf"),
        ("paule emploi", "pole emploi"),
    ],
)
def test_spelled_and_misheard_acronyms_become_the_acronym(
    normalise: Normaliser, heard: str, written: str
) -> None:
    assert normalise(heard) == written


@pytest.mark.parametrize("said", ["il a laisse la porte ouverte", "a la maison", "elle est la", "le cafe"])
def test_everyday_words_are_no_acronyms(normalise: Normaliser, said: str) -> None:
    assert normalise(said) == said


def test_short_forms_are_written_out_in_text_messages_only(normalise: Normaliser) -> None:
    assert normalise("jé pa le tps", "sms").startswith("j ai pas le")
    assert normalise("jé pa", "voice") == "je pa"


def test_letters_spelled_in_a_text_message_stay_letters(normalise: Normaliser) -> None:
    assert normalise("c a f svp", "sms").startswith("caf ")
