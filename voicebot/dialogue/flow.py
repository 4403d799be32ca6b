"""Flows as the core sees them: procedures made of steps, already checked by `voicebot.flows`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from voicebot.dialogue.documents import about_paper
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import OTHER, SAFE, DocumentsStep, Route, Step, StepKind

__all__ = ["OTHER", "SAFE", "Flow", "Flows", "Route", "Step", "StepKind"]


@dataclass(frozen=True)
class Flow:
    """A procedure: named steps, the first of which is `start`. If not `rehearsed`, it is always real."""

    name: str
    start: str
    steps: Mapping[str, Step]
    facts: tuple[Mapping[str, object], ...] = ()
    rehearsed: bool = True


@dataclass(frozen=True)
class Flows:
    """All flows by name, and the fixed places to which the engine itself goes."""

    by_name: Mapping[str, Flow]
    welcome: Place = field(default=Place("accueil", "bonjour"))
    question: Place = field(default=Place("accueil", "question"))
    human: Place = field(default=Place("accueil", "conseiller"))
    no_flow: Place = field(default=Place("accueil", "numero"))
    another: Place = field(default=Place("cloture", "autre"))
    call_back: Place = field(default=Place("rappel", "horaires"))
    wished: Place = field(default=Place("rappel", "souhait"))
    waiting: Place = field(default=Place("accueil", "attend"))
    follow_up: Place = field(default=Place("suivi", "question"))
    danger: str = "urgence"
    after_danger: Place = field(default=Place("urgence", "suite"))
    guard: str = "arnaque"
    file: str = "mon_dossier"
    file_or_go_on: Place = field(default=Place("mon_dossier", "en_cours"))

    @cached_property
    def shared(self) -> frozenset[str]:
        """The slots whose answers are offered again later instead of being asked for."""
        steps = (step for flow in self.by_name.values() for step in flow.steps.values())
        return frozenset(step.slot for step in steps if step.shared and step.slot)

    @cached_property
    def shared_kinds(self) -> Mapping[str, str]:
        """The shared slot that an answer of each kind fills, without closed questions."""
        steps = (step for flow in self.by_name.values() for step in flow.steps.values())
        asked = ((step.expecting(), step.slot) for step in steps if step.shared and step.slot)
        return {expecting.kind: slot for expecting, slot in asked if not expecting.closed}

    @cached_property
    def expiring(self) -> Mapping[str, float]:
        """The prompts and notes that tell a fact, and until when it may be told, in Unix seconds."""
        steps = (step for flow in self.by_name.values() for step in flow.steps.values())
        return {key: step.valid_until for step in steps for key in step.expiring if step.valid_until}

    def step(self, place: Place) -> Step:
        """The step at `place`; KeyError if the flow or the step is unknown."""
        step = self.by_name[place.flow].steps[place.step]
        return about_paper(step, place) if place.part and isinstance(step, DocumentsStep) else step

    def has(self, place: Place) -> bool:
        """Whether `place` exists, for places remembered from an older version of a flow."""
        flow = self.by_name.get(place.flow)
        step = flow.steps.get(place.step) if flow else None
        papers = place.document.split(",") if place.document else ()
        return step is not None and set(papers) <= set(step.documents)

    def start(self, topic: str) -> Place | None:
        """Where the procedure `topic` begins; None if it has no flow yet."""
        flow = self.by_name.get(topic)
        return Place(topic, flow.start) if flow else None

    def human_for(self, topic: str | None) -> Place:
        """Where somebody talking about `topic` is handed to a person: in danger, as somebody in danger."""
        urgent = Place(self.danger, "humain")
        return urgent if topic == self.danger and self.has(urgent) else self.human

    def danger_place(self, danger: str) -> Place:
        """Where help for `danger` begins: its own step, else the start of the danger flow."""
        own = Place(self.danger, danger)
        return own if self.has(own) else self.start(self.danger) or self.human
