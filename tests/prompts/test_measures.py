"""Words, syllables, readability and seconds of speech, as people count them and as our voice says them."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from voicebot.prompts.load import read_prompts
from voicebot.prompts.measures import kandel_moles, sentences, spoken_s, syllables, words
from voicebot.speech.audio import TELEPHONE_HZ
from voicebot.speech.spoken import spoken
from voicebot.speech.tts.pico import Pico


def test_sentences_and_words_are_counted_as_people_do() -> None:
    assert sentences("C'est bien ça ? Oui, à 10 h 30. Voilà…") == (
        "C'est bien ça ?",
        "Oui, à 10 h 30.",
        "Voilà…",
    )
    assert words("C'est au 08 09 40 14 01, rendez-vous !") == ("C'est", "au", "08 09 40 14 01", "rendez-vous")
    assert words("Vous payez 1,50 euro ?") == ("Vous", "payez", "1,50", "euro")


def test_a_slot_counts_as_one_word() -> None:
    assert [len(words(part)) for part in sentences("Vous êtes né le {naissance:date}, {age} ans.")] == [7]


SYLLABLES = [
    ("le", 1),
    ("papier", 2),
    ("école", 2),
    ("allocataire", 4),
    ("demandent", 2),
    ("rue", 1),
    ("eau", 1),
    ("3230", 6),
]


@pytest.mark.parametrize(("word", "count"), SYLLABLES)
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_an_easy_text_reads_easier_than_an_official_one() -> None:
    easy = "Prenez votre carte. Allez à la mairie."
    official = (
        "L'instruction de la demande de complémentaire santé nécessite la transmission de justificatifs."
    )
    assert kandel_moles(easy) > 80 > 40 > kandel_moles(official)
    assert 1.5 < spoken_s(easy) < 5 < spoken_s(official)


def test_neither_a_question_nor_a_number_is_hard_to_read_by_itself() -> None:
    assert kandel_moles("Avez-vous une carte ?") == pytest.approx(kandel_moles("Vous avez une carte."), abs=1)
    assert kandel_moles("Le numéro est le 0 809 401 401.") == kandel_moles("Le numéro est le.")


def test_a_number_and_a_slot_take_their_time() -> None:
    assert spoken_s("Le numéro est le 0 809 401 401.") > 2 * spoken_s("Le numéro est le 15.") > 2
    assert spoken_s("Vous habitez à {ville}.") > spoken_s("Vous habitez.")


def test_the_estimate_is_how_long_our_voice_takes() -> None:
    entries = read_prompts(Path(__file__).parents[2] / "prompts" / "fr").entries
    texts = [entry.texts["ask"] for entry in entries.values() if not entry.slots]
    voice, sample = Pico(), list(islice(texts, 0, None, len(texts) // 40))
    taken = sum(len(voice.speak(spoken(text), "normal")) for text in sample) / TELEPHONE_HZ
    assert sum(map(spoken_s, sample)) == pytest.approx(taken, rel=0.15)
