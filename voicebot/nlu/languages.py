"""Languages other than French: which one, and whether somebody is in danger."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import LanguageWords

#: Whom to call at once in which danger. Source: service-public.fr, numéros d'urgence.
NUMBERS = {
    "violence": "17",
    "menace": "17",
    "agression": "17",
    "intrusion": "17",
    "medical": "15",
    "intoxication": "15",
    "incendie": "18",
    "gaz": "18",
    "enfant": "119",
    "suicide": "3114",
    "rue": "115",
}
ANY_DANGER = "112"
#: This many words of a language, and more than of French, identify it.
_WORDS = 2
_FEW_LETTERS = 3


@dataclass(frozen=True)
class Spoken:
    """A language by its ISO 639-1 code; `danger` names the danger heard in it."""

    language: str
    danger: str | None = None


@dataclass(frozen=True, repr=False)
class Languages:
    """`heard` returns the language of a text that is not French."""

    scripts: Mapping[str, str]
    letters: Mapping[str, frozenset[str]]
    sure: Mapping[str, re.Pattern[str]]
    words: Mapping[str, frozenset[str]]
    danger: Mapping[str, Sequence[tuple[str, re.Pattern[str]]]]
    french: Collection[str]

    @classmethod
    def of(cls, languages: Mapping[str, LanguageWords], french: Collection[str]) -> Languages:
        """Compile languages.yaml; `french` are the plain words that speakers of French use."""
        return cls(
            {each.script: code for code, each in languages.items() if each.script},
            {code: frozenset(each.letters) for code, each in languages.items()},
            {code: _any(map(plain, each.sure)) for code, each in languages.items()},
            {code: frozenset(map(plain, each.words)) for code, each in languages.items()},
            {
                code: [(name, _gapped(phrases)) for name, phrases in each.danger.items()]
                for code, each in languages.items()
            },
            french,
        )

    def heard(self, text: str, words: str) -> Spoken | None:
        """The language of `text`, whose plain words are `words`; None for what may be French."""
        lower = text.lower()
        code = self._by_script(text) or self._by_words(words) or self._by_letters(lower, words)
        code = code or self._by_danger(words)
        if code is None:
            return None
        named = (name for name, found in self.danger[code] if found.search(lower) or found.search(words))
        return Spoken(code, next(named, None))

    def _by_script(self, text: str) -> str | None:
        letters = [char for char in text if char.isalpha() and not char.isascii()][:20]
        for script, code in self.scripts.items():
            if sum(unicodedata.name(char, "").startswith(script) for char in letters) >= _FEW_LETTERS:
                return code
        return None

    def _by_letters(self, lower: str, words: str) -> str | None:
        """By a letter that only this language writes, where few of the words are French."""
        return next(
            (
                code
                for code, own in self.letters.items()
                if own & set(lower) and not self._mostly_french(words)
            ),
            None,
        )

    def _by_danger(self, words: str) -> str | None:
        """By danger told in it, in words that are hardly French ("eu quero morrer")."""
        if self._mostly_french(words):
            return None
        told = (
            code
            for code, dangers in self.danger.items()
            for _, found in dangers
            if (match := found.search(words)) and len(match[0].split()) > 1
        )
        return next(told, None)

    def _mostly_french(self, words: str) -> bool:
        said = words.split()
        return 2 * sum(word in self.french for word in said) > len(said)

    def _by_words(self, words: str) -> str | None:
        said = words.split()
        counted = {code: sum(word in known for word in said) for code, known in self.words.items()}
        best = max(counted, key=lambda code: counted[code], default=None)
        for code, pattern in self.sure.items():
            if pattern.search(words) and counted[code] + 2 >= max(counted.values()):
                return code
        if best is None or counted[best] < _WORDS:
            return None
        french = sum(word in self.french and word not in self.words[best] for word in said)
        ambiguous = sum(word in self.french and word in self.words[best] for word in said)
        return best if counted[best] - ambiguous >= _WORDS and counted[best] > french else None


def _any(phrases: Collection[str] | map[str]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, filter(None, phrases))) or '(?!)'})\b")


def _gapped(phrases: Sequence[str]) -> re.Pattern[str]:
    each = (r"\S*(?:\s+\S+){0,3}?\s+".join(map(re.escape, phrase.lower().split())) for phrase in phrases)
    return re.compile(rf"(?<!\w)(?:{'|'.join(each)})")
