"""Written French to the words a voice shall say: acronyms, telephone numbers, amounts, dates, hours."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from num2words import num2words
from ruamel.yaml import YAML

_WORDS = Path(__file__).with_name("fr") / "spoken.yaml"

_LONG_NUMBER = re.compile(r"(?<![\d,.])0[\d .\u00a0\u202f]{7,14}\d(?![\d,])")
_FOUR_DIGITS = re.compile(r"(?<![\d,.:])(3\d{3})(?![\d,])")
_THOUSANDS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_EUROS = re.compile(r"(\d+)(?:,(\d{1,2}))?[ \u00a0\u202f]?€")
_PERCENT = re.compile(r"(\d+(?:,\d+)?)[ \u00a0\u202f]?%")
_HOURS = re.compile(r"(?<!\d)(\d{1,2})[ \u00a0\u202f]?h(?:[ \u00a0\u202f]?(\d{2}))?(?!\w)")
_DATE = re.compile(r"(?<!\d)(\d{1,2})/(\d{1,2})/(\d{4})(?!\d)")
_POSTAL_CODE = re.compile(r"(?<![\d,.])(\d{2})[ \u00a0\u202f]?(\d{3})(?![\d,])")
_DECIMAL = re.compile(r"(?<![\d])(\d+),(\d+)(?!\d)")
_NUMBER = re.compile(r"(?<![\w])\d+(?!\w)")


def spoken(text: str) -> str:
    """`text` as it is said: "3646" becomes "trente-six quarante-six", "RSA" its letters."""
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return text


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = YAML(typ="safe").load(_WORDS.read_text(encoding="utf-8"))
    return data


@cache
def _known() -> re.Pattern[str]:
    longest_first = sorted(_data()["words"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _cardinal(number: str | int) -> str:
    return str(num2words(int(number), lang="fr"))


def _pairs(digits: str) -> str:
    """Two digits at a time, a leading zero said: "06 12" as "zéro six, douze"."""
    pairs = [digits[at : at + 2] for at in range(0, len(digits), 2)]
    said = [f"{_cardinal(0)} {_cardinal(pair[1])}" if pair[0] == "0" else _cardinal(pair) for pair in pairs]
    breath: str = _data()["breath"]
    return breath.join(said)


def _long_number(match: re.Match[str]) -> str:
    """Groups as they are written: pairs for most numbers, threes for 0 809 401 401."""
    groups = re.split(r"[ .\u00a0\u202f]+", match[0])
    digits = "".join(groups)
    if len(digits) != 10 or len(groups) == 1 or all(len(group) == 2 for group in groups):
        return _pairs(digits) if len(digits) == 10 else match[0]
    breath: str = _data()["breath"]
    return breath.join(_cardinal(group) for group in groups)


def _in_pairs(match: re.Match[str]) -> str:
    number = match[1]
    return " ".join(
        _cardinal(pair) if pair[0] != "0" else f"{_cardinal(0)} {_cardinal(pair[1])}"
        for pair in (number[:2], number[2:])
    )


def _money(match: re.Match[str]) -> str:
    unit = _data()["euro" if int(match[1]) < 2 else "euros"]
    cents = f" {_cardinal(match[2].ljust(2, '0'))}" if match[2] else ""
    return f"{_cardinal(match[1])} {unit}{cents}"


def _rate(match: re.Match[str]) -> str:
    return f"{match[1]} {_data()['percent']}"


def _time(match: re.Match[str]) -> str:
    hour = int(match[1])
    number = _data()["feminine"].get(hour) or _cardinal(hour)
    said = f"{number} {_data()['hour' if hour < 2 else 'hours']}"
    return f"{said} {_cardinal(match[2])}" if match[2] and int(match[2]) else said


def _day(match: re.Match[str]) -> str:
    day, month = int(match[1]), int(match[2])
    if not 1 <= month <= 12:
        return match[0]
    said = _data()["first"] if day == 1 else _cardinal(day)
    return f"{said} {_data()['months'][month - 1]} {_cardinal(match[3])}"


def _postal_code(match: re.Match[str]) -> str:
    """75018 as "soixante-quinze mille dix-huit", the way people say theirs."""
    code = match[1] + match[2]
    return f"{_cardinal(0)} {_cardinal(code)}" if code[0] == "0" else _cardinal(code)


def _decimal(match: re.Match[str]) -> str:
    return str(num2words(float(f"{match[1]}.{match[2]}"), lang="fr"))


def _plain(match: re.Match[str]) -> str:
    return _cardinal(match[0]) if len(match[0]) <= 9 else match[0]


def _word(match: re.Match[str]) -> str:
    return str(_data()["words"][match[0]])


_Say = Callable[[re.Match[str]], str]


class _Known:
    """The acronyms, compiled when first needed."""

    def sub(self, say: _Say, text: str) -> str:
        return _known().sub(say, text)


_RULES: tuple[tuple[Any, _Say], ...] = (
    (_Known(), _word),
    (_LONG_NUMBER, _long_number),
    (_THOUSANDS, lambda match: ""),
    (_EUROS, _money),
    (_DATE, _day),
    (_HOURS, _time),
    (_PERCENT, _rate),
    (_FOUR_DIGITS, _in_pairs),
    (_DECIMAL, _decimal),
    (_POSTAL_CODE, _postal_code),
    (_NUMBER, _plain),
)
