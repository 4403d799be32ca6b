"""Flows as the core sees them: steps and routes, already checked by `voicebot.flows`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.action import Priority
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.session import Place

StepKind = Literal["say", "ask", "choose", "confirm", "lookup", "handoff", "end"]


#: The value of the answer "autre chose", offered last where a step says where it leads (`other`).
OTHER = "autre"


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
    `unknown` where "je ne sais pas" goes; `other` where "autre chose" goes; `more` makes a `say` wait for
    "suite"; `note` is the prompt key that goes into the SMS summary; `lookup` names a lookup.
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

    def expecting(self) -> Expecting:
        """What this step waits for. Source: the step's kind."""
        kinds = {"say": "more", "confirm": "yes_no", "choose": self.expects or "choice"}
        kind = kinds.get(self.kind, self.expects or "intent")
        return Expecting(kind, self.choices + ((OTHER,) if self.other else ()), self.sensitive)

    @property
    def waits(self) -> bool:
        """True when the person must answer before the flow goes on."""
        return self.kind in ("ask", "choose", "confirm") or (self.kind == "say" and self.more)

    def next(self, slots: Mapping[str, Value]) -> Place | None:
        """The first fitting route, else `to`."""
        return next((route.to for route in self.routes if route.fits(slots)), self.to)


@dataclass(frozen=True)
class Flow:
    """A procedure: named steps, the first of which is `start`."""

    name: str
    start: str
    steps: Mapping[str, Step]
    facts: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class Flows:
    """All flows by name, and the fixed places the engine itself goes to."""

    by_name: Mapping[str, Flow]
    welcome: Place = field(default=Place("accueil", "bonjour"))
    question: Place = field(default=Place("accueil", "question"))
    human: Place = field(default=Place("accueil", "conseiller"))
    no_flow: Place = field(default=Place("accueil", "numero"))
    danger: str = "urgence"

    def step(self, place: Place) -> Step:
        """The step at `place`; KeyError when the flow or the step is unknown."""
        return self.by_name[place.flow].steps[place.step]

    def has(self, place: Place) -> bool:
        """Whether `place` exists, for places remembered from an older version of a flow."""
        flow = self.by_name.get(place.flow)
        return flow is not None and place.step in flow.steps

    def start(self, topic: str) -> Place | None:
        """Where the procedure `topic` begins, None when it has no flow yet."""
        flow = self.by_name.get(topic)
        return Place(topic, flow.start) if flow else None

    def danger_place(self, danger: str) -> Place:
        """Where help for `danger` begins: its own step, else the start of the danger flow."""
        own = Place(self.danger, danger)
        return own if self.has(own) else self.start(self.danger) or self.human
