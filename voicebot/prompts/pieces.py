"""The pieces of what is said: whole texts, and the parts that people can have recorded of them.

In "J'ai compris : {value}. C'est bien ça ?" the words before and behind the answer never change, so they can
be recordings around an answer that a synthesizer speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from string import Formatter

#: How long a voice rests at a sign between two parts, in seconds.
_RESTS = {",": 0.15, ";": 0.25, ":": 0.25, ".": 0.35, "?": 0.35, "!": 0.35, "…": 0.35}
_FORMATTER = Formatter()
_BEGINS = re.compile(r"^[\s.,;:?!…]+")


@dataclass(frozen=True)
class Pause:
    """Silence between two texts."""

    seconds: float


@dataclass(frozen=True)
class Text:
    """Words to speak or send. `key` names words that never change; None when they contain an answer.

    `parts` say the same piece by piece: those with a key can be recorded. Empty: only the whole can be.
    """

    text: str
    key: str | None = None
    parts: tuple[Text | Pause, ...] = field(default=(), compare=False)


Piece = Text | Pause


Fill = Callable[[str, str], Text]


def parts(text: str, name: str, fill: Fill) -> tuple[Piece, ...]:
    """The parts of `text`: its words between the placeholders, and what `fill(slot, style)` puts there.

    The words are called `name`-1 and so on. No parts where the text is one piece.
    """
    told: list[Piece] = []
    for number, (before, slot, style, _) in enumerate(_FORMATTER.parse(text), 1):
        told += _words(before, f"{name}-{number}")
        if slot is not None:
            told.append(fill(slot, style or ""))
    return _trimmed([one for one in told if isinstance(one, Pause) or _is_said(one.text)])


def with_key(form: str, key: str) -> str:
    """How options are worded, for the one under `key`: its name is the only placeholder left."""
    return form.replace("{key}", key)


def _words(text: str, key: str) -> Iterator[Piece]:
    """Words between two answers: the rests of a voice at the signs around them are not spoken."""
    begins = _BEGINS.match(text)
    signs = begins[0] if begins else ""
    words = text[len(signs) :].strip()
    yield from _rest(signs)
    if words:
        yield Text(words, key)
        yield from _rest(words[-1])


def _rest(signs: str) -> Iterator[Pause]:
    rest = max((_RESTS.get(sign, 0.0) for sign in signs), default=0.0)
    if rest:
        yield Pause(rest)


def _is_said(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _trimmed(told: list[Piece]) -> tuple[Piece, ...]:
    """Without rests at the ends; none where there is nothing to put together."""
    said = [at for at, one in enumerate(told) if isinstance(one, Text)]
    return tuple(told[said[0] : said[-1] + 1]) if len(said) > 1 else ()
