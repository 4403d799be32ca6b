"""What Vosk is told and what it replies: grammars and results, both JSON. Pure, without the library."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.speech.stt.recognizer import Transcript

UNKNOWN = "[unk]"
"""The word for anything outside the grammar."""

_NOT_IN_WORDS = re.compile(r"[^\w'-]+")


@dataclass(frozen=True)
class Grammar:
    """`json` is ready for Vosk, None if no phrase is left; `unknown` are words not in the lexicon."""

    json: str | None
    unknown: tuple[str, ...]


def grammar(phrases: Iterable[str], knows: Callable[[str], bool]) -> Grammar:
    """The grammar of `phrases`, as far as the lexicon `knows` their words.

    Vosk drops an unknown word and keeps the rest, which could reduce a phrase to "la"; here the whole phrase
    is left out. An empty or malformed grammar kills the process: None means to do without one.
    """
    spelt: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for phrase in phrases:
        words = [part for word in _words(phrase) for part in _known_parts(word, knows)]
        missing = [word for word in words if not knows(word)]
        unknown.update(dict.fromkeys(missing))
        if words and not missing:
            spelt[" ".join(words)] = None
    # Without ensure_ascii=False Vosk silently drops every word with an accent.
    listed = json.dumps([*spelt, UNKNOWN], ensure_ascii=False) if spelt else None
    return Grammar(listed, tuple(unknown))


def transcript(results: Sequence[Mapping[str, Any]]) -> Transcript:
    """One transcript from Vosk's `results`, in their order (`result` or `partial_result` lists words).

    The confidence is the mean over all words; what was outside the grammar counts as 0, so that a long
    sentence in which one allowed word was found is not trusted.
    """
    lists = (result.get("result") or result.get("partial_result") or () for result in results)
    words = [word for words in lists for word in words]
    heard = [word for word in words if word["word"] != UNKNOWN]
    if not heard:
        return Transcript()
    confidence = sum(float(word["conf"]) for word in heard) / len(words)
    return Transcript(" ".join(str(word["word"]) for word in heard), min(1.0, confidence))


def _words(phrase: str) -> list[str]:
    """Lexicons hold lower-case words without punctuation."""
    words = _NOT_IN_WORDS.sub(" ", phrase.lower().replace("’", "'")).split()
    return [bare for word in words if (bare := word.strip("'-"))]


def _known_parts(word: str, knows: Callable[[str], bool]) -> list[str]:
    """The word itself, or its parts around a hyphen or after an apostrophe if these are known."""
    if knows(word):
        return [word]
    parts = [part for part in re.split(r"-|(?<=')", word) if part]
    return parts if all(map(knows, parts)) else [word]
