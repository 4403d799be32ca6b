"""How intelligible a voice is at the other end of a telephone line: the words a recognizer gets wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from rapidfuzz.distance import Levenshtein

from voicebot.datafile import read
from voicebot.packaged import packaged
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, decode, encode, resample
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.recognizer import Expected, Recognizer
from voicebot.speech.telephone_line import band

_FILE: Final = packaged("webphone", "fr", "sentences.yaml")
_BETWEEN: Final = re.compile(r"['’-]")
_NO_WORD: Final = re.compile(r"[^\w\s]")


def sentences() -> tuple[str, ...]:
    """What every voice is made to say."""
    data: Mapping[str, Any] = read(_FILE).data
    return tuple(data["sentences"])


def by_telephone(sound: Pcm) -> Pcm:
    """`sound` (8 kHz) as it comes out of a telephone: band-limited, encoded and decoded."""
    return decode(encode(band(sound)))


def heard(recognizer: Recognizer, sound: Pcm) -> str:
    """What a recognizer that does not know what to expect understands of `sound` over the telephone."""
    quiet = np.zeros(TELEPHONE_HZ // 2, np.int16)
    line = by_telephone(np.concatenate([quiet, sound, quiet]))
    stream = recognizer.start(Expected())
    stream.accept(resample(line, TELEPHONE_HZ, RECOGNIZER_HZ))
    return stream.finish().text


def word_error(said: Sequence[str], understood: Sequence[str]) -> float:
    """Wrong, missing and added words divided by the number of words said; numbers count as words."""
    pairs = [(words(one), words(other)) for one, other in zip(said, understood, strict=True)]
    wrong = sum(Levenshtein.distance(one, other) for one, other in pairs)
    return wrong / sum(len(one) for one, _ in pairs)


def words(text: str) -> list[str]:
    """The words as spoken, without punctuation or capitals."""
    return _NO_WORD.sub("", _BETWEEN.sub(" ", spoken(text).lower())).split()
