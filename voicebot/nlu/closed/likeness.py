"""Which answer an utterance resembles, word by word: the wordings of the answers, the nearest first.

`wordings` asks whether one was said; this asks which one the words are nearest to, whatever else is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from voicebot.nlu.closed.clauses import Word
from voicebot.nlu.closed.wordings import Phrase

#: Words that tell less than this are left out of the comparison.
_TELLS = 0.08
#: The nearest wording of an answer counts this much, the nearest three together the rest.
_NEAREST, _FEW = 0.7, 3
Bag = Mapping[str, float]


@dataclass(frozen=True)
class Opinion:
    """The answer that is nearest, how near (0 to 1), and how much nearer than the next answer (`margin`)."""

    answer: str
    likeness: float
    margin: float


@dataclass(frozen=True, repr=False)
class Likeness:
    """The wordings of one question as bags of words."""

    bags: Mapping[str, Sequence[Bag]]

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> Likeness:
        """From the phrases of all answers of a question."""
        bags: dict[str, list[Bag]] = {}
        for phrase in phrases:
            if bag := _bag(phrase.words):
                bags.setdefault(phrase.answer, []).append(bag)
        return cls(bags)

    def nearest(self, words: Iterable[Word], without: frozenset[str] = frozenset()) -> Opinion | None:
        """What `words` are nearest to, except the answers in `without`; None if they resemble nothing."""
        said = _bag(words)
        if not said:
            return None
        scores = {
            answer: weighed([_common(said, bag) for bag in bags], _NEAREST)
            for answer, bags in self.bags.items()
            if answer not in without
        }
        return opinion(scores)


def opinion(scores: Mapping[str, float]) -> Opinion | None:
    """The best of `scores` and its lead; None if none is above zero."""
    ranked = sorted(scores, key=lambda answer: scores[answer], reverse=True)
    if not ranked or scores[ranked[0]] <= 0:
        return None
    second = scores[ranked[1]] if len(ranked) > 1 else 0.0
    return Opinion(ranked[0], scores[ranked[0]], scores[ranked[0]] - second)


def weighed(likenesses: Sequence[float], nearest: float) -> float:
    """One score of the likenesses to the wordings of an answer: mostly the best, also the best three."""
    best = sorted(likenesses, reverse=True)[:_FEW]
    return nearest * best[0] + (1 - nearest) * sum(best) / len(best) if best else 0.0


def _bag(words: Iterable[Word]) -> Bag:
    """Words by sound, at most once each, with a length of one; denied ones are words of their own."""
    weights: dict[str, float] = {}
    for word in words:
        if word.weight >= _TELLS:
            key = f"~{word.key}" if word.denied else word.key
            weights[key] = max(word.weight, weights.get(key, 0.0))
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {key: weight / length for key, weight in weights.items()}


def _common(one: Bag, other: Bag) -> float:
    return sum(weight * other[key] for key, weight in one.items() if key in other)
