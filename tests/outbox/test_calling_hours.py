"""When a person may be called: by day, at home, and on no holiday."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.french_calendar import day_in_paris
from voicebot.outbox.calling_hours import CallingHours

PARIS, REUNION = "+33639980001", "+262692000001"
HOURS = CallingHours()


def at(text: str, zone: str = "Europe/Paris") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("asked", "called"),
    [
        ("2026-11-24 12:00", "2026-11-24 12:00"),
        ("2026-11-24 19:59", "2026-11-24 19:59"),
        ("2026-11-24 20:00", "2026-11-25 08:00"),
        ("2026-11-24 03:00", "2026-11-24 08:00"),
        ("2026-12-25 10:00", "2026-12-26 08:00"),
        ("2026-12-31 21:00", "2027-01-02 08:00"),
        ("2026-10-24 21:00", "2026-10-25 08:00"),  # the clocks go back that night
    ],
)
def test_in_france(asked: str, called: str) -> None:
    assert HOURS.opening(PARIS, at(asked)) == at(called)


def test_on_reunion_it_is_day_there_and_on_mayotte_which_shares_its_numbers() -> None:
    assert HOURS.opening(REUNION, at("2026-11-24 19:00")) == at("2026-11-25 08:00", "Indian/Mayotte")


def test_on_reunion_the_end_of_slavery_is_a_holiday() -> None:
    noon = at("2026-12-20 12:00", "Indian/Reunion")
    assert HOURS.opening(REUNION, noon) == at("2026-12-21 08:00", "Indian/Mayotte")
    assert HOURS.opening(PARIS, at("2026-12-20 12:00")) == at("2026-12-20 12:00")


@given(st.floats(1.6e9, 2.2e9), st.sampled_from([PARIS, REUNION]))
def test_it_is_always_day_when_somebody_is_called(asked: float, number: str) -> None:
    opening = HOURS.opening(number, asked)
    zone = "Europe/Paris" if number == PARIS else "Indian/Reunion"
    assert opening >= asked
    assert 8 <= datetime.fromtimestamp(opening, ZoneInfo(zone)).hour < 20
    assert HOURS.opening(number, opening) == opening


def test_the_day_that_limits_are_counted_by_begins_at_midnight_in_paris() -> None:
    assert day_in_paris(at("2026-11-24 23:59")) == "2026-11-24"
    assert day_in_paris(at("2026-11-25 00:00")) == "2026-11-25"
