"""The pieces of what is said: whole sentences, and those parts of them that people can record.

In "J'ai compris : {value}. C'est bien ça ?" the words before and after the answer never change, so they can
be recordings around an answer that a synthesizer speaks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from string import Formatter

from voicebot.sound import Pause, Speech

#: How long a voice pauses at a punctuation mark between two parts, in seconds.
_RESTS = {",": 0.15, ";": 0.25, ":": 0.25, ".": 0.35, "?": 0.35, "!": 0.35, "…": 0.35}
_FORMATTER = Formatter()
_BEGINS = re.compile(r"^[\s.,;:?!…]+")


Piece = Speech | Pause

Fill = Callable[[str, str], Speech]


def parts(text: str, name: str, fill: Fill) -> tuple[Piece, ...]:
    """The parts of `text`: its words between the placeholders, and what `fill(slot, style)` puts there.

    The words are named `name`-1 and so on. Empty if the text is a single piece.
    """
    told: list[Piece] = []
    for number, (before, slot, style, _) in enumerate(_FORMATTER.parse(text), 1):
        told += _words(before, f"{name}-{number}")
        if slot is not None:
            told.append(fill(slot, style or ""))
    return _trimmed([one for one in told if isinstance(one, Pause) or _is_said(one.text)])


def with_key(form: str, key: str) -> str:
    """How options are worded, for the one under `key`: its name is the only remaining placeholder."""
    return form.replace("{key}", key)


def _words(text: str, key: str) -> Iterator[Piece]:
    """Words between two answers: the punctuation around them becomes pauses instead of being spoken."""
    begins = _BEGINS.match(text)
    signs = begins[0] if begins else ""
    words = text[len(signs) :].strip()
    yield from _rest(signs)
    if words:
        yield Speech(words, key)
        yield from _rest(words[-1])


def _rest(signs: str) -> Iterator[Pause]:
    rest = max((_RESTS.get(sign, 0.0) for sign in signs), default=0.0)
    if rest:
        yield Pause(rest)


def _is_said(text: str) -> bool:
    return any(sign.isalnum() for sign in text)


def _trimmed(told: list[Piece]) -> tuple[Piece, ...]:
    """Without pauses at the ends; empty if there is nothing to assemble."""
    said = [at for at, one in enumerate(told) if isinstance(one, Speech)]
    return tuple(told[said[0] : said[-1] + 1]) if len(said) > 1 else ()
