"""When mediators answer, and which half days are offered for a call-back."""

from __future__ import annotations

from datetime import datetime

import pytest

from voicebot.store.opening import Week
from voicebot.switchboard.opening_times import PARIS, half_days, hour_of, is_open, within

#: 3 March 2026 is a Tuesday; 6 April is Easter Monday, 1 May a holiday on a Friday.
WEEK = Week()


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


@pytest.mark.parametrize(
    ("when", "week", "open_"),
    [
        ("2026-03-03T09:00", WEEK, True),
        ("2026-03-03T08:59", WEEK, False),
        ("2026-03-03T12:00", WEEK, False),
        ("2026-03-03T16:59", WEEK, True),
        ("2026-03-07T10:00", WEEK, False),
        ("2026-04-06T10:00", WEEK, False),
        ("2026-04-06T10:00", Week(holidays=True), True),
        ("2026-03-03T10:00", Week(closed=("2026-03-03",)), False),
        ("2026-03-03T23:59", Week(((0.0, 24.0),)), True),
        ("2026-03-29T10:00", Week(days=(6,)), True),
    ],
)
def test_open_within_the_spans_of_working_days(when: str, week: Week, open_: bool) -> None:
    assert is_open(week, at(when)) is open_


@pytest.mark.parametrize(
    ("when", "names"),
    [
        ("2026-03-03T08:00", ["this_morning", "this_afternoon", "tomorrow_morning"]),
        ("2026-03-03T11:50", ["this_afternoon", "tomorrow_morning", "tomorrow_afternoon"]),
        ("2026-03-03T20:00", ["tomorrow_morning", "tomorrow_afternoon", "thursday_morning"]),
        ("2026-03-06T18:00", ["monday_morning", "monday_afternoon", "tuesday_morning"]),
        ("2026-04-03T18:00", ["tuesday_morning", "tuesday_afternoon", "wednesday_morning"]),
    ],
)
def test_the_next_half_days_have_names_that_people_say(when: str, names: list[str]) -> None:
    assert [half.name for half in half_days(WEEK, at(when))][:3] == names


def test_a_half_day_that_has_begun_is_offered_from_a_quarter_of_an_hour_on() -> None:
    half = next(half_days(WEEK, at("2026-03-03T10:00")))
    assert (half.start, half.end) == (at("2026-03-03T10:15"), at("2026-03-03T12:00"))


def test_a_span_over_noon_is_a_morning_and_an_afternoon() -> None:
    halves = list(half_days(Week(((9.0, 17.0),)), at("2026-03-03T08:00")))[:2]
    assert [(half.name, hour_of(half.start), hour_of(half.end)) for half in halves] == [
        ("this_morning", 9.0, 12.5),
        ("this_afternoon", 12.5, 17.0),
    ]


def test_no_name_means_two_days() -> None:
    names = [half.name for half in half_days(Week(days=tuple(range(7))), at("2026-03-03T08:00"))]
    assert len(names) == len(set(names)) == 14


def test_the_next_moment_of_work_is_now_or_the_next_opening() -> None:
    assert within(WEEK, at("2026-03-03T10:00")) == at("2026-03-03T10:00")
    assert within(WEEK, at("2026-03-03T12:30")) == at("2026-03-03T14:00")
    assert within(WEEK, at("2026-03-06T17:00")) == at("2026-03-09T09:00")
    assert within(Week(days=()), at("2026-03-03T10:00")) is None
