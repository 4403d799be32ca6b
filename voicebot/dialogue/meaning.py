"""What a question waits for (`Expecting`) and what the person's words mean (`Meaning`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Value = str | int | float
Certainty = Literal["sure", "unsure", "none"]

#: Kinds of `Expecting`. "intent" is an open question, "choice" is closed over `Expecting.choices`,
#: "more" waits for "suite"; the others are entities.
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
KINDS = ("intent", "choice", "more", *ENTITY_KINDS)

NO_INTENT = "aucun"
YES, NO, NEXT = "yes", "no", "next"


@dataclass(frozen=True)
class Expecting:
    """What the current question can be answered with.

    `choices` are choice values (or intents) in the order of their keys 1, 2, 3…;
    `sensitive` answers are always offered on the keypad too.
    """

    kind: str = "intent"
    choices: tuple[str, ...] = ()
    sensitive: bool = False

    @property
    def closed(self) -> bool:
        """True when every answer can be listed beforehand."""
        return self.kind in ("yes_no", "choice", "more", "month")

    @property
    def answers(self) -> tuple[str, ...]:
        """The answers in the order of their keys 1, 2, 3…; empty for numbers and other entities."""
        fixed: dict[str, tuple[str, ...]] = {"yes_no": (YES, NO), "more": (NEXT,)}
        return fixed.get(self.kind, self.choices)


@dataclass(frozen=True)
class Candidate:
    """An intent and its calibrated score, 0 to 1."""

    intent: str
    score: float


@dataclass(frozen=True)
class Meaning:
    """The result of `nlu.interpret`: at most one of `value`, `danger` and `intent` is what counts.

    `intent` is a procedure, a command (`repeter`, `conseiller`…) or `aucun`.
    `value` answers the expected question; its type follows the kind: yes_no "yes"/"no", number and age
    int, amount euros as a number, date "YYYY-MM-DD", month 1..12, postal_code five digits, town its
    official name, phone ten digits, code four digits, choice the choice value.
    `entities` are whatever is plainly stated, by kind; `own` those that tell something of who speaks.
    `certainty` speaks of whichever of the three is set: "sure" is acted upon, "unsure" is asked back.
    `alternatives` are the best intents, best first. `danger` names the danger heard (`suicide`…).
    `worried` tells that the person sounds worried or at a loss.
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
