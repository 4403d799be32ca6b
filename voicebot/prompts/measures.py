"""How long and how difficult a French sentence is: words, syllables, readability, seconds of speech."""

from __future__ import annotations

import re
from statistics import fmean

#: Syllables per second of our voice Pico over the packaged prompts (tests/prompts/test_measures.py).
_SYLLABLES_PER_S = 4.5
_SENTENCE_PAUSE_S = 0.5
#: Average number of syllables per digit of a number: "soixante-dix-huit", "onze".
_SYLLABLES_PER_DIGIT = 1.5
#: Slots are filled with a name, a date, an amount: about as long as "le 31 mars".
_SYLLABLES_PER_SLOT = 4

_PLACEHOLDER = re.compile(r"\{[^}]*\}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+")
_WORD = re.compile(r"\d+(?:[ .,]\d+)*|[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäæéèêëîïôöœùûüÿ]+")
_MUTE_END = re.compile(r"(?<=[^aeiouyàâéèêëîïôû])(?:es?|ent)$")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of `text`; a placeholder counts as one word."""
    return tuple(part for part in _SENTENCE_END.split(_PLACEHOLDER.sub("x", text).strip()) if words(part))


def words(text: str) -> tuple[str, ...]:
    """The words of `text`; "c'est" is one, and so is a number in groups."""
    return tuple(_WORD.findall(text))


def syllables(word: str) -> int:
    """An estimate of the spoken syllables of a French word: its groups of vowels, except mute endings."""
    digits = sum(letter.isdigit() for letter in word)
    if digits:
        return max(1, round(digits * _SYLLABLES_PER_DIGIT))
    stem = _MUTE_END.sub("", word.lower())
    return max(1, len(_VOWELS.findall(stem)))


def kandel_moles(text: str) -> float:
    """Readability: 100 very easy, 60 standard, 30 hard. Source: Kandel & Moles 1958, Flesch for French.

    "Avez-vous" counts as two words, as it would if it were not a question; numbers are left out.
    """
    parts = sentences(text)
    said = [word for part in parts for word in words(part) if not word[0].isdigit()]
    read = [piece for word in said for piece in word.split("-")]
    if not read:
        return 100.0
    return 207 - 1.015 * len(read) / len(parts) - 73.6 * fmean(map(syllables, read))


def spoken_s(text: str) -> float:
    """An estimate of how many seconds it takes to say `text`."""
    said = sum(map(syllables, words(_PLACEHOLDER.sub("", text))))
    said += _SYLLABLES_PER_SLOT * len(_PLACEHOLDER.findall(text))
    return said / _SYLLABLES_PER_S + len(sentences(text)) * _SENTENCE_PAUSE_S
