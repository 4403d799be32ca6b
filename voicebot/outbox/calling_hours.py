"""When a person may be called: by day, where they live, and not on a public holiday."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.french_calendar import is_holiday
from voicebot.telephony.phone_numbers import whereabouts

#: Steps through the calendar; no sequence of nights and holidays takes more.
_LONGEST_SEARCH: Final = 60


@dataclass(frozen=True)
class CallingHours:
    """From the hour `first` until the hour `last`, local time."""

    first: int = 8
    last: int = 20

    def opening(self, number: str, at: float) -> float:
        """The first moment from `at` on (Unix seconds) when `number` may be called.

        If a number may be in several time zones, it must be daytime in all of them.
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
