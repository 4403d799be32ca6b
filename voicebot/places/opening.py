"""When a place is open, in one short sentence: now, later today, or the next day it opens."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from holidays import country_holidays

from voicebot.places.place import Place, Span
from voicebot.places.words import PlaceWords

_NOON = 12 * 60
_PARIS = "Europe/Paris"
_LOOKED_AHEAD_DAYS = 7
#: First digits of a postal code → time zone, and the name of its own holidays. Source: the IANA and
#: holidays packages.
_OVERSEAS = {
    "97133": ("America/Guadeloupe", "BL"),
    "97150": ("America/Guadeloupe", "MF"),
    "971": ("America/Guadeloupe", "971"),
    "972": ("America/Martinique", "972"),
    "973": ("America/Cayenne", "973"),
    "974": ("Indian/Reunion", "974"),
    "975": ("America/Miquelon", "PM"),
    "976": ("Indian/Mayotte", "976"),
    "57": (_PARIS, "6AE"),
    "67": (_PARIS, "6AE"),
    "68": (_PARIS, "6AE"),
}


def opening(place: Place, at: float, words: PlaceWords) -> str:
    """When `place` is open next, seen from `at` (seconds since 1970), without a full stop."""
    if place.hours:
        return words.free_hours.format(hours=place.hours)
    zone, holidays = _calendar(place.postal_code, at)
    now = datetime.fromtimestamp(at, UTC).astimezone(zone)
    for ahead, spans in _open_days(place, now, holidays):
        if ahead == 0 and spans[0][0] <= _minute(now):
            return words.open_now.format(end=_clock(spans[0][1], words))
        return words.open_later.format(day=_day(now, ahead, words), spans=_spans(spans, words))
    return words.unknown_hours


def _open_days(place: Place, now: datetime, holidays: Container[date]) -> Iterator[tuple[int, list[Span]]]:
    """Days from now on with what is left of their hours, for those days that have any."""
    for ahead in range(_LOOKED_AHEAD_DAYS):
        day = now.date() + timedelta(days=ahead)
        week = place.week[day.weekday() : day.weekday() + 1]
        passed = _minute(now) if ahead == 0 else -1
        left = [span for span in (week[0] if week else ()) if span[1] > passed]
        if left and day not in holidays:
            yield ahead, left


def _calendar(postal_code: str, at: float) -> tuple[ZoneInfo, Container[date]]:
    """The time zone and the public holidays of this and the next year there."""
    known = next(
        (_OVERSEAS[postal_code[:size]] for size in (5, 3, 2) if postal_code[:size] in _OVERSEAS), None
    )
    zone, subdivision = known or (_PARIS, None)
    year = datetime.fromtimestamp(at, UTC).year
    return ZoneInfo(zone), country_holidays("FR", subdiv=subdivision, years=range(year - 1, year + 2))


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
