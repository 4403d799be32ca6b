"""When mediators answer the telephone: now, and the next half days when they can call back. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.french_calendar import is_holiday
from voicebot.store.opening import Week

PARIS: Final = ZoneInfo("Europe/Paris")
#: Seconds. A half day is offered while at least this much of it is left, and no call-back is planned sooner.
_LEAST_S: Final = 15 * 60.0
#: Days ahead. A weekday says which day is meant only within a week.
_DAYS: Final = 7
_NOON: Final = 12.5
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class HalfDay:
    """A morning or afternoon when mediators call: from `start` to `end`, in Unix seconds.

    `name` is a choice of the flow `rappel`, such as "tomorrow_morning".
    """

    name: str
    start: float
    """Unix seconds."""
    end: float
    """Unix seconds."""


def is_open(week: Week, at: float) -> bool:
    """Whether mediators answer at `at` (Unix seconds)."""
    local = datetime.fromtimestamp(at, PARIS)
    return _is_working(week, local.date()) and any(
        _moment(local.date(), start) <= at < _moment(local.date(), end) for start, end in week.spans
    )


def half_days(week: Week, at: float) -> Iterator[HalfDay]:
    """The half days of the coming week that are not over, the next one first; each name once."""
    today = datetime.fromtimestamp(at, PARIS).date()
    named: set[str] = set()
    for ahead in range(_DAYS):
        day = today + timedelta(days=ahead)
        for start, end in _halves(week) if _is_working(week, day) else ():
            name = f"{_day_name(ahead, day)}_{'morning' if start < _NOON else 'afternoon'}"
            begins, ends = max(_moment(day, start), at + _LEAST_S), _moment(day, end)
            if name not in named and ends - begins >= _LEAST_S:
                named.add(name)
                yield HalfDay(name, begins, ends)


def within(week: Week, at: float) -> float | None:
    """The first moment from `at` on (Unix seconds) when mediators answer; None if not within a week."""
    if is_open(week, at):
        return at
    return next((half.start for half in half_days(week, at - _LEAST_S)), None)


def hour_of(at: float) -> float:
    """The hour of the day in Paris, to the quarter: 12.5 is half past twelve."""
    local = datetime.fromtimestamp(at, PARIS)
    return local.hour + round(local.minute / 15) / 4


def _halves(week: Week) -> Iterator[tuple[float, float]]:
    """The spans; one that continues past noon is split in two."""
    for start, end in week.spans:
        if start < _NOON - 1 and end > _NOON + 1:
            yield start, _NOON
            yield _NOON, end
        else:
            yield start, end


def _day_name(ahead: int, day: date) -> str:
    return {0: "this", 1: "tomorrow"}.get(ahead, _WEEKDAYS[day.weekday()])


def _is_working(week: Week, day: date) -> bool:
    rests = is_holiday(day) and not week.holidays
    return day.weekday() in week.days and day.isoformat() not in week.closed and not rests


def _moment(day: date, hour: float) -> float:
    """`hour` (such as 12.5; 24 is allowed) of `day` in Paris, in Unix seconds."""
    if hour >= 24:
        return datetime.combine(day + timedelta(days=1), time(), PARIS).timestamp()
    return datetime.combine(day, time(int(hour), round(hour % 1 * 60)), PARIS).timestamp()
