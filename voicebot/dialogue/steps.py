"""Steps and routes: what a flow is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.session import Place

StepKind = Literal["say", "ask", "choose", "confirm", "documents", "lookup", "handoff", "end"]


#: The value of the answer "autre chose", offered last where a step says where it leads (`other`).
OTHER = "autre"
#: What is said instead of a prompt or note that tells an expired fact has this at the end of its key.
SAFE = "_sans_chiffre"


@dataclass(frozen=True)
class Route:
    """Go `to` when the slot fits. Exactly one of `is_`, `in_`, `below`, `at_least` is set."""

    to: Place
    slot: str
    is_: Value | None = None
    in_: tuple[Value, ...] = ()
    below: float | None = None
    at_least: float | None = None

    def fits(self, slots: Mapping[str, Value]) -> bool:
        """True when the slot is known and matches; an unknown slot never fits."""
        value = slots.get(self.slot)
        if value is None:
            return False
        if self.is_ is not None:
            return value == self.is_
        if self.in_:
            return value in self.in_
        if isinstance(value, str):
            return False
        if self.below is not None:
            return value < self.below
        return self.at_least is not None and value >= self.at_least


@dataclass(frozen=True)
class Step:
    """One step of a flow.

    `prompt` is a prompt key; `to` is taken when no route fits; `no` is where a refused `confirm` goes;
    `unknown` where "je ne sais pas" goes, `unknown_as` the answer it counts as; `other` where "autre chose"
    goes; `more` makes a `say` wait for "suite"; `note` is the prompt key that goes into the SMS summary;
    `lookup` names a lookup; `documents` are the papers asked for one after another; `title` and `options` are
    the prompts that name the question and its choices (default: `prompt`); the choices are read out by voice
    the first time unless `brief`; `among` is the slot that lists the papers or choices that count now;
    who answers nothing that fits goes to `unanswered` instead of being offered a person; `text` is the prompt
    key of an SMS of its own, sent at once; a `shared`
    answer is offered again in later procedures and calls; `practice` begins a rehearsal; `valid_until` is
    when the fact that is told expires, in Unix seconds.
    """

    name: str
    kind: StepKind
    prompt: str
    slot: str | None = None
    expects: str | None = None
    choices: tuple[str, ...] = ()
    routes: tuple[Route, ...] = ()
    to: Place | None = None
    no: Place | None = None
    unknown: Place | None = None
    other: Place | None = None
    more: bool = False
    sensitive: bool = False
    note: str | None = None
    lookup: str | None = None
    summary: bool = False
    reason: str | None = None
    priority: Priority = "normal"
    documents: tuple[str, ...] = ()
    title: str | None = None
    options: str | None = None
    brief: bool = False
    unknown_as: Value | None = None
    shared: bool = False
    practice: bool = False
    among: str | None = None
    unanswered: Place | None = None
    text: str | None = None
    fact: str | None = None
    valid_until: float | None = None

    def expecting(self) -> Expecting:
        """What this step waits for. Source: the step's kind."""
        kinds = {
            "say": "more",
            "confirm": "yes_no",
            "documents": "choice",
            "choose": self.expects or "choice",
        }
        kind = kinds.get(self.kind, self.expects or "intent")
        return Expecting(kind, self.choices + ((OTHER,) if self.other else ()), self.sensitive)

    @property
    def waits(self) -> bool:
        """True when the person must answer before the flow goes on."""
        return self.kind in ("ask", "choose", "confirm", "documents") or (self.kind == "say" and self.more)

    @property
    def expiring(self) -> tuple[str, ...]:
        """The prompt and the note that tell a fact which expires."""
        return () if self.valid_until is None else (self.prompt, *((self.note,) if self.note else ()))

    def next(self, slots: Mapping[str, Value]) -> Place | None:
        """The first fitting route, else `to`."""
        return next((route.to for route in self.routes if route.fits(slots)), self.to)
