"""Plain language: what breaks it is found; how hard a text is can be measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prompts.folder import write
from voicebot.prompts.load import read_prompts
from voicebot.prompts.plain import (
    Jargon,
    check,
    kandel_moles,
    measure,
    read_jargon,
    sentences,
    spoken_s,
    syllables,
    words,
)

JARGON = Jargon(
    avoid={"cliquez": "dites « appuyez »", "pièce justificative": "dites « papier »"},
    explain={"quotient familial": ("un chiffre de la CAF",), "AAH": ("handicap",)},
)
LONG = "Vous devez aller à la mairie avec votre carte et les papiers de tous vos enfants demain matin."


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


HARD = [
    ("a: Un. Deux. Trois.\n", 1, "« apl.a » a 3 phrases"),
    (f"a:\n  ask: Bonjour.\n  retry: {LONG}\n", 3, "une phrase de « apl.a » a 18 mots"),
    ("a: Cliquez ici.\n", 1, "« cliquez »"),
    ("a: Il faut des pièces justificatives.\n", 1, "« pièce justificative »"),
    ("a: Donnez votre quotient familial.\n", 1, "« quotient familial » dans « apl.a » n'est pas expliqué"),
    ("a: Vous avez l'AAH.\n", 1, "« AAH »"),
]


@pytest.mark.parametrize(("text", "line", "said"), HARD)
def test_hard_words_are_told_by_file_line_and_remedy(tmp_path: Path, text: str, line: int, said: str) -> None:
    found = check(read_prompts(write(tmp_path, apl=text)).entries, JARGON)
    matching = [each for each in found if said in each.text]
    assert [(each.file.split("/")[-1], each.line) for each in matching] == [("apl.yaml", line)], found
    assert matching[0].remedy


PLAIN = [
    "a: Donnez le quotient familial, un chiffre de la CAF.\n",
    "a: Vous avez l'AAH pour un handicap.\n",
    "a: Appuyez sur une touche. Puis parlez.\n",
    "a: {ask: Bonjour., sms: Un. Deux. Trois. Quatre.}\n",
]


@pytest.mark.parametrize("text", PLAIN)
def test_explained_words_and_long_sms_pass(tmp_path: Path, text: str) -> None:
    assert check(read_prompts(write(tmp_path, apl=text)).entries, JARGON) == []


def test_each_flow_is_measured(tmp_path: Path) -> None:
    measured = measure(read_prompts(write(tmp_path, apl=f"a: {LONG}\n")).entries)
    assert measured["apl"].words_per_sentence == 18
    assert measured["rsa"].readability > measured["apl"].readability


def test_the_shipped_word_lists_can_be_read() -> None:
    jargon, findings = read_jargon(Path(__file__).parents[2] / "prompts" / "fr")
    assert findings == ()
    assert jargon
    assert "cliquez" in jargon.avoid
