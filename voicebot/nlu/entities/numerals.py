"""Number words → digits (library text2num), then numbers, ages and amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from text_to_num import alpha2digit

from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.normalise import Rewriter, plain
from voicebot.nlu.vocabulary import NumberWords

#: A number in at most this many words is an answer; in more it may be about something else.
_SHORT_ANSWER = 5
#: A number this high, in a sentence not longer than this, is money when money was asked for.
_PLAINLY_MONEY, _LONG_ANSWER = 50, 12
_OLDEST = 120
#: No income, rent or debt people speak of here is higher; more is a telephone number or a misunderstanding.
_HIGHEST_EUROS = 1_000_000
_HIGHEST = 100_000

_ZERO = re.compile(r"\bzero\b")
_SPLIT_THOUSANDS = re.compile(r"(?<![\d.,/])([1-9]\d{0,2}) (\d{3})(?![\d.,/])")
#: "1.250 euros" is not one euro and a quarter.
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.,/])([1-9]\d{0,2})\.(\d{3})(?![\d.,/])")
_NUMBER = re.compile(r"(?<![\d.,/+])\d+(?![\d.,/])")
_DECIMAL = r"\d+(?:[.,]\d{1,2})?"


@dataclass(frozen=True)
class Numerals:
    """Reads numbers out of plain words."""

    not_numbers: Rewriter
    joined: Mapping[str, str]
    misheard: Rewriter
    none: re.Pattern[str]
    years: re.Pattern[str]
    own: re.Pattern[str]
    months: re.Pattern[str]
    euros: re.Pattern[str]
    centimes: re.Pattern[str]
    decimal: re.Pattern[str]
    thousand: re.Pattern[str]
    sum: re.Pattern[str]

    @classmethod
    def of(cls, words: NumberWords) -> Numerals:
        """Compile numbers.yaml."""
        units = words.units
        euros = _any(units["euros"])
        return cls(
            Rewriter.of(dict.fromkeys(words.not_numbers, "")),
            words.joined,
            Rewriter.of(words.misheard),
            re.compile(rf"\b(?:{_any(words.zero)})\b"),
            re.compile(rf"(?<!\d)(\d{{1,3}}) ?(?:{_any(units['years'])})\b"),
            re.compile(
                rf"\b(?:{_any(words.own_age)}) (\d{{1,3}}) ?(?:{_any(units['years'])})\b"
                rf"(?! (?:{_any(words.not_own_age)})\b)"
            ),
            re.compile(rf"(?<!\d)\d{{1,2}} (?:{_any(units['months'])})\b"),
            re.compile(rf"(?<![\d.,])({_DECIMAL}) ?(?:{euros})(?!\w)(?: (?:et )?(\d{{1,2}})(?!\d))?"),
            re.compile(rf"(?<![\d.,])(\d{{1,2}}) ?(?:{_any(units['centimes'])})\b"),
            re.compile(rf"(?<=\d) (?:{_any(words.decimal)}) (?=\d)"),
            re.compile(rf"(?<![\d.,/])(\d{{1,3}}) (?:{_any(words.thousand)})\b(?: (\d{{1,3}})(?!\d))?"),
            re.compile(r"(?<!\d)(\d{1,2}) [a-z]\D*\bet (\d{1,2})\b(?!.*\d)"),
        )

    def digits(self, words: str, spelled: bool = False) -> str:
        """Plain words with every number in digits; `spelled`: also what is misheard for a digit."""
        kept = self.misheard(words) if spelled else self.not_numbers(words)
        for apart, together in self.joined.items():
            kept = kept.replace(apart, together)
        kept = self.thousand.sub(lambda found: found[1] + (found[2] or "").zfill(3), kept)
        return str(alpha2digit(_ZERO.sub("zéro", kept), "fr", threshold=0))

    def number(self, words: str) -> Found | None:
        """A whole number: how many children, how many hours… "Deux filles et un garçon" are three, unsure."""
        numbers = self._whole(words)
        added = self.sum.search(self.digits(words))
        if added:
            return Found(int(added[1]) + int(added[2]), "unsure")
        if not numbers:
            return Found(0, sure_if(_short(words))) if self.none.search(words) else None
        if numbers[0] > _HIGHEST:
            return None
        return Found(numbers[0], sure_if(len(set(numbers)) == 1 and _short(words)))

    def age(self, words: str) -> Found | None:
        """An age in years. A year of birth is not one: without a clock nobody can tell."""
        text = self.digits(words)
        said = self.years.search(text)
        if said:
            return Found(int(said[1])) if int(said[1]) <= _OLDEST else None
        if self.months.search(text):
            return Found(0, "unsure")
        numbers = self._whole(words)
        if not numbers or numbers[0] > _OLDEST:
            return None
        return Found(numbers[0], sure_if(len(numbers) == 1 and _short(words)))

    def amount(self, words: str) -> Found | None:
        """Euros, an int when there are no centimes."""
        text = _DOTTED_THOUSANDS.sub(r"\1\2", _SPLIT_THOUSANDS.sub(r"\1\2", self.digits(words)))
        text = self.decimal.sub(",", text)
        said = self.euros.search(text)
        if said:
            cents = int((said[2] or "0").ljust(1)) / 100
            return _euros(float(said[1].replace(",", ".")) + cents, True)
        cents_only = self.centimes.search(text)
        if cents_only:
            return _euros(int(cents_only[1]) / 100, True)
        bare = re.search(rf"(?<![\d.,/+])({_DECIMAL})(?![\d.,/])", text)
        if bare:
            value = float(bare[1].replace(",", "."))
            plainly = value >= _PLAINLY_MONEY and len(words.split()) <= _LONG_ANSWER
            return _euros(value, len(set(self._whole(words))) <= 1 and (_short(words) or plainly))
        return Found(0, sure_if(_short(words))) if self.none.search(words) else None

    def stated_amount(self, words: str) -> Found | None:
        """An amount only when its unit is said."""
        text = self.digits(words)
        return self.amount(words) if self.euros.search(text) or self.centimes.search(text) else None

    def stated_age(self, words: str) -> Found | None:
        """An age only when years are said."""
        return self.age(words) if self.years.search(self.digits(words)) else None

    def own_age(self, words: str) -> Found | None:
        """The age of who speaks, only when it is said to be theirs."""
        said = self.own.search(self.digits(words))
        return Found(int(said[1])) if said and int(said[1]) <= _OLDEST else None

    def _whole(self, words: str) -> list[int]:
        text = _SPLIT_THOUSANDS.sub(r"\1\2", self.digits(words))
        numbers = [int(found) for found in _NUMBER.findall(text)[:20] if len(found) < 10]
        # "un" and "une" are mostly articles: a number only when nothing else is, in a short answer.
        others = [number for number in numbers if number != 1]
        return others or (numbers if _short(words) else [])


def _euros(value: float, sure: bool) -> Found | None:
    if value > _HIGHEST_EUROS:
        return None
    rounded = round(value, 2)
    return Found(int(rounded) if rounded == int(rounded) else rounded, sure_if(sure))


def _short(words: str) -> bool:
    return len(words.split()) <= _SHORT_ANSWER + words.count(" et ")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(plain(word)) for word in words), key=len, reverse=True))
