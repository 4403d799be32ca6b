"""Days and months counted from today: "hier", "dans deux mois", "le 15 janvier", "le mois dernier"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from voicebot.nlu.entities.found import Found
from voicebot.nlu.entities.numerals import Numerals
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import TimeWords

_DAYS_A_WEEK = 7
_DAY_AND_MONTH = re.compile(r"(?<!\d)(\d{1,2})(?:er)? ([a-z]{3,9})\b(?! \d{2,4}\b)")
_YEAR_BEHIND = re.compile(r" (?:de )?((?:19|20)\d\d)\b")
#: A day that is over by no more than this is taken for the one that has just been, in days.
_JUST_BEEN = 180


@dataclass(frozen=True, repr=False)
class Relative:
    """`date` and `month` need to know today."""

    numerals: Numerals
    months: Callable[[str], int | None]
    days: Mapping[str, int]
    feasts: Mapping[str, str]
    shifts: Mapping[str, int]
    units: Mapping[str, float]
    named: re.Pattern[str]
    feast: re.Pattern[str]
    shift: re.Pattern[str]
    ahead: re.Pattern[str]
    ago: re.Pattern[str]

    @classmethod
    def of(cls, words: TimeWords, numerals: Numerals, months: Callable[[str], int | None]) -> Relative:
        """Compile time.yaml; `months` recognises a month by its name."""
        units = "|".join(sorted(map(plain, words.units), key=len, reverse=True))
        return cls(
            numerals,
            months,
            words.days,
            words.feasts,
            words.months,
            {plain(unit): length for unit, length in words.units.items()},
            _any(words.days),
            _any(words.feasts),
            _any(words.months),
            re.compile(rf"\b(?:{_any(words.ahead).pattern}) (\d{{1,3}}) (?:de )?({units})\b"),
            re.compile(rf"\b(?:{_any(words.ago).pattern}) (\d{{1,3}}) ({units})\b"),
        )

    def date(self, words: str, today: dt.date) -> Found | None:
        """The day that plain `words` name, "YYYY-MM-DD"."""
        named = self.named.search(words)
        if named:
            return Found((today + dt.timedelta(days=self.days[named[0]])).isoformat())
        feast = self.feast.search(words)
        if feast:
            month, day = map(int, self.feasts[feast[0]].split("-"))
            year = _YEAR_BEHIND.match(words[feast.end() :])
            if year:
                return Found(dt.date(int(year[1]), month, day).isoformat())
            return _day(month, day, today, coming=True)
        text = self.numerals.digits(words)
        for pattern, sign in ((self.ahead, 1), (self.ago, -1)):
            if said := pattern.search(text):
                return self._counted(int(said[1]) * sign, said[2], today)
        said = _DAY_AND_MONTH.search(text)
        which = self.months(said[2]) if said else None
        return _day(which, int(said[1]), today, coming=False) if said and which else None

    def month(self, words: str, today: dt.date) -> Found | None:
        """The month that plain `words` name, 1 to 12."""
        shift = self.shift.search(words)
        if shift:
            return Found(_shifted(today, self.shifts[shift[0]]).month)
        text = self.numerals.digits(words)
        for pattern, sign in ((self.ahead, 1), (self.ago, -1)):
            said = pattern.search(text)
            if said and 1 <= self.units[said[2]] < 12:
                return Found(_shifted(today, round(int(said[1]) * sign * self.units[said[2]])).month)
        return None

    def _counted(self, count: int, unit: str, today: dt.date) -> Found:
        """So many days, weeks, months or years from today. "Quinze jours" are two weeks."""
        months = self.units[unit]
        if months >= 1:
            return Found(_shifted(today, round(count * months)).isoformat())
        in_weeks = months > 0.1
        days = count * _DAYS_A_WEEK if in_weeks else {15: 14, -15: -14, 8: 7, -8: -7}.get(count, count)
        return Found((today + dt.timedelta(days=days)).isoformat())


def _day(month: int, day: int, today: dt.date, coming: bool) -> Found | None:
    """The day of this year, or of the one that is meant; unsure unless it is a feast to come."""
    try:
        this_year = dt.date(today.year, month, day)
    except ValueError:
        return None
    over = (today - this_year).days
    next_year = over > (0 if coming else _JUST_BEEN)
    meant = dt.date(today.year + 1, month, min(day, 28)) if next_year else this_year
    return Found(meant.isoformat(), "sure" if coming else "unsure")


def _shifted(today: dt.date, months: int) -> dt.date:
    """So many months later, on the same day or the last of the month."""
    years, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    for day in range(today.day, today.day - 4, -1):
        try:
            return dt.date(years, month + 1, day)
        except ValueError:
            continue
    return dt.date(years, month + 1, 28)


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(map(plain, phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
