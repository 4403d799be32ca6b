"""What the words naming a procedure already answer at its first question ("j'ai perdu ma carte Vitale")."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voicebot.nlu.entities.answers import Choices
from voicebot.nlu.normalise import plain
from voicebot.nlu.vocabulary import IntentWords

#: A word said for at least this share of the procedures says nothing about any one of them.
_EVERYWHERE = 0.8
#: Words. In a longer story such a phrase may be about something else, as in one in seven development
#: sentences.
_STORY = 12


@dataclass(frozen=True)
class Ahead:
    """Only `answered` is used. `names` are the words that merely name a procedure, by intent."""

    choices: Choices
    names: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, intents: Sequence[IntentWords], choices: Choices) -> Ahead:
        """Built from the example sentences of all procedures."""
        everywhere = _said_everywhere(intents)
        return cls(choices, {each.intent: everywhere | _words([each.label or ""]) for each in intents})

    def answered(self, words: str, intent: str, values: Sequence[str]) -> str | None:
        """Which of `values` the words say besides naming `intent`; None if unclear, or in a long story."""
        if len(words.split()) > _STORY:
            return None
        names = self.names.get(intent, frozenset())
        said = self.choices.inside(words, values)
        telling = {value: phrase for value, phrase in said.items() if set(phrase.split()) - names}
        longest = max((len(phrase) for phrase in telling.values()), default=0)
        best = [value for value, phrase in telling.items() if len(phrase) == longest]
        return best[0] if len(best) == 1 else None


def _said_everywhere(intents: Sequence[IntentWords]) -> frozenset[str]:
    counts = Counter(word for each in intents for word in _words(each.utterances))
    return frozenset(word for word, count in counts.items() if count >= _EVERYWHERE * len(intents))


def _words(phrases: Iterable[str]) -> frozenset[str]:
    return frozenset(word for phrase in phrases for word in plain(phrase).split())
