"""Days and months counted from today."""

from __future__ import annotations

import pytest

from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding

TODAY = "2026-11-28"


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("hier", "2026-11-27"),
        ("avant-hier", "2026-11-26"),
        ("dans une semaine", "2026-12-05"),
        ("dans un mois", "2026-12-28"),
        ("il y a quinze jours", "2026-11-14"),
        ("le 15 janvier prochain", "2027-01-15"),
        ("à Noël", "2026-12-25"),
        ("le 15 décembre", "2026-12-15"),
        ("dans trois mois", "2027-02-28"),
    ],
)
def test_a_day_counted_from_today(understanding: Understanding, said: str, day: str) -> None:
    assert understanding.interpret(said, Expecting("date", today=TODAY)).value == day


@pytest.mark.parametrize(
    ("said", "month"),
    [
        ("le mois dernier", 10),
        ("le mois prochain", 12),
        ("ce mois-ci", 11),
        ("dans deux mois", 1),
        ("il y a trois mois", 8),
        ("pas mars, avril", 4),
        ("juin, non, juillet", 7),
        ("fin janvier", 1),
    ],
)
def test_a_month_counted_from_today(understanding: Understanding, said: str, month: int) -> None:
    assert understanding.interpret(said, Expecting("month", today=TODAY)).value == month


@pytest.mark.parametrize("said", ["mars ou avril", "entre mai et juillet", "en été", "depuis deux ans"])
def test_several_months_or_none_are_no_month(understanding: Understanding, said: str) -> None:
    assert understanding.interpret(said, Expecting("month", today=TODAY)).value is None


def test_without_a_date_nothing_is_counted(understanding: Understanding) -> None:
    assert understanding.interpret("hier", Expecting("date")).value is None
    assert understanding.interpret("dans deux mois", Expecting("month")).value is None
