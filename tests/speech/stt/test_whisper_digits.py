"""What can be an answer made of digits, and how it may be written."""

from __future__ import annotations

import pytest

from voicebot.speech.stt.whisper_digits import (
    Spelled,
    before_digits,
    counted,
    is_digits,
    reading,
    sensible,
    words,
)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("age", "J'ai 71 ans.", "71"),
        ("age", "171 ans", None),
        ("age", "71 ou 72", None),
        ("number", "1 260.", "1260"),
        ("number", "4 4 0 2 1.", "44021"),
        ("number", "60 14", None),
        ("number", "0", "0"),
        ("number", "007", None),
        ("number", "9999999", None),
        ("amount", "843,50 euros", "843"),
        ("amount", "1 260,5 euros", "1260"),
        ("postal_code", "C'est le 93 200.", "93200"),
        ("postal_code", "9 3 2 0 0", "93200"),
        ("postal_code", "93 1000", "93000"),
        ("postal_code", "99999", None),
        ("phone", "06 12 34 56 78.", "0612345678"),
        ("phone", "06.12.34.56.78", "0612345678"),
        ("phone", "06 12 34 56", None),
        ("phone", "00 12 34 56 78", None),
        ("phone", "39 49", "3949"),
        ("phone", "le 115", "115"),
        ("code", "4 0 7 1", "4071"),
        ("code", "407", None),
        ("date", "Le 12 mars 1985.", "12/3/1985"),
        ("date", "1er août", "1/8/"),
        ("date", "30 février 1985", None),
        ("date", "29 février 1985", None),
        ("date", "29 février 1984", "29/2/1984"),
        ("date", "3/07/62", "3/7/62"),
        ("date", "17 11 26", "17/11/26"),
        ("date", "17 13 26", None),
        ("date", "12 mars 2985", None),
        ("date", "demain", None),
        ("age", "je ne sais pas", None),
    ],
)
def test_an_answer_is_read_where_there_can_be_one(kind: str, text: str, value: str | None) -> None:
    assert reading(kind, text) == value


def test_what_stands_before_the_digits_is_kept() -> None:
    assert before_digits("C'est le 93200.") == "C'est le"
    assert before_digits("93200") == ""
    assert before_digits("Gâteau.") == "Gâteau."


def test_common_numbers_are_written_with_their_unit_and_without() -> None:
    ages, numbers = dict(counted("age")), dict(counted("number"))
    assert ages["71"] == ("71", "71 ans")
    assert numbers["7"] == ("7",)
    assert (len(ages), len(numbers)) == (121, 101)


def test_answers_hold_digits_signs_and_a_few_words() -> None:
    assert all(map(is_digits, (" 71", "45", ",", " .", "/")))
    assert not any(map(is_digits, (" ans", "a", "")))
    assert words("date")[0] == "er"
    assert " juillet" in words("date")
    assert words("amount") == (" euros",)
    assert words("code") == ()


def test_of_what_the_beam_wrote_each_value_that_can_be_is_kept_once() -> None:
    written = [("93 200.", -1.0), ("93200.", -0.5), ("99999.", -0.1), ("93300.", -2.0)]
    assert sensible("postal_code", written) == (
        Spelled("93200.", "93200", -0.5),
        Spelled("93300.", "93300", -2.0),
    )
