"""Texts that no person wrote to us, or that contain what must never be sent: detected before reading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter

from voicebot import datafile
from voicebot.nlu.normalise import plain
from voicebot.packaged import packaged

#: A machine's answer; a code that somebody received; a message with a link; the number of a card or a person.
Screened = Literal["automatic", "code", "link", "secret"]

#: A reply where nothing was asked: thanks, nothing to answer, or an answer without a question.
Reply = Literal["thanks", "nothing", "bare"]
_LONGEST_ANSWER: Final = 3

_FILE: Final = packaged("nlu", "fr", "screening.yaml")
_LINK: Final = re.compile(r"https?://|\bwww\.|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,6}/\w", re.IGNORECASE)
#: Thirteen to nineteen digits, alone or in groups. Source: ISO/IEC 7812.
_CARD: Final = re.compile(r"(?<![\d+])\d(?:[ .-]?\d){12,18}(?!\d)")
#: Sex, year, month, department, commune, order, and perhaps the key. Source: INSEE, "NIR".
_SOCIAL_SECURITY: Final = re.compile(
    r"(?<!\d)[12][ .]?\d\d[ .]?(?:0[1-9]|1[0-2]|[2-9]\d)[ .]?(?:\d\d|2[AB])[ .]?\d{3}[ .]?\d{3}"
    r"(?:[ .]?\d\d)?(?!\d)",
    re.IGNORECASE,
)


class _Words(BaseModel):
    """screening.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    automatic: tuple[str, ...]
    code: tuple[str, ...]
    person: tuple[str, ...]
    thanks: tuple[str, ...]
    nothing: tuple[str, ...]
    bare: tuple[str, ...]


_SHAPE: Final = TypeAdapter(_Words)


@dataclass(frozen=True)
class Screening:
    """Only `kind` and `reply` are used."""

    automatic: re.Pattern[str]
    code: re.Pattern[str]
    person: re.Pattern[str]
    replies: dict[str, Reply]

    @classmethod
    def load(cls, path: Path = _FILE) -> Screening:
        """Read the words. Raises DataError."""
        words, findings = datafile.validate(datafile.read(path), _SHAPE.validate_python)
        datafile.raise_if_any(findings)
        assert words
        named: tuple[tuple[Reply, tuple[str, ...]], ...] = (
            ("thanks", words.thanks),
            ("nothing", words.nothing),
            ("bare", words.bare),
        )
        replies = {_said(phrase): reply for reply, phrases in named for phrase in phrases}
        return cls(_any(words.automatic), _any(words.code), _any(words.person), replies)

    def reply(self, text: str) -> Reply | None:
        """What a text is that answers something, where nothing was asked; None if it says more."""
        said = _said(text)
        return "bare" if said.isdigit() and len(said) < _LONGEST_ANSWER else self.replies.get(said)

    def kind(self, text: str) -> Screened | None:
        """What the text is; None if a person wrote it to us."""
        if _SOCIAL_SECURITY.search(text) or any(_is_card(found[0]) for found in _CARD.finditer(text)):
            return "secret"
        words = f" {plain(text)} "
        if _LINK.search(text):
            return "link"
        if self.person.search(words):
            return None
        if self.code.search(words) and re.search(r"\d{4,}", text):
            return "code"
        return "automatic" if self.automatic.search(words) else None


def _said(text: str) -> str:
    """The plain words, or the signs if there are no words."""
    return plain(text) or text.strip()


def _any(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f" {re.escape(plain(phrase))}" for phrase in phrases))


def _is_card(number: str) -> bool:
    """Whether the last digit is the right check digit. Source: ISO/IEC 7812, Luhn."""
    digits = [int(sign) for sign in number if sign.isdigit()][::-1]
    doubled = (2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[1::2])
    return len(digits) >= 13 and (sum(digits[::2]) + sum(doubled)) % 10 == 0
