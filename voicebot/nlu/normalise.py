"""Text as people say and write it → plain words: no capitals, accents or punctuation, acronyms in one form.

Nothing here knows what the words mean. Digits, `€`, `+` and decimal marks between digits are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from anyascii import anyascii

from voicebot.nlu.vocabulary import AcronymWords

#: Characters. Longer texts are cut: nobody says more in one breath, and every cost grows with length.
LONGEST = 500

#: Emoji and other symbols, which anyascii would spell out.
_SIGN = re.compile(r"[^\w.,/+€]|_")
_NOT_WORD = re.compile(r"[^a-z0-9€+.,/]+")
_MARK = re.compile(r"(?<!\d)[.,/]|[.,/](?!\d)")
#: Words, or letters spelt one by one, that are not short forms.
_WORD = re.compile(r"(?:\b\w[ .]){2,}\w\b|\w+")
_REPEATED = re.compile(r"([a-z])\1{2,}")


def plain(text: str) -> str:
    """Lower-case ASCII words separated by single spaces; `.`, `,` and `/` only between digits."""
    spaced = _SIGN.sub(" ", text[:LONGEST]).replace("€", " € ")
    letters = spaced if spaced.isascii() else "€".join(map(anyascii, spaced.split("€")))
    words = _NOT_WORD.sub(" ", _MARK.sub(" ", letters.lower()))
    return " ".join(_REPEATED.sub(r"\1\1", words).split())


@dataclass(frozen=True)
class Rewriter:
    """Replaces whole forms, the longest first, in plain text."""

    pattern: re.Pattern[str]
    written: Mapping[str, str]

    @classmethod
    def of(cls, forms: Mapping[str, str]) -> Rewriter:
        """`forms`: what is heard or typed → what it stands for; both may be several words."""
        written = {plain(form): plain(word) for form, word in forms.items()}
        longest_first = sorted(filter(None, written), key=len, reverse=True)
        return cls(re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})\b"), written)

    def __call__(self, text: str) -> str:
        """The text with every form replaced."""
        return self.pattern.sub(lambda found: self.written[found[0]], text)


@dataclass(frozen=True)
class Normaliser:
    """`plain`, then acronyms in one form and, for text messages, short forms written out."""

    acronyms: Rewriter
    spelled: re.Pattern[str]
    short_forms: Mapping[str, str]

    def __call__(self, text: str, channel: str = "voice") -> str:
        """Normalised words of what was said or texted on `channel`."""
        words = plain(self.expand(text) if channel == "sms" else text)
        return self.acronyms(self.spelled.sub(_acronym, words))

    def expand(self, text: str) -> str:
        """The short forms of text messages written out, word by word; accents tell "jé" from "je"."""
        return _WORD.sub(lambda found: self.short_forms.get(found[0], found[0]), text[:LONGEST].lower())


def normaliser(acronyms: AcronymWords, short_forms: Mapping[str, str]) -> Normaliser:
    """Built from acronyms.yaml and sms.yaml."""
    return Normaliser(
        Rewriter.of({form: written for written, heard in acronyms.forms.items() for form in heard}),
        _spelling(acronyms.spelled, acronyms.letters),
        short_forms,
    )


def _spelling(acronyms: Iterable[str], letters: Mapping[str, Sequence[str]]) -> re.Pattern[str]:
    """One group per acronym, with its name: its letters as they may be spelt, separated by spaces.

    Without the spaces, "a laissé" would be ALS and "caisses" CSS.
    """
    groups = [
        rf"(?P<_{name}>{' '.join('(?:' + '|'.join(map(plain, letters[c])) + ')' for c in name)})"
        for name in sorted(set(acronyms), key=len, reverse=True)
    ]
    return re.compile(rf"\b(?:{'|'.join(groups)})\b")


def _acronym(found: re.Match[str]) -> str:
    return (found.lastgroup or "").removeprefix("_")
