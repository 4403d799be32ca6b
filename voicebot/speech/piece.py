"""What is said and where it is silent, as the voice and the mouth know it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from voicebot.speech.audio import Pcm


@dataclass(frozen=True)
class Rest:
    """Silence of so many seconds."""

    seconds: float


@dataclass(frozen=True, eq=False)
class Sound:
    """Sound that is there already, at 8 kHz."""

    pcm: Pcm


@dataclass(frozen=True)
class Piece:
    """Words to say. `key` names words that never change; None when they contain an answer.

    `parts` say the same piece by piece; those with a key can be recordings. Empty: only the whole can be one.
    """

    text: str
    key: str | None = None
    parts: tuple[Piece | Rest, ...] = ()


Packed = float | list[Any]


def packed(piece: Piece | Rest) -> Packed:
    """`piece` as JSON can hold it."""
    if isinstance(piece, Rest):
        return piece.seconds
    return [piece.text, piece.key, [packed(part) for part in piece.parts]]


def unpacked(told: Any) -> Piece:
    """The piece that `packed` made this of."""
    text, key, parts = told
    return Piece(text, key, tuple(unpacked(one) if isinstance(one, list) else Rest(one) for one in parts))
