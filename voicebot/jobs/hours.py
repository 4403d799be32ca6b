"""When a person may be called: by day, where they live, and not on a public holiday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from voicebot.numbers import whereabouts

#: Departments and territories overseas have holidays of their own. Source: `holidays`, country FR.
_SUBDIVISIONS: Final = {
    "GP": "971", "MQ": "972", "GF": "973", "RE": "974", "YT": "976",
    "PM": "PM", "BL": "BL", "MF": "MF", "NC": "NC", "PF": "PF", "WF": "WF",
}  # fmt: skip
_COUNTRY: Final = "FR"
#: No holidays and hours last longer than this many looks at the calendar.
_LONGEST_SEARCH: Final = 60


@dataclass(frozen=True)
class CallingHours:
    """From the hour `first` on, until the hour `last`, local time."""

    first: int = 8
    last: int = 20

    def opening(self, number: str, at: float) -> float:
        """The first moment from `at` on (Unix seconds) at which `number` may be called.

        Where a number can be in several time zones, it is day in all of them.
        """
        region, zones = whereabouts(number)
        for _ in range(_LONGEST_SEARCH):
            latest = max(self._opening(ZoneInfo(zone), region, at) for zone in zones)
            if latest == at:
                break
            at = latest
        return at

    def _opening(self, zone: ZoneInfo, region: str, at: float) -> float:
        local = datetime.fromtimestamp(at, zone)
        day = local.date()
        if local.hour >= self.last:
            day += timedelta(days=1)
        while is_holiday(day, region):
            day += timedelta(days=1)
        return max(at, datetime.combine(day, time(self.first), zone).timestamp())


def local_day(at: float) -> str:
    """The date in Paris, by which daily limits are counted."""
    return datetime.fromtimestamp(at, ZoneInfo("Europe/Paris")).date().isoformat()


def is_holiday(day: date, region: str = _COUNTRY) -> bool:
    """Whether `day` is a public holiday in `region` (FR, RE, …)."""
    return day in _calendar(_SUBDIVISIONS.get(region))


@cache
def _calendar(subdivision: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(_COUNTRY, subdiv=subdivision)
