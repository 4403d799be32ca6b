"""What a caller hears, in one form from the prompt to both renderers: the audio socket's and TwiML's."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voicebot.dialogue.session import Pace


@dataclass(frozen=True)
class Pause:
    """Silence."""

    seconds: float


@dataclass(frozen=True)
class Speech:
    """Words that a voice says."""

    text: str
    #: The name of words that never change, under which they can be recorded; None if they contain an answer.
    key: str | None = None
    #: The same piece by piece; those with a key can be recordings. Empty: only the whole can be one.
    parts: tuple[Speech | Pause, ...] = field(default=(), compare=False)
    pace: Pace = "normal"


@dataclass(frozen=True)
class Audio:
    """Sound that already exists."""

    #: Under this name a renderer that plays from addresses finds it.
    name: str
    #: 16-bit samples at 8 kHz.
    pcm: NDArray[np.int16] = field(compare=False, repr=False)


Sound = Speech | Pause | Audio

Packed = float | list[Any]


def packed(sound: Speech | Pause) -> Packed:
    """`sound` as JSON can hold it."""
    if isinstance(sound, Pause):
        return sound.seconds
    return [sound.text, sound.key, [packed(part) for part in sound.parts], sound.pace]


def unpacked(told: Any) -> Speech:
    """The speech from which `packed` made this."""
    text, key, parts, pace = told
    made = (unpacked(one) if isinstance(one, list) else Pause(one) for one in parts)
    return Speech(text, key, tuple(made), pace)
