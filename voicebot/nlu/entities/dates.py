"""Dates of birth and months. No clock: a date needs its year; a two-digit year is read as a year of birth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.entities.numerals import Numerals
from voicebot.nlu.normalise import plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import NumberWords

#: Two-digit years from this one on are in the twentieth century, those below in the twenty-first.
_PIVOT = 30
_EARLIEST, _LATEST = 1900, 2099
_SHORT_ANSWER = 5

_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})(?:[ ./]+| du )(\d{1,2})(?:[ ./]+| de l an )(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[ ./]+(\d{1,2})[ ./]+(\d{1,2})(?!\d)")
_MONTH_FIRST = re.compile(r"\b([a-z]{3,9}) (\d{1,2})(?:er)? (\d{4})(?!\d)")
_TOGETHER = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d{4}|\d\d)(?!\d)")
_WORDED = re.compile(
    r"(?<!\d)(\d{1,2})(?:er)? (?:d |de |du mois de )?([a-z]+)(?: de)?(?: l annee)? (\d{4}|\d{2})(?!\d)"
)
_MONTHS = 12
#: "le quatrième mois", "le mois numéro neuf", "05/2023".
_NTH_MONTH = re.compile(r"\b(\d{1,2})(?:e|er|[eè]me|ieme) mois\b")
_MONTH_NUMBERED = re.compile(r"\bmois numero (\d{1,2})\b")
_MONTH_AND_YEAR = re.compile(r"0?(\d|1[0-2])[/. ](?:19|20)\d\d")
_MONTH_NUMBER = re.compile(r"(?<![\d.,/+])0?(\d|1[0-2])(?![\d.,/])")
#: "17 01 69" is often heard digit by digit: "17 0 1 69".
_SPLIT_ZERO = re.compile(r"(?<!\d)0 (\d)(?!\d)")
#: Between digits it is the month, between words the number.
_SEPTEMBER = re.compile(r"(?<=\d )sept(?= \d)")
_LENGTH = re.compile(r"\bmois\b(?! (?:de |d )?\d)|\bsemaines?\b|\bans?\b|\bjours?\b|\b[a-z]*mestres?\b")
_WORD = re.compile(r"[a-z]+")


@dataclass(frozen=True)
class Dates:
    """Reads dates and months out of plain words."""

    numerals: Numerals
    months: Callable[[str], int | None]
    ninth: str

    @classmethod
    def of(cls, words: NumberWords, numerals: Numerals, sounds: Sounds) -> Dates:
        """`months` recognises a month by its letters, or by its sound if that is safe."""
        by_letters = {plain(name): i for i, names in enumerate(words.months, 1) for name in names}
        unsafe = {plain(name) for name in words.months_by_letters}
        full = {plain(names[0]): i for i, names in enumerate(words.months, 1)}
        by_sound = {sounds(name): number for name, number in full.items() if name not in unsafe}
        ninth = plain(words.months[8][0])
        return cls(numerals, lambda word: by_letters.get(word) or by_sound.get(sounds(word)), ninth)

    def date(self, words: str) -> Found | None:
        """A whole date, "YYYY-MM-DD"; None for one that does not exist."""
        if self.numerals.leaves_open(words):
            return None
        found = self._whole(words)
        corrected = self.numerals.said_last(words)
        if found and corrected != words:
            return self._whole(corrected) or Found(found.value, "unsure")
        return found

    def _whole(self, words: str) -> Found | None:
        text = _SPLIT_ZERO.sub(r"0\1", self.numerals.digits(_SEPTEMBER.sub(self.ninth, words)))
        for day, name, year in _WORDED.findall(text):
            month = self.months(name)
            if month:
                return _date(day, month, year)
        for name, day, year in _MONTH_FIRST.findall(text):
            month = self.months(name)
            if month:
                return _date(day, month, year)
        iso = _ISO.search(text)
        if iso:
            return _date(iso[3], int(iso[2]), iso[1])
        numeric = _NUMERIC.search(text) or _TOGETHER.search(text)
        return _date(numeric[1], int(numeric[2]), numeric[3]) if numeric else None

    def month(self, words: str) -> Found | None:
        """A month, 1 to 12, by name or by number; None if several are named, or the length of a time."""
        named = self._named(words)
        if named:
            return Found(named[-1]) if len(set(named)) == 1 or self._corrected(words) else None
        text = self.numerals.digits(words)
        nth = _NTH_MONTH.search(text) or _MONTH_NUMBERED.search(text) or _MONTH_AND_YEAR.fullmatch(text)
        if nth and 1 <= int(nth[1]) <= _MONTHS:
            return Found(int(nth[1]))
        if _LENGTH.search(words):
            return None
        said = _MONTH_NUMBER.search(text)
        short = len(words.split()) <= _SHORT_ANSWER
        return Found(int(said[1]), sure_if(short)) if said and int(said[1]) and short else None

    def _named(self, words: str) -> list[int]:
        """The months that are named and not denied, in order."""
        found = []
        before = ""
        for word in _WORD.findall(words):
            number = self.months(word)
            if number and before != "pas" and not (word == "out" or (word == "mai" and " sais pas" in words)):
                found.append(number)
            before = word
        return found

    def _corrected(self, words: str) -> bool:
        """Whether the last month takes back those before it."""
        return len([part for part in self.numerals.instead.split(words) if self._named(part)]) > 1


def _date(day: str, month: int, year: str) -> Found | None:
    number = int(year)
    if len(year) == 2:
        number += 1900 if number >= _PIVOT else 2000
    try:
        return Found(date(number, month, int(day)).isoformat()) if _EARLIEST <= number <= _LATEST else None
    except ValueError:
        return None
