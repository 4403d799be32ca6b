"""How a sentence is recognised: by pieces of its words as they sound, word pairs, keywords, concepts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from voicebot.nlu.phrases import Phrases
from voicebot.nlu.sounds import Sounds

#: Pieces of 3 and 4 sounds, also across words; longer or shorter ones made no measurable difference.
_PIECES = (3, 4)
#: A keyword counts as much as this many pieces; otherwise needs within long sentences would be drowned out.
_KEYWORD_COUNT = 3
#: A concept counts as much as this many pieces. With more concepts than this, pairs would add nothing.
_CONCEPT_COUNT, _PAIRED_CONCEPTS = 2, 8


@dataclass(frozen=True)
class Features:
    """Counts the features of normalised words."""

    sounds: Sounds
    keywords: Phrases
    concepts: Phrases

    @classmethod
    def of(
        cls,
        sounds: Sounds,
        normalise: Callable[[str], str],
        keywords: Mapping[str, Sequence[str]],
        concepts: Mapping[str, Sequence[str]],
    ) -> Features:
        """`keywords`: intent → phrases that name it; `concepts`: concept → phrases, found by their sound."""
        spoken = ((sounds(normalise(phrase)), name) for name, all_ in concepts.items() for phrase in all_)
        written = ((normalise(phrase), name) for name, all_ in keywords.items() for phrase in all_)
        return cls(sounds, Phrases.of(written), Phrases.of(spoken))

    def __call__(self, words: str) -> Counter[str]:
        """The features of normalised words and how often each occurs."""
        return self.count(words, self.sounds(words))

    def count(self, words: str, sounding: str) -> Counter[str]:
        """Like calling it, for words whose sounds are already known."""
        padded = f" {sounding} "
        counts = Counter(padded[i : i + size] for size in _PIECES for i in range(len(padded) - size + 1))
        heard = sounding.split()
        counts.update(f"={word}" for word in heard)
        counts.update(f"{a}+{b}" for a, b in zip(["<", *heard], [*heard, ">"], strict=True))
        counts.update(f"{a}_{b}" for a, b in zip(heard, heard[2:], strict=False))
        for intent in self.named(words):
            counts[f"#{intent}"] = _KEYWORD_COUNT
        concepts = sorted(self.concepts.found(sounding))
        counts.update({f"@{concept}": _CONCEPT_COUNT for concept in concepts})
        counts.update(f"{a}&{b}" for a, b in combinations(concepts[:_PAIRED_CONCEPTS], 2))
        return counts

    def named(self, words: str) -> set[str]:
        """The intents of which a keyword is said."""
        return self.keywords.found(words)
