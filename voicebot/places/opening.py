"""When a place is open, in one short sentence: now, later today, or the next day it opens."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from voicebot.french_calendar import at_postal_code, holidays
from voicebot.places.place import Place, Span
from voicebot.places.words import PlaceWords

_NOON = 12 * 60
_LOOKED_AHEAD_DAYS = 7


def opening(place: Place, at: float, words: PlaceWords) -> str:
    """When `place` is next open, as of `at` (Unix seconds), without a full stop."""
    if place.hours:
        return words.free_hours.format(hours=place.hours)
    territory = at_postal_code(place.postal_code)
    now = datetime.fromtimestamp(at, ZoneInfo(territory.zone))
    for ahead, spans in _open_days(place, now, holidays(territory.subdivision)):
        if ahead == 0 and spans[0][0] <= _minute(now):
            return words.open_now.format(end=_clock(spans[0][1], words))
        return words.open_later.format(day=_day(now, ahead, words), spans=_spans(spans, words))
    return words.unknown_hours


def _open_days(place: Place, now: datetime, closed: Container[date]) -> Iterator[tuple[int, list[Span]]]:
    """The days from now on that have any opening hours left, each with those hours."""
    for ahead in range(_LOOKED_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        week = place.week[day.weekday() : day.weekday() + 1]
        passed = _minute(now) if ahead == 0 else -1
        left = [span for span in (week[0] if week else ()) if span[1] > passed]
        if left and day not in closed:
            yield ahead, left


def _minute(now: datetime) -> int:
    return now.hour * 60 + now.minute


def _day(now: datetime, ahead: int, words: PlaceWords) -> str:
    near = (words.today, words.tomorrow)
    return near[ahead] if ahead < len(near) else words.days[(now.weekday() + ahead) % 7]


def _spans(spans: Sequence[Span], words: PlaceWords) -> str:
    said = (words.span.format(start=_clock(start, words), end=_clock(end, words)) for start, end in spans)
    return words.and_.join(said)


def _clock(minute: int, words: PlaceWords) -> str:
    if minute == _NOON:
        return words.noon
    hours, minutes = divmod(minute, 60)
    return (words.hour_minutes if minutes else words.hour).format(hours=hours, minutes=minutes)
