"""How well a voice is understood at the other end of a telephone line: the words a recognizer gets wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from voicebot.channels.simulator.telephone import band
from voicebot.datafile import read
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, decode, encode, resample
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.recognizer import Expected, Recognizer

_FILE: Final = Path(__file__).parent / "fr" / "sentences.yaml"
_BETWEEN: Final = re.compile(r"['’-]")
_NO_WORD: Final = re.compile(r"[^\w\s]")


def sentences() -> tuple[str, ...]:
    """What every voice is asked to say."""
    data: Mapping[str, Any] = read(_FILE).data
    return tuple(data["sentences"])


def by_telephone(sound: Pcm) -> Pcm:
    """What comes out of a telephone of `sound` (8 kHz): the band of the line, coded and decoded."""
    return decode(encode(band(sound)))


def heard(recognizer: Recognizer, sound: Pcm) -> str:
    """What the recognizer, which is not told what to expect, understands of `sound` by telephone."""
    quiet = np.zeros(TELEPHONE_HZ // 2, np.int16)
    line = by_telephone(np.concatenate([quiet, sound, quiet]))
    stream = recognizer.start(Expected())
    stream.accept(resample(line, TELEPHONE_HZ, RECOGNIZER_HZ))
    return stream.finish().text


def word_error(said: Sequence[str], understood: Sequence[str]) -> float:
    """Wrong, missing and added words by the number of words said; numbers count as words."""
    pairs = [(words(one), words(other)) for one, other in zip(said, understood, strict=True)]
    wrong = sum(Levenshtein.distance(one, other) for one, other in pairs)
    return wrong / sum(len(one) for one, _ in pairs)


def words(text: str) -> list[str]:
    """The words as they are spoken, without signs and capitals."""
    return _NO_WORD.sub("", _BETWEEN.sub(" ", spoken(text).lower())).split()
