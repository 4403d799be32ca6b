"""Number words → digits (library text2num), then numbers, ages and amounts of money."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from text_to_num import alpha2digit

from voicebot.nlu.entities.found import Found, sure_if
from voicebot.nlu.normalise import Rewriter, plain
from voicebot.nlu.vocabulary import NumberWords

#: A number in at most this many words is an answer; in more words it may be about something else.
_SHORT_ANSWER = 5
#: A number this high, in a sentence no longer than this, is money if money was asked for.
_PLAINLY_MONEY, _LONG_ANSWER = 50, 12
_OLDEST = 120
#: A number within this factor of an amount may be another amount ("mille euros, mille cent des fois").
_NEAR = 3
#: Euros. No income, rent or debt discussed here is higher; more is a telephone number or a misunderstanding.
_HIGHEST_EUROS = 1_000_000
_HIGHEST = 10_000_000

_ARTICLES = ("un", "une")
_ZERO = re.compile(r"\bzero\b")
_SPLIT_THOUSANDS = re.compile(r"(?<![\d.,/])([1-9]\d{0,2}) (\d{3})(?=(?:,\d{1,2})?(?![\d.,/]))")
#: "1.250 euros" is not one euro and a quarter.
_DOTTED_THOUSANDS = re.compile(r"(?<![\d.,/])([1-9]\d{0,2})\.(\d{3})(?=(?:,\d{1,2})?(?![\d.,/]))")
#: "60 et 11 ans", "80 12", "4 20 12": tens that a recognizer wrote apart, and what they are without the end.
_FOUR_TWENTY = re.compile(r"(?<![\d.,/])4 20(?![\d.,/])")
_SPLIT_TENS = re.compile(
    r"(?<![\d.,/])(?:([68]0)(?: et)? (1\d|[1-9])|([2-579]0)(?: et)? ([1-9])"
    r"|([1-9]00) (\d{1,2})|([1-9]000) (\d{1,3}))(?![\d.,/])"
)
#: "10k", "1k5".
_KILO = re.compile(r"(?<![\d.,/])(\d{1,3})(?:,(\d))? ?k ?(\d)?(?![\d.,/a-z])")
#: "45 cents" after euros are no 4500.
_CENTS = re.compile(r"\b(euros?|€)((?: et)?(?: [a-z]+){1,4}?) cents?\b")
#: A number that is denied ("c'est pas 45").
_DENIED = re.compile(r"\b(?:pas encore|pas|plus) (\d+)(?: ans)?\b")
#: The same, where another one follows at once ("pas 600, 700 euros").
_DENIED_BEFORE = re.compile(r"\bpas (?:de )?\d+ (?=\d)")
#: A point between thousands and a comma before cents, or the other way round.
_ENGLISH = re.compile(r"(?<![\d.,/])(\d{1,3}(?:,\d{3})+)\.(\d{1,2})(?![\d.,/])")
_GROUPED = re.compile(r"(?<![\d.,/])\d{1,3}(?:\.\d{3}){2,}(?![\d.,/])")
_DECIMAL_NUMBER = re.compile(r"(?<![\d.,/+])(\d+)[.,](\d+)(?![\d.,/])")
_ORDINAL = re.compile(r"(?<!\d)(\d{1,2})(?:e|eme|ieme)(?!\w)")
_PRESENT = re.compile(
    r"\bj (?:en )?ai (?:que |juste |bien )?(\d{1,3})\b(?! (?:enfants?|euros?|fils|filles?|mois)\b)"
)
_BORN = re.compile(r"\bnee?s? (?:en|le|l annee)\b.*?(?<!\d)((?:19|20)\d\d|\d\d)(?!\d)\s*$")
_YOUNGEST, _ELDEST = 16, 105
_NUMBER = re.compile(r"(?<![\d.,/+])\d+(?![\d.,/])")
_DECIMAL = r"\d+(?:[.,]\d{1,2})?"
_BARE_AMOUNT = re.compile(rf"(?<![\d.,/+])({_DECIMAL})(?![\d.,/])")


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
    many: Mapping[str, int]
    counted: re.Pattern[str]
    halves: re.Pattern[str]
    parts: Mapping[str, float]
    part: re.Pattern[str]
    millions: re.Pattern[str]
    either: re.Pattern[str]
    next_age: re.Pattern[str]
    soon: re.Pattern[str]
    about: re.Pattern[str]
    year_of_birth: re.Pattern[str]
    other_money: re.Pattern[str]
    bounds: re.Pattern[str]
    not_ages: re.Pattern[str]
    instead: re.Pattern[str]

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
            {plain(word): count for word, count in words.many.items()},
            re.compile(rf"\b(?:(\w+) )?({_any(words.many)})s?\b"),
            re.compile(rf"\b(?:une? |1 )?(?:{_any(words.parts)}) (?={_any(words.many)})"),
            {plain(word): share for word, share in words.parts.items()},
            re.compile(rf"(?:(?<!\S)(\d+) et )?(?:(?<!\S)(\d|une?) )?\b({_any(words.parts)})\b"),
            re.compile(
                rf"(?<![\d.,])(\d{{1,3}})(?:000000| ?(?:{_any(words.millions)}))"
                rf"(?: et ({_any(words.parts)}))?\b"
            ),
            re.compile(rf"\b(?:{_any(words.either)})\b"),
            re.compile(rf"\b(?:{_any(words.next_age)}) (\d{{1,3}})(?: ans)?\b"),
            re.compile(
                rf"(?<!\d)(\d{{1,3}}) ?(?:{_any(units['years'])}) dans \w+ (?:jours?|semaines?|mois)\b"
            ),
            re.compile(rf"\d ?(?:ans |euros )?(?:{_any(words.about)})\b"),
            re.compile(rf"\b(?:{_any(words.born)}) ((?:19|20)\d\d|\d\d)$"),
            re.compile(rf"\d ?(?:{_any(words.other_money)})\b"),
            re.compile(
                rf"\b(?:{_any(words.bounds)})(?: d| de)? ?\d|\bentre \d"
                r"|(?<!\d )\b\d{1,4} (?:ou|a) \d{1,4}\b(?! \d)"
            ),
            re.compile(
                rf"\b(?:{_any(words.not_ages)}) \d{{1,3}} ?(?:{_any(units['years'])})\b"
                rf"|\b\d{{1,3}} ?(?:{_any(units['years'])}) (?:{_any(words.not_own_age)})\b"
            ),
            re.compile(rf"\b(?:{_any(words.instead)})\b"),
        )

    def digits(self, words: str, spelled: bool = False) -> str:
        """Plain words with every number in digits; `spelled`: also words commonly misheard for a digit."""
        kept = self.misheard(words) if spelled else self.not_numbers(words)
        kept = _CENTS.sub(r"\1\2 centimes", kept)
        kept = self.counted.sub(self._several, self.halves.sub("½ ", kept))
        for apart, together in self.joined.items():
            kept = kept.replace(apart, together)
        kept = self.thousand.sub(lambda found: found[1] + (found[2] or "").zfill(3), kept)
        return str(alpha2digit(_ZERO.sub("zéro", kept), "fr", threshold=0))

    def _several(self, found: re.Match[str]) -> str:
        """So many dozens: "deux douzaines" are 24, half of one is 6."""
        one, before = self.many[found[2]], found[1]
        if before is None:
            return str(one)
        if before == "½":
            return str(one // 2)
        times = str(alpha2digit(before, "fr", threshold=0))
        if times.isdigit():
            return str(one * int(times))
        return str(one) if before in _ARTICLES else f"{before} {one}"

    def leaves_open(self, words: str) -> bool:
        """Whether two values are said, and not which of them ("le 5 ou le 6")."""
        parts = [part for part in self.either.split(self.digits(words)) if _NUMBER.search(part)]
        return len(parts) > 1

    def said_last(self, words: str) -> str:
        """What is left of words once a correction and what is denied are taken out: "45 non 54" is 54."""
        parts = [part for part in self.instead.split(words) if _NUMBER.search(self.digits(part))]
        return parts[-1] if len(parts) > 1 else words

    def is_bounded(self, words: str) -> bool:
        """Whether a limit or a range is said, and no number."""
        return bool(self.bounds.search(self.digits(words)))

    def number(self, words: str) -> Found | None:
        """A whole number: how many children, how many hours… "Deux filles et un garçon" are three, unsure."""
        words = self.said_last(words)
        if self.is_bounded(words):
            return None
        numbers = self._whole(words)
        added = self.sum.search(self.digits(words))
        if added:
            return Found(int(added[1]) + int(added[2]), "unsure")
        broken = self._broken(words)
        if broken is not None:
            return Found(broken, "unsure")
        if not numbers:
            ordinal = _ORDINAL.search(self.digits(words)) if _short(words) else None
            if ordinal:
                return Found(int(ordinal[1]), "unsure")
            return Found(0, sure_if(_short(words))) if self.none.search(words) else None
        if numbers[0] > _HIGHEST:
            return None
        return Found(numbers[0], sure_if(len(set(numbers)) == 1 and _short(words)))

    def _broken(self, words: str) -> float | None:
        """A number with a part of a whole: "deux et demi", "4,07", "trois quarts"."""
        text = self.decimal.sub(",", self.digits(words))
        decimal = _DECIMAL_NUMBER.search(_SPLIT_THOUSANDS.sub(r"\1\2", text))
        if decimal:
            return float(f"{decimal[1]}.{decimal[2]}")
        part = self.part.search(text) if _short(words) else None
        if part is None or not (part[1] or part[2] or part[0] == text):
            return None
        count = int(part[2]) if part[2] and part[2].isdigit() else 1
        return int(part[1] or 0) + count * self.parts[part[3]]

    def age(self, words: str) -> Found | None:
        """An age in years. A year of birth is not one: without a clock nobody can tell (`born`)."""
        words = self.said_last(words)
        text = self.together(self.digits(words))
        coming = self.next_age.search(text) or self.soon.search(text)
        if coming:
            return _age(int(coming[1]) - 1, True)
        present = _PRESENT.search(text)
        if present:
            return _age(int(present[1]), True)
        text = self.not_ages.sub(" ", _without_denied(text))
        if self.bounds.search(text) or _BORN.search(text) or self.year_of_birth.search(text):
            return None
        said = self.years.search(text)
        if said:
            return _age(int(said[1]), len(set(self.years.findall(text))) == 1)
        if self.months.search(text):
            return Found(0, "unsure")
        numbers = [int(found) for found in _NUMBER.findall(text)[:20] if len(found) < 10]
        numbers = [n for n in numbers if n != 1] or (numbers if words in ("un", "1", "1 an", "un an") else [])
        if not numbers or numbers[0] > _OLDEST:
            return None
        first = text.split()[:1] == [str(numbers[0])]
        # "La trentaine" and "soixante et quelques" are no ages, though they are near one.
        about = any(many in words for many in self.many) or bool(self.about.search(text))
        return _age(numbers[0], len(numbers) == 1 and (_short(text) or first) and not about)

    def born(self, words: str, year: int) -> Found | None:
        """The age in `year` of somebody born then; one less before their birthday, so unsure."""
        text = self.digits(words)
        said = _BORN.search(text) or self.year_of_birth.search(text)
        if not said:
            return None
        born = (
            int(said[1])
            if len(said[1]) == 4
            else int(said[1]) + (1900 if int(said[1]) > year % 100 else 2000)
        )
        return Found(year - born, "unsure") if 0 <= year - born <= _OLDEST else None

    def together(self, text: str) -> str:
        """Tens and hundreds that a recognizer wrote apart, put together."""
        return _SPLIT_TENS.sub(_added, _FOUR_TWENTY.sub("80", text))

    def amount(self, words: str) -> Found | None:
        """Euros, an int when there are no centimes."""
        words = self.said_last(words)
        text = _DENIED_BEFORE.sub(" ", self.digits(words))
        text, denied = self.together(text), text != self.digits(words)
        if self.other_money.search(text) or self.bounds.search(text):
            return None
        if self.leaves_open(words):
            return None
        text = self.millions.sub(self._million, _ENGLISH.sub(_continental, _KILO.sub(_kilo, text)))
        text = _GROUPED.sub(lambda found: found[0].replace(".", ""), text)
        text = _DOTTED_THOUSANDS.sub(r"\1\2", _SPLIT_THOUSANDS.sub(r"\1\2", text))
        text = self.decimal.sub(",", text)
        said = self.euros.search(text)
        if said:
            cents = int(said[2] or "0") / 100
            several = {found[1] for found in self.euros.finditer(text)}
            value = float(said[1].replace(",", ".")) + cents
            near = {number for number in self._whole(words) if value / _NEAR <= number <= value * _NEAR}
            return _euros(value, len(several) == 1 and len(near) <= 1 and not denied)
        cents_only = self.centimes.search(text)
        if cents_only:
            return _euros(int(cents_only[1]) / 100, True)
        bare = [float(each.replace(",", ".")) for each in _BARE_AMOUNT.findall(text)]
        if bare:
            value = next((each for each in bare if each >= _PLAINLY_MONEY), bare[0])
            plainly = value >= _PLAINLY_MONEY and len(words.split()) <= _LONG_ANSWER
            return _euros(value, len(set(self._whole(words))) <= 1 and (_short(words) or plainly))
        return Found(0, sure_if(_short(words))) if self.none.search(words) else None

    def stated_amount(self, words: str) -> Found | None:
        """An amount, only if its unit is said."""
        text = self.digits(words)
        return self.amount(words) if self.euros.search(text) or self.centimes.search(text) else None

    def stated_age(self, words: str) -> Found | None:
        """An age, only if years are mentioned."""
        return self.age(words) if self.years.search(self.digits(words)) else None

    def own_age(self, words: str) -> Found | None:
        """The speaker's age, only if it is said to be theirs."""
        said = self.own.search(self.digits(words))
        return Found(int(said[1])) if said and int(said[1]) <= _OLDEST else None

    def _whole(self, words: str) -> list[int]:
        text = self.together(_DENIED_BEFORE.sub(" ", self.digits(words)))
        text = _SPLIT_THOUSANDS.sub(r"\1\2", text)
        text = _GROUPED.sub(lambda found: found[0].replace(".", ""), _KILO.sub(_kilo, text))
        text = self.millions.sub(self._million, text)
        numbers = [int(found) for found in _NUMBER.findall(text)[:20] if len(found) < 10]
        # "un" and "une" are mostly articles: numbers only if there is no other, in a short answer.
        others = [number for number in numbers if number != 1]
        return others or (numbers if _short(words) else [])

    def _million(self, found: re.Match[str]) -> str:
        return str(round((int(found[1]) + self.parts.get(found[2] or "", 0)) * 1_000_000))


