"""When a place is open, said simply, at the hour it is there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from voicebot.places.hours import read_hours, write_hours
from voicebot.places.opening import opening
from voicebot.places.place import Place, Point
from voicebot.places.words import place_words

HOLIDAYS = country_holidays("FR", years=range(2025, 2031))
WEEKDAY = read_hours("09:00 - 12:00 / 14:00 - 17:30")
WEEK = (WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, WEEKDAY, read_hours("09:30 - 12:00"))
TOWN_HALL = Place("Mairie", "papiers", "1 place", "62100", "Calais", "0300000000", Point(50.95, 1.85), WEEK)


def said(written: str, place: Place = TOWN_HALL, zone: str = "Europe/Paris") -> str:
    at = datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).timestamp()
    return opening(place, at, place_words())


def elsewhere(postal_code: str) -> Place:
    return Place("Mairie", "papiers", "1 place", postal_code, "?", "0300000000", Point(0, 0), WEEK)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("2026-03-10 08:00", "C'est ouvert aujourd'hui, de 9 heures à midi et de 14 heures à 17 heures 30"),
        ("2026-03-10 09:00", "C'est ouvert maintenant, jusqu'à midi"),
        ("2026-03-10 11:59", "C'est ouvert maintenant, jusqu'à midi"),
        ("2026-03-10 12:00", "C'est ouvert aujourd'hui, de 14 heures à 17 heures 30"),
        ("2026-03-10 17:30", "C'est ouvert demain, de 9 heures à midi et de 14 heures à 17 heures 30"),
        ("2026-03-13 20:00", "C'est ouvert demain, de 9 heures 30 à midi"),
        ("2026-03-14 13:00", "C'est ouvert lundi, de 9 heures à midi et de 14 heures à 17 heures 30"),
    ],
)
def test_the_next_opening(when: str, expected: str) -> None:
    assert said(when) == expected


def test_public_holidays_are_closed() -> None:
    assert said("2026-05-01 10:00").startswith("C'est ouvert demain")
    assert said("2026-12-31 18:00").startswith("C'est ouvert samedi")


def test_holidays_are_those_of_the_place() -> None:
    good_friday = "2026-04-03 10:00"
    assert said(good_friday).startswith("C'est ouvert maintenant")
    assert said(good_friday, elsewhere("67000")).startswith("C'est ouvert demain")
    assert said("2027-12-20 10:00", elsewhere("97400"), "Indian/Reunion").startswith("C'est ouvert demain")


def test_it_is_the_hour_there_that_counts() -> None:
    noon_in_paris = "2026-03-10 12:30"
    assert said(noon_in_paris, elsewhere("97400")).startswith("C'est ouvert maintenant")
    assert said(noon_in_paris, elsewhere("97200")).startswith("C'est ouvert aujourd'hui, de 9 heures")


def test_without_hours_people_are_told_to_call() -> None:
    closed = Place("Bus", "papiers", "1 place", "62100", "Calais", "0300000000", Point(50.95, 1.85))
    assert said("2026-03-10 10:00", closed) == "Demandez les horaires en appelant"


def test_an_associations_own_words_are_said_as_written() -> None:
    local = Place("La Halte", "douche", "", "62100", "Calais", "", Point(50.95, 1.85), hours="le mardi matin")
    assert said("2026-03-10 10:00", local) == "Les horaires : le mardi matin"


@given(st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)))
def test_somebody_who_goes_when_told_finds_it_open(when: datetime) -> None:
    text = said(when.isoformat())
    assert text.startswith("C'est ouvert ")
    minute, today = when.hour * 60 + when.minute, (*WEEK, ())[when.weekday()]
    if "maintenant" in text:
        assert any(start <= minute < end for start, end in today)
    elif "aujourd'hui" in text:
        assert any(minute < start for start, _ in today)
    else:
        assert all(end <= minute for _, end in today) or when.date() in HOLIDAYS


@given(
    st.lists(
        st.tuples(st.integers(0, 1439), st.integers(0, 1439)).filter(lambda span: span[0] < span[1])
    ).map(sorted)
)
def test_hours_are_read_as_they_were_written(spans: list[tuple[int, int]]) -> None:
    assert read_hours(write_hours(spans)) == tuple(spans)


@pytest.mark.parametrize("wrong", ["le matin", "9h-12h", "25:00 - 26:00", "09:00 - 12:00 sur rendez-vous"])
def test_hours_of_another_shape_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="expected hours"):
        read_hours(wrong)
