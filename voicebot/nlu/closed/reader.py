"""Reads the answer to a closed question, from how people answer that question and its answers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from voicebot.dialogue.meaning import NO, YES, Expecting
from voicebot.nlu.closed.answer import Closed, answered
from voicebot.nlu.closed.clauses import Clause, Clauses
from voicebot.nlu.closed.judge import judged
from voicebot.nlu.closed.likeness import Likeness, Opinion
from voicebot.nlu.closed.sentences import Sentences
from voicebot.nlu.closed.wordings import Phrase, Wordings
from voicebot.nlu.entities.found import Found
from voicebot.nlu.vocabulary import Vocabulary, Words, YesNoWords

#: A phrase of less informative words is an answer only if nothing else is said.
_TELLS_LITTLE = 0.35
_TELLS = 0.2
#: A question that has wordings of its own ("" if it has none), and its answers.
Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, repr=False)
class ClosedReader:
    """Only `read` is used. Questions are compiled when they are first asked."""

    clauses: Clauses
    choices: Mapping[str, Words]
    yes_no: YesNoWords
    answers: Mapping[str, Mapping[str, Words]]
    sentences: Sentences | None = None
    compiled: dict[Key, Wordings] = field(default_factory=dict, compare=False)
    alike: dict[Key, Likeness] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, words: Vocabulary, clauses: Clauses, sentences: Sentences | None = None) -> ClosedReader:
        """From the vocabulary; `sentences` is the second opinion, if there is one."""
        return cls(clauses, words.choices, words.yes_no, words.answers, sentences)

    def read(self, clauses: Sequence[Clause], expecting: Expecting) -> Closed:
        """What `clauses` answer to `expecting`, a choice or yes or no."""
        answers = expecting.answers
        return answered(clauses, self._wordings(expecting.question, answers), answers)

    def weighed(
        self, found: Found | None, closed: Closed, text: str, clauses: Sequence[Clause], expecting: Expecting
    ) -> Found | None:
        """`found` in `text`, weighed against what its words and its meaning resemble.

        Only at questions with wordings of their own: "pourquoi pas" is a yes anywhere.
        """
        if expecting.question not in self.answers:
            return found
        corrected = any(clause.joint == "instead" for clause in clauses)
        if corrected and found is not None and found.certainty == "sure" and not expecting.high_stakes:
            return found  # both opinions would weigh what was taken back as well
        key = self._key(expecting.question, expecting.answers)
        wordings = self._wordings(expecting.question, expecting.answers)
        if key not in self.alike:
            self.alike[key] = Likeness.of(wordings.phrases)
        said = [word for clause in clauses for word in clause.words]
        words = self.alike[key].nearest(said, closed.out)

        def meaning() -> Opinion | None:
            return self.sentences.nearest(text, wordings.said, closed.out) if self.sentences else None

        return judged(found, closed, words, meaning, expecting.high_stakes)

    def _key(self, question: str, answers: tuple[str, ...]) -> Key:
        return question if question in self.answers else "", answers

    def _wordings(self, question: str, answers: tuple[str, ...]) -> Wordings:
        key = self._key(question, answers)
        if key not in self.compiled:
            self.compiled[key] = Wordings.of(self._phrases(*key))
        return self.compiled[key]

    def _phrases(self, question: str, answers: tuple[str, ...]) -> Iterator[Phrase]:
        own = self.answers.get(question, {})
        for answer in answers:
            yield from (self._phrase(answer, said) for said in own.get(answer, ()))
            if answer in (YES, NO):
                yield from self._yes_or_no(answer)
            else:
                listed = self.choices.get(answer) or [answer.replace("_", " ")]
                yield from (self._phrase(answer, said) for said in listed)

    def _phrase(self, answer: str, said: str, own: bool = True) -> Phrase:
        words = self.clauses.words_of(said)
        little = sum(word.weight for word in words if word.weight >= _TELLS) < _TELLS_LITTLE
        return Phrase(answer, words, little, own, said)

    def _yes_or_no(self, answer: str) -> Iterator[Phrase]:
        words = self.yes_no
        for said in words.words[answer]:
            yield Phrase(answer, self.clauses.words_of(said), False, False, said)
        for said in words.exact[answer]:
            yield Phrase(answer, self.clauses.words_of(said), True, False, said)
        for said in words.inside[answer]:
            phrase = self._phrase(answer, said, own=False)
            yield phrase
