"""Answers made of digits: what can be written at a question, and which of it can be. Pure but for its data.

A postal code is one that a commune has, a date is one that exists, a telephone number has ten digits or is a
short one. `reading` says what a text would be as an answer; the decoder is held to the tokens that such
answers are made of, digits and a few `words`.
"""

from __future__ import annotations

import csv
import gzip
import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from voicebot.datafile import raise_if_any, read
from voicebot.packaged import packaged

#: Kinds of questions (`dialogue.meaning.KINDS`) whose answers are digits.
KINDS: Final = frozenset({"age", "number", "amount", "date", "postal_code", "phone", "code"})
#: Of these, the ones whose commonest answers are few enough to be chosen among, and how far those go.
COUNTED: Final[Mapping[str, int]] = {"age": 120, "number": 100}

_WRITTEN: Final = packaged("speech", "fr", "written.yaml")
_COMMUNES: Final = packaged("nlu", "fr", "communes.csv.gz")
_DIGIT_TOKEN: Final = re.compile(r" ?\d+| ?[.,/-]")
#: Digits with nothing but signs between them: one answer.
_RUN: Final = re.compile(r"\d(?:[ .,/-]{0,2}\d)*")
_CENTS: Final = re.compile(r"([\d ]+)[,.]\d\d?")
_THOUSAND: Final = re.compile(r"^(\d{2})1000$")
_SHORT_NUMBER: Final = re.compile(r"11[2-9]|1[578]|3[0269]\d\d|196")
_MOST_AGE, _MOST_NUMBER = 120, 999_999
_FIRST_YEAR, _LAST_YEAR = 1900, 2100


def is_digits(token: str) -> bool:
    """Whether a token, with its blank, is digits or a sign between them: every such answer may hold it."""
    return bool(_DIGIT_TOKEN.fullmatch(token))


def words(kind: str) -> tuple[str, ...]:
    """What else answers of `kind` may hold, with their blanks."""
    file = _file()
    if kind == "date":
        return (file["first_of_the_month"], *(f" {month}" for month in file["months"]))
    unit = file["units"].get(kind)
    return (unit,) if unit else ()


def counted(kind: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The commonest answers of a kind in `COUNTED`, each with the ways in which it is written."""
    unit = _file()["units"].get(kind, "")
    for number in range(COUNTED[kind] + 1):
        plain = str(number)
        yield plain, (plain, f"{plain}{unit}") if unit else (plain,)


def before_digits(text: str) -> str:
    """What is written before the first digit: "C'est le" of "C'est le 93200."; all of it without digits."""
    found = _RUN.search(text)
    return text[: found.start()].rstrip() if found else text


def reading(kind: str, text: str) -> str | None:
    """`text` as an answer of `kind` in one spelling, a date as day/month/year; None if it is none."""
    if kind == "date":
        return _date(text)
    runs = _RUN.findall(text)
    if len(runs) != 1:
        return None
    return _READERS[kind](re.sub(r"\D", "", runs[0]), runs[0])


def _counted_up_to(most: int) -> Callable[[str, str], str | None]:
    def read_number(digits: str, written: str) -> str | None:
        if cents := _CENTS.fullmatch(written):
            return read_number(re.sub(r"\D", "", cents[1]), cents[1])
        parts = written.split()
        grouped = all(len(part) == 3 for part in parts[1:]) and len(parts[0]) <= 3
        one_by_one = len(parts) > 2 and all(len(part) == 1 for part in parts)
        whole = len(parts) == 1 or grouped or one_by_one
        signs = re.search(r"[./-]", written) or (digits != "0" and digits.startswith("0"))
        return digits if whole and not signs and int(digits) <= most else None

    return read_number


def _postal_code(digits: str, written: str) -> str | None:
    code = _THOUSAND.sub(r"\g<1>000", digits)
    return code if code in _codes() else None


def _phone(digits: str, written: str) -> str | None:
    whole = len(digits) == 10 and digits[0] == "0" and digits[1] != "0"
    return digits if whole or _SHORT_NUMBER.fullmatch(digits) else None


def _code(digits: str, written: str) -> str | None:
    return digits if 4 <= len(digits) <= 6 else None


_READERS: Final[Mapping[str, Callable[[str, str], str | None]]] = {
    "age": _counted_up_to(_MOST_AGE),
    "number": _counted_up_to(_MOST_NUMBER),
    "amount": _counted_up_to(_MOST_NUMBER),
    "postal_code": _postal_code,
    "phone": _phone,
    "code": _code,
}


def _date(text: str) -> str | None:
    months = "|".join(_file()["months"])
    first = _file()["first_of_the_month"]
    named = re.search(rf"(\d{{1,2}})(?:{first})? ({months})(?: (\d{{4}}|\d\d))?(?! ?\d)", text, re.IGNORECASE)
    if named:
        month = _file()["months"].index(named[2].casefold()) + 1
        return _existing(int(named[1]), month, named[3])
    plain = re.search(r"(?<!\d)(\d{1,2})[/ .,-]{1,2}(\d{1,2})[/ .,-]{1,2}(\d{4}|\d\d)(?! ?\d)", text)
    return _existing(int(plain[1]), int(plain[2]), plain[3]) if plain else None


def _existing(day: int, month: int, year: str | None) -> str | None:
    """A two-digit year may be either century's; a day without a year may be in a leap year."""
    if not 1 <= month <= 12:
        return None
    if year and len(year) == 4 and not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    leap = int(year) if year and len(year) == 4 else 2000
    known = 1 <= day <= monthrange(leap, month)[1]
    return f"{day}/{month}/{year or ''}" if known else None


@dataclass(frozen=True)
class Spelled:
    """One way to read a sound as an answer: its `text`, and the `value` it stands for.

    `log_prob` is among all that could be written with the tokens of its kind.
    """

    text: str
    value: str
    log_prob: float


def sensible(kind: str, written: Sequence[tuple[str, float]]) -> tuple[Spelled, ...]:
    """What can be of what the beam wrote (text, log-probability): each value once, the likeliest first."""
    best: dict[str, Spelled] = {}
    for text, log_prob in sorted(written, key=lambda each: -each[1]):
        value = reading(kind, text)
        if value is not None:
            best.setdefault(value, Spelled(text, value, log_prob))
    return tuple(best.values())


@cache
def _file() -> Any:
    file = read(_WRITTEN)
    raise_if_any(file.findings)
    return file.data


@cache
def _codes() -> frozenset[str]:
    """Postal codes that a commune has."""
    with gzip.open(_COMMUNES, "rt", encoding="utf-8") as file:
        return frozenset(code for row in csv.reader(file) for code in row[-1].split())
