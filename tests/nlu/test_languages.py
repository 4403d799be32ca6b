"""Other languages: which one, and danger in them."""

from __future__ import annotations

import pytest

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