def _without_denied(text: str) -> str:
    """Without the numbers that are denied, wherever they are said: "36, c'est pas 36, c'est 37"."""
    denied = set(_DENIED.findall(text))
    kept = _DENIED.sub(" ", text)
    return re.sub(rf"(?<!\d)(?:{'|'.join(denied)})(?!\d)", " ", kept) if denied else kept


def _kilo(found: re.Match[str]) -> str:
    """ "10k", "12,5k", "1k5"."""
    return f"{found[1]}{found[2] or found[3] or '0'}00"


def _continental(found: re.Match[str]) -> str:
    return f"{found[1].replace(',', '')},{found[2]}"


def _added(found: re.Match[str]) -> str:
    return str(sum(int(part) for part in found.groups() if part))


def _age(years: int, sure: bool) -> Found | None:
    """People who are asked for their age are seldom children: such an age is confirmed first."""
    if years > _OLDEST:
        return None
    return Found(years, sure_if(sure and _YOUNGEST <= years <= _ELDEST))


def _euros(value: float, sure: bool) -> Found | None:
    if value > _HIGHEST_EUROS:
        return None
    rounded = round(value, 2)
    return Found(int(rounded) if rounded == int(rounded) else rounded, sure_if(sure))


def _short(words: str) -> bool:
    return len(words.split()) <= _SHORT_ANSWER + words.count(" et ")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted((re.escape(plain(word)) for word in words), key=len, reverse=True))
