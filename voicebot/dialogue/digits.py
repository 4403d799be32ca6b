"""What pressed keys mean at a question: the same `Meaning` as if it had been said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from voicebot.dialogue.meaning import Expecting, Meaning, Value
from voicebot.dialogue.policy import COMMAND_KEYS, NUMBER_KINDS

_OLDEST_AGE = 120
_LONGEST_NUMBER = 7
_LENGTHS = {
    "number": _LONGEST_NUMBER,
    "amount": _LONGEST_NUMBER,
    "age": 3,
    "month": 2,
    "date": 8,
    "postal_code": 5,
    "phone": 10,
    "code": 4,
}


def read(digits: str, expecting: Expecting) -> Meaning:
    """The meaning of `digits` (0-9, * and #) as an answer to `expecting`.

    Certainty is "none" if they match nothing.
    """
    if expecting.kind in NUMBER_KINDS:
        return _entry(digits, expecting.kind)
    key = digits[:1]
    position = "123456789".find(key) if key else -1
    if 0 <= position < len(expecting.keyed):
        return _answered(expecting.keyed[position], expecting)
    return _command(key)


def is_complete(digits: str, expecting: Expecting) -> bool:
    """Whether no further key can belong to this entry."""
    if expecting.kind not in NUMBER_KINDS:
        return bool(digits)
    if digits.startswith("*"):
        return len(digits) == 2
    return digits.endswith("#") or len(digits) >= longest(expecting)


def longest(expecting: Expecting) -> int:
    """How many keys an answer can have, not counting a final #."""
    return _LENGTHS.get(expecting.kind, 1)


def _answered(answer: str, expecting: Expecting) -> Meaning:
    if expecting.kind == "intent":
        return Meaning("", intent=answer, score=1.0, certainty="sure")
    return _value(answer)


def _value(value: Value) -> Meaning:
    return Meaning("", value=value, score=1.0, certainty="sure")


def _command(key: str) -> Meaning:
    command = COMMAND_KEYS.get(key)
    return Meaning("", intent=command, score=1.0, certainty="sure") if command else Meaning("")


def _entry(digits: str, kind: str) -> Meaning:
    """A typed number; at these questions * and a key form a command, and a lone 0 asks for a person."""
    if digits.startswith("*"):
        return _command(digits[1:2] or "*")
    entered = digits.split("#")[0]
    if entered == "0" and kind not in ("number", "amount"):
        return _command("0")
    value = _READERS[kind](entered) if entered.isascii() and entered.isdigit() else None
    return Meaning("") if value is None else _value(value)


def _up_to(highest: int, lowest: int = 0) -> Callable[[str], Value | None]:
    def read_number(entered: str) -> Value | None:
        small = len(entered) <= _LONGEST_NUMBER
        return int(entered) if small and lowest <= int(entered) <= highest else None

    return read_number


def _date(entered: str) -> Value | None:
    """DDMMYYYY, as the prompts ask for it."""
    if len(entered) != 8:
        return None
    try:
        return date(int(entered[4:]), int(entered[2:4]), int(entered[:2])).isoformat()
    except ValueError:
        return None


def _postal_code(entered: str) -> Value | None:
    return entered if len(entered) == 5 and "01000" <= entered <= "98999" else None


def _phone(entered: str) -> Value | None:
    return entered if len(entered) == 10 and entered[0] == "0" and entered[1] != "0" else None


def _code(entered: str) -> Value | None:
    return entered if len(entered) == 4 else None


_READERS: dict[str, Callable[[str], Value | None]] = {
    "number": _up_to(10**_LONGEST_NUMBER - 1),
    "amount": _up_to(10**_LONGEST_NUMBER - 1),
    "age": _up_to(_OLDEST_AGE),
    "month": _up_to(12, lowest=1),
    "date": _date,
    "postal_code": _postal_code,
    "phone": _phone,
    "code": _code,
}
