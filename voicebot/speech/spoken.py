"""Written French as the words a voice must say: acronyms, telephone numbers, amounts, dates, hours.

Every form is found in one pass over the text, so that the result of one is not read as another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from num2words import num2words
from pydantic import BaseModel, ConfigDict, Field

from voicebot.datafile import read
from voicebot.packaged import packaged

_WORDS: Final = packaged("speech", "fr", "spoken.yaml")

#: Spaces that may occur inside a number: ordinary, no-break, narrow no-break.
_S: Final = "[ \u00a0\u202f]"
_WHOLE: Final = rf"(?:\d{{1,3}}(?:{_S}\d{{3}})+(?!\d)|\d+)"
_NUMBER: Final = rf"{_WHOLE}(?:,\d+)?"
_DIGITS_ONLY: Final = re.compile(r"\D")
#: A longer number is nobody's amount: it is read two digits at a time.
_LONGEST_AMOUNT: Final = 9


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Counted(_Strict):
    one: str
    many: str

    def of(self, number: int) -> str:
        return self.one if number < 2 else self.many


class _Money(_Counted):
    signs: tuple[str, ...]


class _Words(_Strict):
    """See spoken.yaml."""

    letters: dict[str, str]
    spelled: tuple[str, ...]
    words: dict[str, str]
    address: dict[str, str]
    money: _Money
    units: dict[str, tuple[str, str]]
    hour: _Counted
    feminine: tuple[str, ...]
    breath: str
    comma: str
    range: str
    first: dict[str, str]
    months: tuple[str, ...] = Field(min_length=12, max_length=12)


def spoken(text: str) -> str:
    """`text` as it is said: "3646" becomes "trente-six quarante-six", "RSA" its letters."""
    return _forms().sub(_say, text)


def is_acronym_known(acronym: str) -> bool:
    """Whether we have decided how to say `acronym`; a voice would guess the others."""
    return acronym in _words().words or acronym in _words().spelled


def _say(match: re.Match[str]) -> str:
    said = _SAY[match.lastgroup or ""](match[0])
    glued = said[-1:].isalnum() and match.string[match.end() :][:1].isalnum()
    return f"{said} " if glued else said  # "n°12"


@cache
def _words() -> _Words:
    return _Words.model_validate(read(_WORDS).data)


@cache
def _forms() -> re.Pattern[str]:
    """All forms, each a named group; the first that matches at a position is used."""
    words, no_digit = _words(), r"(?![\d]|,\d)"
    units = rf"{_S}?{_any(words.units, whole=True)}"
    forms = {
        "address": r"(?<![\w.@-])(?:\w[\w-]*\.)+fr(?!\w)",
        "word": rf"(?<!\w){_any((*words.words, *words.spelled), whole=True)}",
        "free_number": rf"(?<!\w)0{_S}?8\d\d(?:(?:{_S}?\d{{3}}){{2}}|(?:{_S}\d\d){{3}}){no_digit}",
        "telephone": rf"(?<!\w)(?:\+33{_S}?|0)[1-9](?:[ \u00a0\u202f.-]?\d\d){{4}}{no_digit}",
        "date": r"(?<![\w/])\d{1,2}/(?:1[0-2]|0?[1-9])/\d{4}(?![\d/])",
        "time": rf"(?<![\w,])\d{{1,2}}{_S}?h(?:{_S}?[0-5]\d)?(?!\w)",
        "money": rf"(?<![\w,]){_NUMBER}{_S}?{_any(words.money.signs, whole=True)}",
        "amount": rf"(?<![\w,]){_NUMBER}{units}",
        "ordinal": rf"(?<![\w,])\d+(?:{_any(words.first)}|e|ème)(?!\w)",
        "range": r"(?<=\d)[-–](?=\d)",
        "short_number": rf"(?<![\w,])3\d{{3}}(?!\w){no_digit}",
        "women": rf"(?<![\w,]){_WHOLE}(?= (?:{'|'.join(words.feminine)})(?!\w))",
        "number": rf"(?<![\w,]){_NUMBER}(?!\w)",
    }
    return re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in forms.items()))


def _any(texts: Iterable[str], whole: bool = False) -> str:
    """Any of `texts`, the longest first; `whole`: not followed by more letters."""
    ends = (re.escape(text) + (r"(?!\w)" if whole and text[-1].isalnum() else "") for text in texts)
    return f"(?:{'|'.join(sorted(ends, key=len, reverse=True))})"


def _word(written: str) -> str:
    if written in _words().words:
        return _words().words[written]
    return " ".join(_words().letters.get(sign) or _cardinal(sign) for sign in written)


def _address(written: str) -> str:
    words = _words()
    said = [
        words.address.get(part) or words.words.get(part, part).replace("-", f" {words.address['dash']} ")
        for part in written.split(".")
        if part != "www"
    ]
    return f" {words.address['point']} ".join(said)


def _telephone(written: str) -> str:
    return _pairs(_DIGITS_ONLY.sub("", written.replace("+33", "0")))


def _free_number(written: str) -> str:
    """0 809 401 401 in threes and 0 800 12 34 56 in pairs, as its owner writes and says it."""
    digits = _DIGITS_ONLY.sub("", written)
    size = 2 if not written[-3].isdigit() else 3
    return _words().breath.join(map(_digits, (digits[:4], *_groups(digits[4:], size))))


def _pairs(digits: str) -> str:
    return _words().breath.join(map(_digits, _groups(digits, 2)))


def _groups(digits: str, size: int) -> list[str]:
    return [digits[at : at + size] for at in range(0, len(digits), size)]


def _short_number(written: str) -> str:
    return f"{_digits(written[:2])} {_digits(written[2:])}"


def _date(written: str) -> str:
    day, month, year = map(int, written.split("/"))
    said = _words().first["er"] if day == 1 else _cardinal(day)
    return f"{said} {_words().months[month - 1]} {_cardinal(year)}"


def _time(written: str) -> str:
    hour, _, minutes = written.partition("h")
    said = f"{_feminine(hour)} {_words().hour.of(int(hour))}"
    return f"{said} {_cardinal(minutes)}" if minutes.strip(" \u00a0\u202f0") else said


def _money(written: str) -> str:
    whole, fraction = _split(written)
    said = f"{_cardinal(whole)} {_words().money.of(int(whole))}"
    return f"{said} {_cardinal(fraction.ljust(2, '0'))}" if int(fraction or 0) else said


def _amount(written: str) -> str:
    unit = next(unit for unit in _words().units if written.endswith(unit))
    number = written.removesuffix(unit)
    one, many = _words().units[unit]
    return f"{_number(number)} {one if int(_split(number)[0]) < 2 else many}"


def _ordinal(written: str) -> str:
    suffix = written.lstrip("0123456789")
    number = int(written.removesuffix(suffix))
    return _words().first.get(suffix) or str(num2words(number, lang="fr", to="ordinal"))


def _number(written: str) -> str:
    whole, fraction = _split(written)
    return f"{_digits(whole)} {_words().comma} {_digits(fraction)}" if fraction else _digits(whole)


def _feminine(written: str) -> str:
    """21 as "vingt et une"."""
    said = _digits(_split(written)[0])
    return f"{said}e" if said.endswith(_cardinal(1)) else said


def _split(written: str) -> tuple[str, str]:
    """The digits before and after the decimal comma."""
    whole, _, fraction = written.partition(",")
    return _DIGITS_ONLY.sub("", whole), _DIGITS_ONLY.sub("", fraction)


def _digits(digits: str) -> str:
    """A whole number, including its leading zeros: "06" as "zéro six"."""
    if len(digits) > _LONGEST_AMOUNT:
        return _pairs(digits)
    if len(digits) == 5 and digits[0] == "0":  # a postal code: 01000 is "zéro un mille"
        return f"{_cardinal(0)} {_cardinal(digits[1])} {_cardinal(f'1{digits[2:]}')}"
    zeros = len(digits) - len(digits.lstrip("0"))
    rest = [_cardinal(digits[zeros:])] if zeros < len(digits) else []
    return " ".join([_cardinal(0)] * zeros + rest)


def _cardinal(number: str | int) -> str:
    return str(num2words(int(number), lang="fr"))


_SAY: Final[dict[str, Callable[[str], str]]] = {
    "word": _word,
    "address": _address,
    "telephone": _telephone,
    "free_number": _free_number,
    "date": _date,
    "time": _time,
    "money": _money,
    "amount": _amount,
    "ordinal": _ordinal,
    "range": lambda written: f" {_words().range} ",
    "short_number": _short_number,
    "women": _feminine,
    "number": _number,
}
