"""What a question waits for (`Expecting`) and what the person's words mean (`Meaning`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float
Certainty = Literal["sure", "unsure", "none"]

#: Kinds of `Expecting`. "intent" is an open question, "choice" a closed one with `Expecting.choices`, "more"
#: waits for "suite", "papers" asks
#: which of `Expecting.choices` somebody has; the others are entities.
ENTITY_KINDS = (
    "yes_no",
    "number",
    "age",
    "amount",
    "date",
    "month",
    "postal_code",
    "town",
    "phone",
    "code",
)
KINDS = ("intent", "choice", "more", "papers", *ENTITY_KINDS)

NO_INTENT = "aucun"
YES, NO, NEXT = "yes", "no", "next"


@dataclass(frozen=True)
class Expecting:
    """What the current question can be answered with.

    `choices` are choice values (or intents) in the order of their keys 1, 2, 3…; `unlisted` ones are
    understood when said, but not offered and have no key.
    `sensitive` answers are always offered on the keypad too. `question` is the prompt key of the question,
    `topic` the procedure it belongs to, `today` the day of the conversation (YYYY-MM-DD); "" when unknown.
    `high_stakes`: an answer ends the procedure or excludes from a right, so only a plain one is sure.
    `said_back` is a value that was said back and is to be confirmed, `about` the kind of its question, which
    `question` and `choices` then describe.
    """

    kind: str = "intent"
    choices: tuple[str, ...] = ()
    sensitive: bool = False
    question: str = ""
    topic: str = ""
    today: str = ""
    high_stakes: bool = False
    said_back: Value | None = None
    about: str = ""
    unlisted: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        """True if every answer can be listed in advance."""
        return self.kind in ("yes_no", "choice", "more", "month")

    @property
    def keyed(self) -> tuple[str, ...]:
        """The answers in the order of their keys 1, 2, 3…; empty for numbers and other entities."""
        fixed: dict[str, tuple[str, ...]] = {"yes_no": (YES, NO), "more": (NEXT,)}
        return fixed.get(self.kind, self.choices)

    @property
    def answers(self) -> tuple[str, ...]:
        """All answers: those with a key first, in the order of their keys."""
        return self.keyed + self.unlisted


@dataclass(frozen=True)
class Candidate:
    """An intent and its calibrated score, 0 to 1."""

    intent: str
    score: float


@dataclass(frozen=True)
class Meaning:
    """The result of `nlu.interpret`: at most one of `value`, `danger` and `intent` is what counts.

    `intent` is a procedure, a command (`repeter`, `conseiller`…) or `aucun`.
    `value` answers the expected question; its type follows the kind: yes_no "yes"/"no", number and age int,
    amount euros as a number, date "YYYY-MM-DD", month 1..12, postal_code five digits, town its official name,
    phone ten digits (a foreign one with its +), code four digits, choice the choice value, papers those that
    the person has (see `documents.told`).
    `entities` are whatever is plainly stated, by kind; `own` those that say something about the speaker.
    `certainty` applies to whichever of the three is set: "sure" is acted upon, "unsure" is confirmed first.
    `alternatives` are the best intents, best first. `danger` names the danger heard (`suicide`…).
    `worried` tells that the person sounds worried or at a loss.
    `aside` is a prompt key, or "help": what is said back to words that answer nothing and are understood all
    the same (a question about the service, a greeting, a need that is not served, another language).
    `requested` says that the procedure `intent` was asked for in so many words, in the middle of another.
    `both` says that the first two `alternatives` were both asked for.
    `instead` is the value given in place of the one that was said back ("non, cinquante-quatre").
    `second` is what they answer as they were heard in another way: offered once `value` is refused.
    `ahead` is what the same words answer at the first question of the procedure `intent`, if they do.
    """

    text: str
    intent: str = NO_INTENT
    score: float = 0.0
    certainty: Certainty = "none"
    alternatives: tuple[Candidate, ...] = ()
    entities: Mapping[str, Value] = field(default_factory=dict)
    own: Mapping[str, Value] = field(default_factory=dict)
    value: Value | None = None
    danger: str | None = None
    ahead: Value | None = None
    worried: bool = False
    aside: str = ""
    requested: bool = False
    instead: Value | None = None
    both: bool = False
    second: Value | None = None
