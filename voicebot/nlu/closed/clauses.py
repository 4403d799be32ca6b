"""An utterance taken apart into clauses, their words weighed and marked where they are denied.

"J'ai pas internet mais ma fille l'a" is two clauses, the second joined by "but", and "internet" is denied.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from voicebot.nlu.normalise import Normaliser, plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import ClauseWords

Joint = Literal["", "and", "but", "instead", "now", "because"]

_MARKS = re.compile(r"[,;:!?…()«»\"\n]+|(?<!\d)[.]+|[.]+(?!\d)|\s[-–—]+\s")
#: How many words a denial reaches, after it and before it.
_BEHIND, _BEFORE = 4, 2
_ENDINGS = re.compile(
    r"(?:ements?|ations?|issent|aient|erai|erais|ons|ent|ees|ait|ais|ant|era|ira|iez|ez|er|ee|es|ir|it|is|ie|ai|e|s|x|u|ue)$"
)
_SHORTEST_STEM = 4
_MOST_KEYS = 20_000
#: The answers within words that take something back.
_DENIES = re.compile(r"\b(?:non|si)\b")
#: Unknown words have this share of the largest weight.
_LEAST = 0.03


@dataclass(frozen=True)
class Word:
    """A word that tells something.

    `key` is how the stem sounds; `weight`, 0 to 1, is how much it tells; `denied` by a "pas" near it;
    `answers`: it is a yes or a no by itself.
    """

    text: str
    key: str
    weight: float
    denied: bool = False
    answers: bool = False


@dataclass(frozen=True)
class Clause:
    """What was said in one go, `joint` telling how it follows what came before. `past` tells how it was."""

    words: tuple[Word, ...]
    joint: Joint = ""
    past: bool = False
    refused: bool = False

    @property
    def text(self) -> str:
        """The words, with a space between two."""
        return " ".join(word.text for word in self.words)

    @property
    def weight(self) -> float:
        """How informative all its words are together."""
        return sum(word.weight for word in self.words)


@dataclass(frozen=True, repr=False)
class Clauses:
    """`of` takes texts apart."""

    normalise: Normaliser
    sounds: Sounds
    weights: Mapping[str, float]
    same: Mapping[str, str]
    joints: re.Pattern[str]
    joint_of: Mapping[str, Joint]
    past: re.Pattern[str]
    excepting: re.Pattern[str]
    refusals: re.Pattern[str]
    denial: re.Pattern[str]
    fillers: re.Pattern[str]
    yes_no: frozenset[str]
    around: frozenset[str]
    behind: frozenset[str]
    more_before: frozenset[str]
    more_behind: re.Pattern[str]
    keys: dict[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def compiled(
        cls, words: ClauseWords, examples: Iterable[str], normalise: Normaliser, sounds: Sounds
    ) -> Clauses:
        """From clauses.yaml; how informative a word is, is learned from plain `examples`."""
        joint_of: dict[str, Joint] = {}
        kinds: Sequence[tuple[Joint, Sequence[str]]] = (
            ("and", words.and_),
            ("because", words.because),
            ("now", words.now),
            ("but", words.but),
            ("instead", words.instead),
        )
        for joint, phrases in kinds:
            joint_of.update({plain(phrase): joint for phrase in phrases})
        made = cls(
            normalise,
            sounds,
            {},
            {},
            _any(joint_of),
            joint_of,
            re.compile(
                rf"^(?:{_any(map(plain, words.past)).pattern})|{_any(map(plain, words.past_end)).pattern}$"
            ),
            _any(map(plain, words.excepting)),
            _any(map(plain, words.refusals)),
            re.compile(rf"(?:{_any(map(plain, words.denial)).pattern} ?)+"),
            _any(map(plain, words.fillers)),
            frozenset(),
            frozenset(words.around),
            frozenset(map(plain, words.behind)),
            frozenset(words.more_before),
            re.compile(rf"(?:{'|'.join(map(re.escape, map(plain, words.more_behind)))})\b"),
        )
        same = {plain(word): made.key(plain(group[0])) for group in words.same for word in group}
        counted = Counter(word for example in examples for word in set(example.split()))
        return cls(**{**made.__dict__, "same": same, "weights": _weights(counted)})

    def of(self, text: str, channel: str = "voice", yes_no: bool = False) -> tuple[Clause, ...]:
        """The clauses of what was said or texted, in order; empty ones are left out.

        A "non" between two answers takes the first one back, except to a question of yes or no (`yes_no`).
        """
        if channel == "sms":
            text = self.normalise.expand(text)
        clauses: list[Clause] = []
        waiting: Joint = ""
        for piece in _MARKS.split(text):
            words = self.excepting.sub("pas", self.normalise(piece)) if piece else ""
            for joint, part in self._parts(words, yes_no):
                waiting = _stronger(waiting, joint)
                taken_back = clauses and not yes_no and self.denial.match(part)
                if taken_back:
                    waiting, part = "instead", part[taken_back.end() :].strip()
                if part:
                    clauses.append(self._clause(part, waiting))
                    waiting = ""
        return tuple(clauses)

    def words_of(self, phrase: str) -> tuple[Word, ...]:
        """The words of a phrase that is not taken apart."""
        return self._clause(self.normalise(phrase), "").words

    def key(self, word: str) -> str:
        """How the stem of a plain word sounds; words for the same thing have the same key."""
        if word in self.same or len(word) < _SHORTEST_STEM:
            return self.same.get(word, word)
        key = self.keys.get(word)
        if key is None:
            stem = _ENDINGS.sub("", word)
            key = self.sounds(stem if len(stem) >= _SHORTEST_STEM else word) or word
            if len(self.keys) < _MOST_KEYS:
                self.keys[word] = key
        return key

    def _parts(self, words: str, yes_no: bool) -> Iterator[tuple[Joint, str]]:
        """What is between the joints. The "non" of "enfin non" is itself an answer of yes or no."""
        at = 0
        joint: Joint = ""
        answer = ""
        for found in self.joints.finditer(words):
            yield joint, f"{answer} {words[at : found.start()]}".strip()
            at, joint = found.end(), self.joint_of[found[0]]
            said = _DENIES.findall(found[0]) if yes_no and joint == "instead" else []
            answer = said[-1] if said else ""
        yield joint, f"{answer} {words[at:]}".strip()

    def _clause(self, words: str, joint: Joint) -> Clause:
        said = (self.fillers.sub(" ", words).strip() or words).split()
        denied = self._denied(said)
        refused = bool(self.refusals.search(words)) or (len(said) > 1 and said[-1] in ("non", "nan"))
        made = tuple(
            Word(
                word,
                self.key(word),
                self._weight(word),
                place in denied and word not in self.yes_no,
                word in self.yes_no,
            )
            for place, word in enumerate(said)
        )
        return Clause(made, joint, bool(self.past.search(words)), refused)

    def _weight(self, word: str) -> float:
        return self.weights.get(word, 1.0)

    def _denied(self, said: Sequence[str]) -> frozenset[int]:
        denied: set[int] = set()
        for place, word in enumerate(said):
            if word in self.around and not self._is_more(said, place):
                denied.update(range(max(0, place - _BEFORE), place))
                denied.update(range(place + 1, min(len(said), place + 1 + _BEHIND)))
            elif word in self.behind:
                denied.update(range(place + 1, min(len(said), place + 1 + _BEHIND)))
        return frozenset(denied)

    def _is_more(self, said: Sequence[str], place: int) -> bool:
        """Whether this "plus" means "more", which denies nothing."""
        if said[place] not in ("plus", "plu"):
            return False
        before = said[place - 1] if place else ""
        return (
            not before
            or before in self.more_before
            or bool(self.more_behind.match(" ".join(said[place + 1 : place + 3])))
        )


def _stronger(one: Joint, other: Joint) -> Joint:
    order: Sequence[Joint] = ("", "and", "because", "now", "but", "instead")
    return max(one, other, key=order.index)


def _weights(counted: Counter[str]) -> dict[str, float]:
    total = sum(counted.values()) or 1
    most = math.log(total)
    return {word: max(_LEAST, 1 - math.log(1 + count) / most) ** 2 for word, count in counted.items()}


def _any(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(filter(None, phrases), key=len, reverse=True)
    return re.compile(rf"\b(?<!plus )(?<!pas )(?:{'|'.join(map(re.escape, longest_first))})\b")
