"""Answers as people give them, kind by kind. The long list is tests/fr/entities.yaml."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from voicebot.dialogue.meaning import Expecting, Value
from voicebot.errors import DataError
from voicebot.nlu import Understanding
from voicebot.nlu.entities.towns import read_communes
from voicebot.nlu.understanding import PACKAGED


def value(understanding: Understanding, kind: str, text: str, channel: str = "voice") -> Value | None:
    return understanding.interpret(text, Expecting(kind), channel).value


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("yes_no", "ben ouais", "yes"),
        ("yes_no", "wi", "yes"),
        ("yes_no", "pas du tout", "no"),
        ("yes_no", "nan", "no"),
        ("yes_no", "1", "yes"),
        ("yes_no", "ça dépend", None),
        ("number", "j'en ai deux", 2),
        ("number", "aucun", 0),
        ("number", "attendez une minute", None),
        ("age", "j'ai 62 ans", 62),
        ("age", "je suis né en 1960", None),
        ("amount", "mille deux cents", 1200),
        ("amount", "douze cents", 1200),
        ("amount", "450 €", 450),
        ("amount", "12,50 euros", 12.5),
        ("date", "3 mars 1962", "1962-03-03"),
        ("date", "12 sept 1980", "1980-09-12"),
        ("date", "30 février 1980", None),
        ("month", "en aout", 8),
        ("month", "mais non", None),
        ("postal_code", "soixante-quinze mille dix-huit", "75018"),
        ("postal_code", "sept cinq zéro dix-huit", "75018"),
        ("postal_code", "paris dix-huitième", "75018"),
        ("postal_code", "75 018", "75018"),
        ("town", "j'habite à st denis", "Saint-Denis"),
        ("town", "aulnay", "Aulnay-sous-Bois"),
        ("town", "dans ma voiture", None),
        ("phone", "zéro six douze trente quatre cinquante six soixante dix huit", "0612345678"),
        ("phone", "+262 692 12 34 56", "0692123456"),
        ("phone", "06 12 34", None),
    ],
)
def test_an_expected_answer(
    understanding: Understanding, kind: str, text: str, expected: Value | None
) -> None:
    assert value(understanding, kind, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("la caf", "caf"),
        ("je crois que c'est la m s a", "msa"),
        ("le deuxième", "msa"),
        ("2", "msa"),
        ("autre chose", "autre"),
        ("aucune idée", None),
    ],
)
def test_a_choice(understanding: Understanding, text: str, expected: str | None) -> None:
    assert understanding.interpret(text, Expecting("choice", ("caf", "msa", "autre"))).value == expected


def test_a_choice_nobody_described_is_matched_by_its_name(understanding: Understanding) -> None:
    assert (
        understanding.interpret("carte bleue", Expecting("choice", ("carte_bleue", "msa"))).value
        == "carte_bleue"
    )


def test_a_postal_code_that_no_commune_has_is_asked_back(understanding: Understanding) -> None:
    assert understanding.interpret("75018", Expecting("postal_code")).certainty == "sure"
    assert understanding.interpret("75099", Expecting("postal_code")).certainty == "unsure"


def test_the_bigger_of_two_towns_of_one_name_is_first() -> None:
    communes = read_communes(PACKAGED / "communes.csv.gz")

    assert len(communes) > 34_000
    assert communes[0].name == "Paris"
    assert all(a.people >= b.people for a, b in pairwise(communes))


def test_a_damaged_list_of_communes_is_named(tmp_path: Path) -> None:
    path = tmp_path / "communes.csv.gz"
    path.write_bytes(b"not gzip")
    with pytest.raises(DataError, match=r"communes\.csv\.gz"):
        read_communes(path)
