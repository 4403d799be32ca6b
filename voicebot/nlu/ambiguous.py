"""Requests that name only an office or a paper, and the procedures to offer for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from voicebot.dialogue.meaning import Candidate
from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.normalise import Normaliser
from voicebot.nlu.vocabulary import AmbiguousWords, YesNoWords

#: Each half is understood separately, which takes time: no more joints than this are tried.
_JOINTS = 5


@dataclass(frozen=True)
class Ambiguous:
    """`offers` returns the procedures that a bare request may mean."""

    requests: Mapping[str, tuple[str, ...]]
    carriers: re.Pattern[str]
    politeness: re.Pattern[str]
    between: re.Pattern[str]

    @classmethod
    def of(cls, words: AmbiguousWords, polite: YesNoWords, normalise: Normaliser) -> Ambiguous:
        """Compile ambiguous.yaml; politeness is that of yes_no.yaml."""
        requests = {normalise(phrase): tuple(intents) for phrase, intents in words.requests.items()}
        carriers = re.compile(rf"^(?:{phrases(words.carriers).pattern} ?)+")
        politeness = phrases(word for word in polite.fillers if word not in ("la", "que"))
        longest_first = sorted(map(normalise, words.between), key=len, reverse=True)
        between = re.compile(rf" (?:{'|'.join(map(re.escape, longest_first))}) ")
        return cls(requests, carriers, politeness, between)

    def offers(self, words: str) -> tuple[Candidate, ...]:
        """The procedures for normalised words, equally likely; none if more was said."""
        bare = " ".join(self.politeness.sub(" ", words).split())
        intents = self.requests.get(bare) or self.requests.get(self.carriers.sub("", bare).strip(), ())
        return tuple(Candidate(intent, 1 / len(intents)) for intent in intents)

    def halves(self, words: str) -> Iterator[tuple[str, str]]:
        """What was said before and after each word at which one need may end and another begin."""
        for joint in islice(self.between.finditer(words), _JOINTS):
            yield words[: joint.start()], words[joint.end() :]
