"""Which procedure or command a sentence is about, as learned from the example sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from voicebot.dialogue.meaning import NO_INTENT, Candidate
from voicebot.nlu.classifier import Classifier, learn
from voicebot.nlu.features import Features
from voicebot.nlu.normalise import Normaliser
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import Vocabulary

#: A less likely intent is not worth naming.
_WORTH_NAMING = 0.01
#: Fewer letters or digits are noise or a slip of the finger: they resemble too much.
_SHORTEST = 3


@dataclass(frozen=True)
class Intents:
    """`likely` ranks the labels for normalised words."""

    features: Features
    classifier: Classifier
    procedures: frozenset[str]

    def likely(self, words: str, commands: Collection[str]) -> tuple[Candidate, ...]:
        """Procedures and `commands` worth naming, best first; with the score of "none" they add up to one."""
        if len(words.replace(" ", "")) < _SHORTEST:
            return ()
        allowed = self.procedures.union(commands, (NO_INTENT,))
        ranked = self.classifier.classify(self.features(words), allowed, _WORTH_NAMING)
        return tuple(c for c in ranked if c.intent != NO_INTENT)


def together(hearings: Sequence[Sequence[Candidate]]) -> tuple[Candidate, ...]:
    """The average over several hearings of one utterance, best first."""
    scores: dict[str, float] = defaultdict(float)
    for hearing in hearings:
        for candidate in hearing:
            scores[candidate.intent] += candidate.score / len(hearings)
    ranked = sorted(scores.items(), key=lambda each: -each[1])
    return tuple(Candidate(intent, score) for intent, score in ranked if score >= _WORTH_NAMING)


def learn_intents(
    vocabulary: Vocabulary, normalise: Normaliser, sounds: Sounds, kept: Path | None = None
) -> Intents:
    """Learn from every example sentence of the vocabulary; `kept`: the folder of what was learned before."""
    keywords = {each.intent: each.keywords for each in vocabulary.intents}
    features = Features.of(sounds, normalise, keywords, vocabulary.concepts)
    examples = list(dict.fromkeys((normalise(said), label) for said, label in vocabulary.examples()))
    heard = sounds("\n".join(words for words, _ in examples)).split("\n")
    counts = [features.count(words, sound) for (words, _), sound in zip(examples, heard, strict=True)]
    procedures = frozenset(each.intent for each in vocabulary.intents) - {NO_INTENT}
    return Intents(features, learn(counts, [label for _, label in examples], kept), procedures)
