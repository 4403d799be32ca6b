"""Other languages: which one, and danger in them."""

from __future__ import annotations

import csv

import pytest

from tests.content_copy import ROOT
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding


@pytest.mark.parametrize(
    ("said", "aside"),
    [
        ("sorry I only speak English", "language.en"),
        ("não falo francês", "language.pt"),
        ("nu vorbesc franceza", "language.ro"),
        ("Türkçe biliyor musunuz?", "language.tr"),
        ("لا أتكلم الفرنسية", "language.ar"),
        ("допоможіть мені будь ласка", "language.uk"),
        ("help, my husband is beating me", "language.en_17"),
        ("ليس لدي مكان للنوم", "language.ar_115"),
        ("kocam beni dövüyor, yardım edin", "language.tr_17"),
    ],
)
def test_a_language_is_told_and_danger_in_it(understanding: Understanding, said: str, aside: str) -> None:
    assert understanding.interpret(said, Expecting("yes_no")).aside == aside


@pytest.mark.parametrize("said", ["oui", "no", "on a dit non", "je veux bien", "we", "moi pas compris", "ok"])
def test_short_french_is_no_other_language(understanding: Understanding, said: str) -> None:
    assert not understanding.interpret(said, Expecting("yes_no")).aside.startswith("language.")


def test_of_two_dozen_sentences_a_language_no_danger_is_missed_and_the_language_is_told(
    understanding: Understanding,
) -> None:
    with (ROOT / "tests" / "fr" / "development" / "languages.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    meanings = [(row, understanding.interpret(row["text"], Expecting(), "sms")) for row in rows]
    dangers = [(row, meaning) for row, meaning in meanings if row["wanted"] != "language"]
    missed = [
        row["text"]
        for row, meaning in dangers
        if meaning.danger is None and not meaning.aside.endswith(row["wanted"].replace("danger:", "_"))
    ]
    told = [meaning.aside.startswith(f"language.{row['language']}") for row, meaning in meanings]

    assert len(rows) >= 120
    assert missed == []
    assert sum(told) >= 0.95 * len(rows)
