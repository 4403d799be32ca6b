"""Utterances that mean several procedures, to be offered instead of guessed: a bare office, or two needs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from voicebot.dialogue.meaning import Candidate
from voicebot.nlu.ambiguous import Ambiguous
from voicebot.nlu.intents import Intents

#: If keywords of both are said, the second intent is offered too from this score on.
_BOTH_NAMED = 0.15
#: Two halves of an utterance that each ask for something different with at least this certainty are two
#: needs. Chosen on the development set: of its sentences with one need, one in a hundred triggers this
#: question.
_EACH_CLEAR = 0.75
#: Never one of two to choose from.
_ALONE = frozenset({"urgence"})


@dataclass(frozen=True)
class Several:
    """Only `offered` is used."""

    ambiguous: Ambiguous
    intents: Intents

    def offered(self, words: str, likely: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The procedures that normalised words may mean, equally likely; none if there is only one."""
        bare = self.ambiguous.offers(words)
        if bare or len(likely) < 2:
            return bare
        both = self._named(words, likely) or self._by_halves(words, likely)
        shared = sum(candidate.score for candidate in both) / 2
        return tuple(Candidate(candidate.intent, shared) for candidate in both)

    def _named(self, words: str, likely: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """The two likeliest, when keywords of both are said."""
        first, second = likely[:2]
        named = self.intents.features.named(words)
        both = second.score >= _BOTH_NAMED and {first.intent, second.intent} <= named
        return (first, second) if both else ()

    def _by_halves(self, words: str, likely: Sequence[Candidate]) -> tuple[Candidate, ...]:
        """What two halves ask for, if each is clear and they differ; first the likelier one for the whole."""
        if likely[0].intent not in self.intents.procedures - _ALONE:
            return ()
        clear: tuple[Candidate, ...] = ()
        for half in self.ambiguous.halves(words):
            asked = [self._clear(part) for part in half]
            both = tuple(each for each in asked if each)
            if len(both) == 2 and both[0].intent != both[1].intent and _least(both) > _least(clear):
                clear = both
        return _ordered(clear, [candidate.intent for candidate in likely])

    def _clear(self, words: str) -> Candidate | None:
        likely = self.intents.likely(words, ())
        clear = likely and likely[0].score >= _EACH_CLEAR and likely[0].intent not in _ALONE
        return likely[0] if clear else None


def _least(candidates: Collection[Candidate]) -> float:
    return min((candidate.score for candidate in candidates), default=0.0)


def _ordered(candidates: tuple[Candidate, ...], likely: Sequence[str]) -> tuple[Candidate, ...]:
    places = {intent: place for place, intent in enumerate(likely)}
    return tuple(sorted(candidates, key=lambda candidate: places.get(candidate.intent, len(places))))
