"""SMS text: written in the cheap alphabet, counted in segments, split where it reads naturally.

Source: 3GPP TS 23.038 (the GSM 7-bit alphabet) and Twilio: 160 units in a single message, 153 in each of
several; one character outside the alphabet reduces that to 70 and 67.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from anyascii import anyascii

_BASIC: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: These take two units each.
_EXTENDED: Final = frozenset("^{}\\[~]|€\f")
_OUTSIDE: Final = re.compile(f"[^{re.escape(''.join(sorted(_BASIC | _EXTENDED)))}]")
_TWICE: Final = re.compile(f"[{re.escape(''.join(sorted(_EXTENDED)))}]")
#: How French is written without the characters the alphabet lacks. Everything else is left to anyascii.
_FRENCH: Final = str.maketrans(
    {
        "ç": "c", "ê": "e", "ë": "e", "â": "a", "á": "a", "î": "i", "ï": "i", "í": "i", "ô": "o", "ó": "o",
        "û": "u", "ú": "u", "ÿ": "y", "œ": "oe", "Œ": "OE", "È": "E", "Ê": "E", "Ë": "E", "À": "A", "Â": "A",
        "Î": "I", "Ï": "I", "Ô": "O", "Û": "U", "Ù": "U", "’": "'", "‘": "'", "“": '"', "”": '"', "«": '"',
        "»": '"', "…": "...", "–": "-", "—": "-", "•": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    }
)  # fmt: skip
_QUOTED: Final = re.compile("«[ \u00a0\u202f]?|[ \u00a0\u202f]?»")
_SINGLE, _PART = 160, 153
_NUMBERED: Final = "({at}/{all}) "
_SINGLE_WIDE, _PART_WIDE = 70, 67

#: What must stay in one message: telephone numbers, amounts and dates with the spaces inside them.
_TOGETHER: Final = re.compile(r"\+?\d[\d .]*\d(?: ?€)?|\d+ ?€")
_GLUE: Final = "\u0001"
_LINE_END, _SENTENCE_END = re.compile(r"(?<=\n)"), re.compile(r"(?<=[.!?]) ")


def gsm7(text: str) -> str:
    """`text` in the GSM alphabet: accents that it has stay, others are dropped, emoji vanish."""
    plain = _QUOTED.sub('"', text).translate(_FRENCH)
    return _OUTSIDE.sub(lambda found: _spelled(found[0]), plain)


def units(text: str) -> int:
    """How many 7-bit units `text` takes, or 16-bit units if it contains a character outside the alphabet."""
    if _is_gsm(text):
        return len(text) + len(_TWICE.findall(text))
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many messages are charged."""
    whole, part = (_SINGLE, _PART) if _is_gsm(text) else (_SINGLE_WIDE, _PART_WIDE)
    if units(text) <= whole:
        return 1
    count, room = 1, part
    for sign in text:  # a two-unit character is never torn apart: it starts the next message
        size = units(sign) if whole == _SINGLE else len(sign.encode("utf-16-le")) // 2
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


def split(text: str, most: int = 3, segments_each: int = 2) -> tuple[str, ...]:
    """`text` as at most `most` messages of at most `segments_each` segments, in the GSM alphabet.

    It is cut at line ends, else after sentences, else between words, never inside a telephone number.
    Whatever does not fit into the last message is replaced by an ellipsis. Several messages are numbered.
    """
    plain = gsm7(text).strip()
    if not plain or segments(plain) <= segments_each:
        return (plain,) if plain else ()
    room = segments_each * _PART - len("(9/9) ")
    parts = _packed(_pieces(_TOGETHER.sub(_glued, plain), room), room)
    if len(parts) > most:
        parts = [*parts[: most - 1], _shortened(parts[most - 1], room)]
    return tuple(
        f"({at}/{len(parts)}) {part.replace(_GLUE, ' ').strip()}" for at, part in enumerate(parts, 1)
    )


def messages(parts: Iterable[str], most: int = 6) -> tuple[str, ...]:
    """The `parts` of one answer as at most `most` messages of one segment each, in the GSM alphabet.

    Each part begins a line. It is cut after a sentence where that saves a message, but a question stays with
    the lines of its choices. Several messages are numbered, unless the numbers would not fit.
    """
    plain = [text for part in parts if (text := gsm7(part).strip())]
    whole = "\n".join(plain)
    if not plain or units(whole) <= _SINGLE:
        return (whole,) if plain else ()
    room = _SINGLE - len(_NUMBERED.format(at=9, all=9))
    room = room if all(units(part) <= room or units(part) > _SINGLE for part in plain) else _SINGLE
    pieces = [piece for part in plain for piece in _whole_or_cut(part, room)]
    packed = [part.replace(_GLUE, " ").strip() for part in _packed(pieces, room)]
    if len(packed) > most:
        packed = [*packed[: most - 1], _shortened(packed[most - 1], room)]
    if room == _SINGLE:
        return tuple(packed)
    return tuple(_NUMBERED.format(at=at, all=len(packed)) + part for at, part in enumerate(packed, 1))


def _whole_or_cut(part: str, room: int) -> list[str]:
    """A menu that fits stays whole; anything else falls into sentences, the last of which ends the line."""
    if units(part) > room:
        return [*_pieces(_TOGETHER.sub(_glued, part), room), "\n"]
    return [part + "\n"] if "\n" in part else _SENTENCE_END.split(part + "\n")


def _is_gsm(text: str) -> bool:
    return _OUTSIDE.search(text) is None


def _spelled(sign: str) -> str:
    """A character of another script by its sound, in the alphabet, as anyascii gives it; emoji have none."""
    return anyascii(sign).replace("`", "'") if sign.isalnum() else ""


def _glued(match: re.Match[str]) -> str:
    return match[0].replace(" ", _GLUE)


def _pieces(text: str, room: int) -> list[str]:
    """Lines; the sentences of lines that are too long; the words of sentences that are too long."""
    pieces = _LINE_END.split(text)
    for cut in (_SENTENCE_END, re.compile("(?<= )")):
        pieces = [part for piece in pieces for part in (cut.split(piece) if units(piece) > room else [piece])]
    return [piece[at : at + room] for piece in pieces for at in range(0, len(piece), room)]


def _packed(pieces: list[str], room: int) -> list[str]:
    parts = [""]
    for piece in pieces:
        joint = "" if not parts[-1] or parts[-1][-1] in "\n " else " "
        if units((parts[-1] + joint + piece).rstrip()) <= room or not parts[-1]:
            parts[-1] += joint + piece
        else:
            parts.append(piece)
    return [part for part in parts if part.strip()]


def _shortened(part: str, room: int) -> str:
    return part[: room - 3].rstrip() + "..."
