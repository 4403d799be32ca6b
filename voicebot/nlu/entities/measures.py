"""Answers on a scale: how long ago, how soon, what part of the year, what age."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from voicebot.nlu.entities.numerals import Numerals
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import MeasureWords, TimeWords

_DAYS_A_MONTH = 30.44
_YEAR_MONTHS = 12
#: In so many words a number of months is how many of the year; in more it may be those spent elsewhere.
_BARE_WORDS = 5
#: The amount by which a whole unit is reduced or enlarged if only "moins de" or "plus de" is said.
_A_LITTLE = 0.5
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_BORN = re.compile(r"\bnee? (?:en|l annee|le [\w ]+?) ?((?:19|20)?\d\d)(?!\d)")
_AGE = re.compile(r"(?<!\d)(\d{1,3}) ?(?:ans?|an et demi)\b")
_BARE = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})[ ./](\d{1,2})[ ./](20\d\d|\d\d)(?!\d)")
_LONGEST_MONTH = 31
_DAY = re.compile(r"\b(?:le|on est le|est le) (\d{1,2})(?:er)?\b")
_OUT_OF_TWELVE = re.compile(r"(?<!\d)(\d{1,2}) mois sur (?:12|douze)")


@dataclass(frozen=True, repr=False)
class Measures:
    """Only `answer` is used."""

    numerals: Numerals
    months: Callable[[str], int | None]
    measures: Mapping[str, MeasureWords]
    units: Mapping[str, float]
    length: re.Pattern[str]
    range: re.Pattern[str]
    passed: re.Pattern[str]
    coming: re.Pattern[str]
    from_today: Mapping[str, float]
    expression: re.Pattern[str]
    seasons: Mapping[str, int]
    season: re.Pattern[str]
    next_year: re.Pattern[str]
    below: re.Pattern[str]
    above: re.Pattern[str]

    @classmethod
    def of(
        cls,
        measures: Mapping[str, MeasureWords],
        words: TimeWords,
        numerals: Numerals,
        months: Callable[[str], int | None],
    ) -> Measures:
        """Compile measures.yaml and time.yaml; `months` recognises a month by its name."""
        units = "|".join(sorted(words.units, key=len, reverse=True))
        return cls(
            numerals,
            months,
            measures,
            words.units,
            re.compile(rf"(?<!\d)(\d{{1,3}}) ({units})\b( et demie?)?"),
            re.compile(rf"\b(?:entre )?(\d{{1,3}}) (?:et|ou|a) \d{{1,3}} ({units})\b"),
            _any(words.passed),
            _any(words.coming),
            words.from_today,
            _any(words.from_today),
            words.seasons,
            _any(words.seasons),
            _any(words.next_year),
            _any(words.below),
            _any(words.above),
        )

    def answer(self, words: str, question: str, today: str) -> str | None:
        """The answer that plain `words` give to `question` on the day `today` (YYYY-MM-DD or "")."""
        measure = self.measures.get(question)
        if measure is None:
            return None
        text = self.numerals.digits(words)
        day = date.fromisoformat(today) if today else None
        number = _READ[measure.of](self, text, day)
        if number is None:
            return None
        answers = [answer for answer, least in measure.from_.items() if number >= least]
        return answers[-1] if answers else None

    def leaves_open(self, words: str, question: str, today: str) -> bool:
        """Whether a range is said whose ends answer differently ("entre trois et cinq mois", of four)."""
        other = self._other_end(self.numerals.digits(words)) if question in self.measures else None
        return other is not None and self.answer(other, question, today) != self.answer(
            words, question, today
        )

    def _other_end(self, text: str) -> str | None:
        """What is said of a range, with its lower end alone: "entre 3 et 5 mois" is also 3 months."""
        range_ = self.range.search(text)
        return f"{text[: range_.start()]}{range_[1]} {range_[2]}{text[range_.end() :]}" if range_ else None

    def _length(self, text: str) -> float | None:
        """The last length of time said, in months, slightly reduced or enlarged if so said."""
        found = list(self.length.finditer(text))
        if not found:
            return None
        said = found[-1]
        months = (int(said[1]) + (0.5 if said[3] else 0)) * self.units[said[2]]
        before = text[: said.start()]
        if self.below.search(before):
            return months - _A_LITTLE * self.units[said[2]]
        return months + (_A_LITTLE * self.units[said[2]] if self.above.search(before) else 0)

    def _lasting(self, text: str, day: date | None) -> float | None:
        length = self._length(text)
        if length is not None:
            return None if self._is_coming(text) else length
        ahead = self._calendar(text, day, past=True)
        return None if ahead is None else -ahead

    def _until(self, text: str, day: date | None) -> float | None:
        length = self._length(text)
        if length is None:
            return self._calendar(text, day, past=False)
        return -length if self.passed.search(text) and not self._is_coming(text) else length

    def _is_coming(self, text: str) -> bool:
        return bool(self.coming.search(text))

    def _calendar(self, text: str, day: date | None, past: bool) -> float | None:
        """Months from `day` until the named day, month, season or year; negative if it is over."""
        said = self.expression.search(text)
        if said:
            return self.from_today[said[0]]
        if day is None:
            return None
        whole = _NUMERIC.search(text)
        if whole and 1 <= int(whole[2]) <= _YEAR_MONTHS and 1 <= int(whole[1]) <= _LONGEST_MONTH:
            written = date(int(whole[3]) % 100 + 2000, int(whole[2]), min(28, int(whole[1])))
            return (written - day).days / _DAYS_A_MONTH
        year = _YEAR.search(text)
        month = self._month(text)
        if month is None:
            return (int(year[0]) - day.year) * 12.0 if year and int(year[0]) != day.year else None
        named = _DAY.search(text) or re.search(r"(?<!\d)(\d{1,2})(?:er)? [a-z]", text)
        days = min(28, int(named[1])) if named and 1 <= int(named[1]) <= 31 else 15
        when = date(int(year[0]) if year else day.year, month, days)
        months = (when - day).days / _DAYS_A_MONTH
        if not year:
            months += -12 if past and months > 0 else 12 if not past and months < -0.5 else 0
            months += 12 if self.next_year.search(text) and when.year == day.year and months < 6 else 0
        return months

    def _month(self, text: str) -> int | None:
        season = self.season.search(text)
        named = (self.months(word) for word in re.findall(r"[a-z]{3,}", text))
        return self.seasons[season[0]] if season else next((month for month in named if month), None)

    def _yearly(self, text: str, day: date | None) -> float | None:
        out_of = _OUT_OF_TWELVE.search(text)
        if out_of:
            return float(out_of[1])
        months = self._length(text)
        per_year = re.search(r"par an|l annee|sur 12|sur douze", text)
        since = self.passed.search(text) or self.coming.search(text) or len(text.split()) > _BARE_WORDS
        whole = re.search(r"\bmois?\b", text)
        counts = whole and months is not None and months <= _YEAR_MONTHS + _A_LITTLE
        return months if counts and (per_year or not since) else None

    def _age(self, text: str, day: date | None) -> float | None:
        born = _BORN.search(text)
        if born and day:
            year = int(born[1]) if len(born[1]) == 4 else 1900 + int(born[1])
            return float(day.year - (year + 100 if day.year - year > 99 else year))
        said = [int(n) for n in _AGE.findall(text)] or (
            [int(n) for n in _BARE.findall(text)] if len(text.split()) <= 4 else []
        )
        if not said or said[-1] < 2:
            return None
        return said[-1] - (_A_LITTLE if self.below.search(text) else 0)

    def _day(self, text: str, day: date | None) -> float | None:
        said = _DAY.search(text)
        return float(said[1]) if said and re.search(r"\b(?:on est|c est|nous sommes)\b", text) else None


_READ: Mapping[str, Callable[[Measures, str, date | None], float | None]] = {
    "lasting": Measures._lasting,
    "until": Measures._until,
    "yearly": Measures._yearly,
    "age": Measures._age,
    "day": Measures._day,
}


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(map(plain, phrases), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b")
