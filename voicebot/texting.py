"""SMS text: written in the letters that cost little, counted in segments, cut where nobody minds.

Source: 3GPP TS 23.038 (the GSM 7-bit alphabet) and Twilio, who count 160 units in one message and 153 in
each of several; one letter outside the alphabet makes it 70 and 67.
"""

from __future__ import annotations

import re
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
#: How French is written without the letters that the alphabet lacks. The rest is left to anyascii.
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
_SINGLE_WIDE, _PART_WIDE = 70, 67

#: What must stay in one message: telephone numbers, amounts and dates with the spaces inside them.
_TOGETHER: Final = re.compile(r"\+?\d[\d .]*\d(?: ?€)?|\d+ ?€")
_GLUE: Final = "\u0001"
_LINE_END, _SENTENCE_END = re.compile(r"(?<=\n)"), re.compile(r"(?<=[.!?]) ")


def gsm7(text: str) -> str:
    """`text` in the GSM alphabet: accents that it has stay, the others go, emoji vanish."""
    plain = _QUOTED.sub('"', text).translate(_FRENCH)
    return _OUTSIDE.sub(lambda found: _spelled(found[0]), plain)


def units(text: str) -> int:
    """How many 7-bit units `text` takes, or 16-bit units where it holds a sign outside the alphabet."""
    if _is_gsm(text):
        return len(text) + len(_TWICE.findall(text))
    return len(text.encode("utf-16-le")) // 2


def segments(text: str) -> int:
    """How many messages are paid for."""
    whole, part = (_SINGLE, _PART) if _is_gsm(text) else (_SINGLE_WIDE, _PART_WIDE)
    if units(text) <= whole:
        return 1
    count, room = 1, part
    for sign in text:  # a sign of two units is not torn apart: it begins the next message
        size = units(sign) if whole == _SINGLE else len(sign.encode("utf-16-le")) // 2
        if size > room:
            count, room = count + 1, part
        room -= size
    return count


def split(text: str, most: int = 3, segments_each: int = 2) -> tuple[str, ...]:
    """`text` as at most `most` messages of at most `segments_each` segments, in the GSM letters.

    It is cut at line ends, else after sentences, else between words, never inside a telephone number.
    What does not fit into the last message is left out, and an ellipsis says so. Several are numbered.
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


def _is_gsm(text: str) -> bool:
    return _OUTSIDE.search(text) is None


def _spelled(sign: str) -> str:
    """A sign of another script by its sound; pictures have none. What anyascii gives is in the alphabet."""
    return anyascii(sign).replace("`", "'") if sign.isalnum() else ""


def _glued(match: re.Match[str]) -> str:
    return match[0].replace(" ", _GLUE)


def _pieces(text: str, room: int) -> list[str]:
    """Lines; where a line is too long its sentences; where a sentence is too long its words."""
    pieces = _LINE_END.split(text)
    for cut in (_SENTENCE_END, re.compile("(?<= )")):
        pieces = [part for piece in pieces for part in (cut.split(piece) if units(piece) > room else [piece])]
    return [piece[at : at + room] for piece in pieces for at in range(0, len(piece), room)]


def _packed(pieces: list[str], room: int) -> list[str]:
    parts = [""]
    for piece in pieces:
        joint = "" if not parts[-1] or parts[-1][-1] in "\n " else " "
        if units(parts[-1] + joint + piece) <= room or not parts[-1]:
            parts[-1] += joint + piece
        else:
            parts.append(piece)
    return [part for part in parts if part.strip()]


def _shortened(part: str, room: int) -> str:
    return part[: room - 3].rstrip() + "..."
