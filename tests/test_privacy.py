"""Pseudonyms, redaction and telephone numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.privacy import Privacy, redact
from voicebot.telephony.phone_numbers import e164, is_textable


def test_a_pseudonym_is_stable_and_depends_on_the_key(privacy: Privacy) -> None:
    other = Privacy("salt", ["0" * 43 + "="])
    assert privacy.pseudonym("+33612345678") == privacy.pseudonym("+33612345678")
    assert privacy.pseudonym("+33612345678") != other.pseudonym("+33612345678")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("appelez le 06 12 34 56 78 svp", "appelez le … svp"),
        ("j'habite 75018", "j'habite …"),
        ("j'ai 30 ans", "j'ai 30 ans"),
        ("mon mail zoe.dupont@exemple.fr", "mon mail …"),
        ("12-34-56", "…"),
    ],
)
def test_words_are_redacted(said: str, kept: str) -> None:
    assert redact(said) == kept


@given(st.text(), st.integers(1000, 10**12), st.text())
def test_no_long_number_survives_redaction(before: str, number: int, after: str) -> None:
    assert str(number) not in redact(f"{before} {number} {after}")


@pytest.mark.parametrize(
    ("number", "textable"),
    [
        ("+33612345678", True),
        ("+33753123456", True),
        ("+33142345678", False),
        ("+262692123456", True),
        ("anonymous", False),
        (None, False),
    ],
)
def test_who_can_be_texted(number: str | None, textable: bool) -> None:
    assert is_textable(number) is textable


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("06 12 34 56 78", "+33612345678"),
        ("0692 12 34 56", "+262692123456"),
        ("anonymous", None),
        ("12", None),
    ],
)
def test_numbers_have_one_written_form(written: str, number: str | None) -> None:
    assert e164(written) == number
