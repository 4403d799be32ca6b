"""An utterance made plain once, for all readers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Candidate
from voicebot.nlu.closed.clauses import Clause, Clauses
from voicebot.nlu.commands import Commands
from voicebot.nlu.normalise import Normaliser, plain
from voicebot.nlu.sounds import Sounds
from voicebot.nlu.vocabulary import Vocabulary

#: A best intent with at least this score is acted upon, with at least `ASK` it is asked back.
#: Chosen so that 1 % of the development sets out of domain is acted upon (docs/decisions/0003).
ACCEPT: Final = 0.82
ASK: Final = 0.2
#: An utterance of at most this many words is short.
FEW_WORDS: Final = 4
_ALTERNATIVES: Final = 3
#: What "oui" and "non" tell, however often they are said.
_YES_NO_WEIGHT: Final = 0.5


@dataclass(frozen=True)
class Heard:
    """An utterance (`said`, or `typed`) made plain once, and what it may mean as learned, best first."""

    plain: str
    words: str
    commands: Commands
    likely: tuple[Candidate, ...]
    others: tuple[tuple[Candidate, ...], ...] = ()
    clauses: tuple[Clause, ...] = ()
    said: str = ""
    typed: bool = False

    @property
    def best(self) -> Candidate:
        """What is likeliest as learned."""
        return self.likely[0] if self.likely else Candidate(NO_INTENT, 0.0)

    @property
    def affirmed(self) -> str:
        """The words that no "pas" denies, where it was taken apart; else all."""
        if not self.clauses:
            return self.words
        return " ".join(word.text for clause in self.clauses for word in clause.words if not word.denied)

    @property
    def few_words(self) -> bool:
        """Whether the utterance is short."""
        return len(self.plain.split()) <= FEW_WORDS


def weighed_clauses(words: Vocabulary, normalise: Normaliser, sounds: Sounds) -> Clauses:
    """What a word tells is learned from the example sentences; yes and no always tell something."""
    examples = [plain(said) for said, _ in words.examples()]
    made = Clauses.compiled(words.clauses, examples, normalise, sounds)
    said = [plain(word) for answer in (YES, NO) for word in words.yes_no.words[answer]]
    return replace(
        made, weights={**made.weights, **dict.fromkeys(said, _YES_NO_WEIGHT)}, yes_no=frozenset(said)
    )


def alternatives(heard: Heard, intent: str) -> tuple[Candidate, ...]:
    """The best procedures; commands are named only beside a command, for they are never offered as topics."""
    commands = heard.commands.names
    kept = heard.likely if intent in commands else [c for c in heard.likely if c.intent not in commands]
    return tuple(kept[:_ALTERNATIVES])
