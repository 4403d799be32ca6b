"""How people answer one question, and which answers the clauses of an utterance support or oppose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from voicebot.nlu.closed.clauses import Clause, Word

#: The share of a phrase's weight that must be said, with the same denial, for it to count…
_SAID = 0.74
_ALL = 0.99
#: …and opposed, for it to speak against its answer.
_OPPOSED = 0.8
#: Less informative words can be denied or not without changing what a phrase means.
_TELLING = 0.25
#: Beside a phrase that must stand alone, only words less informative than this may be said, and yes and no.
_BESIDE = 0.25


@dataclass(frozen=True)
class Phrase:
    """One wording of `answer`, `own` when it belongs to this question.

    `said` is how it is written. One that is `whole` counts only when it ends the clause or nothing
    else is said in it.
    """

    answer: str
    words: tuple[Word, ...]
    whole: bool = False
    own: bool = True
    said: str = ""

    @property
    def weight(self) -> float:
        """What its words tell together."""
        return sum(word.weight for word in self.words)


@dataclass(frozen=True)
class Evidence:
    """A clause supports `answer`: with how much (`weight`), which words (`used`), and how closely."""

    answer: str
    weight: float
    used: frozenset[int]
    closeness: float
    own: bool = True


@dataclass(frozen=True)
class Spoken:
    """What one clause supports and opposes, with the strongest evidence for each answer."""

    clause: Clause
    for_: Mapping[str, Evidence]
    against: Mapping[str, Evidence]


@dataclass(frozen=True, repr=False)
class Wordings:
    """The phrases of one question, found by their words."""

    phrases: Sequence[Phrase]
    by_key: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, phrases: Iterable[Phrase]) -> Wordings:
        """From the phrases of all answers of a question."""
        kept = [phrase for phrase in phrases if phrase.words]
        by_key: dict[str, list[int]] = defaultdict(list)
        for number, phrase in enumerate(kept):
            for key in {word.key for word in phrase.words}:
                by_key[key].append(number)
        return cls(kept, by_key)

    @cached_property
    def said(self) -> Mapping[str, Sequence[str]]:
        """The phrases as they are written, by answer."""
        found: dict[str, list[str]] = {}
        for phrase in self.phrases:
            if phrase.said:
                found.setdefault(phrase.answer, []).append(phrase.said)
        return found

    def spoken(self, clause: Clause) -> Spoken:
        """Which answers `clause` supports and opposes."""
        for_: dict[str, Evidence] = {}
        against: dict[str, Evidence] = {}
        said = {word.key: place for place, word in reversed(list(enumerate(clause.words)))}
        for number in {number for key in said for number in self.by_key.get(key, ())}:
            phrase = self.phrases[number]
            found = _compared(phrase, clause, said)
            if found is None:
                continue
            evidence, speaks_for = found
            kept = for_ if speaks_for else against
            if evidence.answer not in kept or _rank(evidence) > _rank(kept[evidence.answer]):
                kept[evidence.answer] = evidence
        return Spoken(clause, for_, against)


def _compared(phrase: Phrase, clause: Clause, said: Mapping[str, int]) -> tuple[Evidence, bool] | None:
    total = phrase.weight
    agreed = opposed = 0.0
    used: set[int] = set()
    for word in phrase.words:
        place = said.get(word.key)
        if place is None:
            continue
        same = (
            clause.words[place].denied == word.denied
            or min(word.weight, clause.words[place].weight) < _TELLING
        )
        agreed += word.weight if same else 0.0
        opposed += 0.0 if same else word.weight
        used.add(place)
    if phrase.whole:
        denied = any(clause.words[place].denied for place in used)
        if denied != any(word.denied for word in phrase.words):
            return None
        beside = sum(w.weight for place, w in enumerate(clause.words) if place not in used and not w.answers)
        last = (
            len(phrase.words) > 1 and len(clause.words) - 1 in used and len(used) == max(used) - min(used) + 1
        )
        if agreed >= total - 1e-9 and (beside <= (_BESIDE if phrase.own else _BESIDE / 2) or last):
            return Evidence(phrase.answer, agreed, frozenset(used), 1.0, phrase.own), True
        return None
    weight = sum(clause.words[place].weight for place in used)
    if agreed >= (_SAID if phrase.own else _ALL) * total and opposed <= (1 - _SAID) * total:
        return Evidence(phrase.answer, weight, frozenset(used), agreed / total, phrase.own), True
    if opposed >= _OPPOSED * total:
        return Evidence(phrase.answer, weight, frozenset(used), opposed / total, phrase.own), False
    return None


def _rank(evidence: Evidence) -> tuple[float, float]:
    return evidence.weight * evidence.closeness, evidence.closeness
