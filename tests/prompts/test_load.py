"""Prompt files with mistakes are told in French, with file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.prompts.folder import write
from voicebot.errors import DataError
from voicebot.prompts import Prompts
from voicebot.prompts.load import read_prompts


def test_a_lone_sentence_is_the_first_wording(tmp_path: Path) -> None:
    entries = read_prompts(write(tmp_path)).entries
    assert entries["rsa.bonjour"].texts == {"ask": "Bonjour."}
    assert (entries["rsa.age"].line, entries["rsa.age"].lines["sms"]) == (2, 7)


def test_slots_are_gathered_from_every_wording(tmp_path: Path) -> None:
    text = "a: {ask: 'Vous avez {age} ans, {logement:option}.', help: 'Au {telephone:phone}.'}\n"
    entry = read_prompts(write(tmp_path, apl=text)).entries["apl.a"]
    assert entry.slots == {"age", "logement", "telephone"}
    assert entry.named_slots == {"logement"}


def test_the_value_of_a_fact_stands_in_texts_and_names(tmp_path: Path) -> None:
    said = "ask: 'Il faut {fact:caf_recours}.', sms: '{fact:caf_recours.short}.'"
    text = f"a: {{{said}, label: 'les {{fact:caf_recours}}'}}\n"
    entry = read_prompts(write(tmp_path, apl=text)).entries["apl.a"]
    assert entry.texts == {"ask": "Il faut deux mois.", "sms": "2 mois."}
    assert (entry.label, entry.facts, entry.slots) == ("les deux mois", {"caf_recours"}, frozenset())


BROKEN = [
    ("a:\n  ask: Oui ?\n  aks: Non ?\n", 3, "« aks » n'est pas connu"),
    ("a:\n  retry: Oui ?\n", 1, "il manque « ask »"),
    ("a:\n  ask: ''\n", 2, "« ask » est vide"),
    ("a: 12\n", 1, "« a » doit être suivi de lignes"),
    ("a:\n  ask: Oui ?\n  options:\n    rue: 3\n", 4, "« rue » doit être un texte"),
    ("a: Bonjour {age\n", 1, "entre accolades"),
    ("a:\n  ask: Bonjour\n  help: Vous avez {age:ans} ans\n", 3, "entre accolades"),
    ("a: Bonjour {age!r}\n", 1, "entre accolades"),
    ("a: Il faut {fact:nobody_knows}\n", 1, "entre accolades"),
    ("a: Bonjour {age.real}\n", 1, "entre accolades"),
    ("a: Bonjour {age[0]}\n", 1, "entre accolades"),
    ("a: Bonjour {}\n", 1, "entre accolades"),
    ("a: 'Bonjour {age:{style}}'\n", 1, "entre accolades"),
    ("a:\n  ask: Oui ?\n  label: vos {age} ans\n", 3, "ne peut pas contenir d'accolades"),
    ("a:\n  ask: Oui ?\n  options:\n    rue: 'à {rue}'\n", 4, "ne peut pas contenir d'accolades"),
    ("a: [b\n", 2, "ne peut pas être lu"),
    ("a: x\nb: y\na: z\n", 3, "déjà utilisé"),
]


@pytest.mark.parametrize(("text", "line", "said"), BROKEN)
def test_a_broken_prompt_is_told_by_file_line_and_remedy(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    found = read_prompts(write(tmp_path, apl=text)).findings
    matching = [each for each in found if said in each.text]
    assert [(each.file.split("/")[-1], each.line) for each in matching] == [("apl.yaml", line)], found
    assert matching[0].remedy


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "topics.yaml").unlink()
    assert [str(each).split(" — ")[0].split("/")[-1] for each in read_prompts(folder).findings] == [
        "topics.yaml:1: ce fichier n'existe pas"
    ]


def test_a_topic_without_anybody_to_ask_and_a_year_of_eleven_months_are_told(tmp_path: Path) -> None:
    folder = write(tmp_path, topics="rsa: {label: le RSA, number: '3230'}\n")
    words = (folder / "words.yaml").read_text()
    (folder / "words.yaml").write_text(words.replace("  - mars\n", ""))
    with pytest.raises(DataError) as told:
        Prompts.load(folder)
    assert "topics.yaml:1: il manque « who »" in str(told.value)
    assert "words.yaml" in str(told.value)
