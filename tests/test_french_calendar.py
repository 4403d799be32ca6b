"""One calendar for places and calls: where a postal code or a number lies, and its own public holidays."""

from __future__ import annotations

from datetime import date

import pytest

from voicebot.french_calendar import Territory, at_postal_code, day_in_paris, in_region, is_holiday

SLAVERY_ABOLISHED = date(2026, 12, 20)  # in Réunion
SAINT_STEPHEN = date(2026, 12, 26)  # in Alsace and Moselle


@pytest.mark.parametrize(
    ("postal_code", "territory"),
    [
        ("75018", Territory()),
        ("", Territory()),
        ("97400", Territory("Indian/Reunion", "974")),
        ("97133", Territory("America/Guadeloupe", "BL")),
        ("97120", Territory("America/Guadeloupe", "971")),
        ("67000", Territory("Europe/Paris", "6AE")),
    ],
)
def test_a_postal_code_has_a_time_zone_and_holidays(postal_code: str, territory: Territory) -> None:
    assert at_postal_code(postal_code) == territory


def test_a_number_and_a_postal_code_of_one_place_have_one_calendar() -> None:
    assert in_region("RE") == at_postal_code("97400")
    assert in_region("XX") == at_postal_code("75018")


def test_each_territory_has_holidays_of_its_own() -> None:
    assert (is_holiday(SLAVERY_ABOLISHED, "RE"), is_holiday(SLAVERY_ABOLISHED)) == (True, False)
    assert (is_holiday(SAINT_STEPHEN, "6AE"), is_holiday(SAINT_STEPHEN)) == (True, False)
    assert all(is_holiday(date(year, 7, 14)) for year in (2025, 2026, 2030))


def test_the_day_changes_at_midnight_in_paris() -> None:
    assert [day_in_paris(at) for at in (1798757999.0, 1798758000.0)] == ["2026-12-31", "2027-01-01"]
