"""Plain language: what breaks it is found; how hard a text is can be measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prompts.folder import write
from voicebot.prompts.load import read_prompts
from voicebot.prompts.plain import Jargon, check, measure, read_jargon

JARGON = Jargon(
    avoid={"cliquez": "dites « appuyez »", "pièce justificative": "dites « papier »"},
    explain={"quotient familial": ("un chiffre de la CAF",), "AAH": ("handicap",)},
)
LONG = "Vous devez aller à la mairie avec votre carte et les papiers de tous vos enfants demain matin."
SLOW = "Appelez le 09 71 10 39 60 ou le 0 809 401 401. Encore, le 09 71 10 39 60 ou le 0 809 401 401."


HARD = [
    ("a: Un. Deux. Trois.\n", 1, "« apl.a » a 3 phrases"),
    (f"a:\n  ask: Bonjour.\n  retry: {LONG}\n", 3, "une phrase de « apl.a » a 18 mots"),
    ("a: Cliquez ici.\n", 1, "« cliquez »"),
    ("a: Il faut des pièces justificatives.\n", 1, "« pièce justificative »"),
    ("a: Donnez votre quotient familial.\n", 1, "« quotient familial » dans « apl.a » n'est pas expliqué"),
    ("a: Vous avez l'AAH.\n", 1, "« AAH »"),
    (f"a:\n  ask: Bonjour.\n  keys: {SLOW}\n", 3, "dure environ 17 secondes"),
    ("a: L'administration préfectorale communiquera prochainement sa décision.\n", 1, "lisibilité"),
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


def test_every_shipped_word_is_found_and_every_shipped_explanation_will_do() -> None:
    jargon, _ = read_jargon(Path(__file__).parents[2] / "prompts" / "fr")
    assert jargon
    for word in jargon.avoid:
        assert word in dict(jargon.avoided_in(f"Bonjour, {word} demain.")), word
    for word, ways in jargon.explain.items():
        assert word in dict(jargon.unexplained_in(f"Donnez {word} demain.")), word
        assert [way for way in ways if list(jargon.unexplained_in(f"{word} : {way}"))] == []


@pytest.mark.parametrize("text", ["Cliquez ici.", "Il faut cliquer.", "Faites un clic.", "Double-cliquez."])
def test_nobody_is_told_to_click(text: str) -> None:
    jargon, _ = read_jargon(Path(__file__).parents[2] / "prompts" / "fr")
    assert jargon
    assert list(jargon.avoided_in(text))


def test_what_is_only_read_may_be_long_to_say(tmp_path: Path) -> None:
    entries = read_prompts(write(tmp_path, apl=f"note: {SLOW}\n")).entries
    assert len(check(entries, JARGON)) == 1
    assert check(entries, JARGON, written={"apl.note"}) == []
