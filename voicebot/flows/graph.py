"""Flows as a graph: the ways out of each step, and what is known when it is reached."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

from voicebot.dialogue.documents import slot
from voicebot.dialogue.flow import Flow, Flows, Route, Step
from voicebot.dialogue.meaning import YES
from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import LookupStep

#: If the lookups are unknown (None), what they fill is not checked.
Lookups = Mapping[str, Collection[str]]
_ALWAYS = frozenset({"textable", CONSENT})
T = TypeVar("T")
_IN_TOPIC = _ALWAYS | {"topic"}


@dataclass(frozen=True)
class Exit:
    """A way out of a step: by `name` (to, no, unknown, other, routes), filling the slots `fills`."""

    name: str
    to: Place
    fills: frozenset[str] = frozenset()
    index: int = 0
    route: Route | None = None

    @property
    def where(self) -> tuple[str | int, ...]:
        """Where it is written in the step's YAML."""
        return ("routes", self.index, "to") if self.route else (self.name,)


def exits(step: Step, lookups: Lookups) -> tuple[Exit, ...]:
    """All ways out of `step`, in the order in which they are tried."""
    filled = frozenset({step.slot} if step.slot else ()) | frozenset(lookups.get(step.lookup or "", ()))
    filled |= {slot(document) for document in step.documents}
    found = [Exit("routes", route.to, filled, index, route) for index, route in enumerate(step.routes)]
    plain = {"to": step.to, **step.ways}
    found += [Exit(name, to, _filled_by(step, name, filled)) for name, to in plain.items() if to]
    return tuple(found)


def _filled_by(step: Step, way: str, filled: frozenset[str]) -> frozenset[str]:
    """A failed lookup, "je ne sais pas" and a step that texters skip fill nothing; "no" is an answer."""
    failed = isinstance(step, LookupStep) and way == "no"
    return frozenset() if failed or way in ("unknown", "unanswered", "sms") else filled


def reached(flow: Flow, start: str, without: Collection[str] = ()) -> set[str]:
    """The steps of `flow` that can be reached from `start` while avoiding those in `without`."""
    ways = {
        name: [way.to.step for way in exits(step, {}) if way.to.flow == flow.name]
        for name, step in flow.steps.items()
    }
    onward = {name: [to for to in found if to in ways and to not in without] for name, found in ways.items()}
    return _closure([name for name in [start] if name in ways and name not in without], onward)


def leads_on(step: Step) -> bool:
    """Whether every answer leads somewhere: by `to`, by a route for each, or because the engine knows."""
    if step.to or step.kind in ("end", "handoff") or step.expecting().kind == "intent":
        return True
    routed = {value for route in step.routes if route.slot == step.slot for value in (*route.in_, route.is_)}
    answers = (YES,) if step.kind == "confirm" else (*step.choices, *step.unlisted)
    return bool(answers) and set(answers) <= routed


@dataclass(frozen=True)
class Graph:
    """All flows together. `topics` are what people can ask for, `dangers` the steps for emergencies."""

    flows: Flows
    lookups: Lookups
    topics: Collection[str]
    dangers: Collection[str]

    @cached_property
    def ways(self) -> dict[Place, tuple[Exit, ...]]:
        """The ways out of each place, without those that lead nowhere."""
        return {
            place: tuple(way for way in exits(step, self.lookups) if self.flows.has(way.to))
            for place, step in self.steps.items()
        }

    @cached_property
    def steps(self) -> dict[Place, Step]:
        """Every step by its place."""
        return {
            Place(flow.name, name): step
            for flow in self.flows.by_name.values()
            for name, step in flow.steps.items()
        }

    @cached_property
    def entries(self) -> dict[Place, frozenset[str]]:
        """Where the engine itself can start, with the slots it fills first."""
        flows = self.flows
        found = dict.fromkeys((flows.welcome, flows.question, flows.human, flows.another), _ALWAYS)
        found |= dict.fromkeys((flows.file_or_go_on, flows.no_flow, flows.follow_up), _IN_TOPIC)
        for name, flow in flows.by_name.items():
            if name in self.topics or name == flows.danger:
                found.setdefault(Place(name, flow.start), _IN_TOPIC)
        found |= {flows.after_danger: _IN_TOPIC, flows.wished: _ALWAYS}
        found |= {flows.danger_place(danger): _IN_TOPIC for danger in self.dangers}
        return {place: slots for place, slots in found.items() if flows.has(place)}

    def reached(self) -> set[Place]:
        """The places that a conversation can reach."""
        return _closure(self.entries, {place: [way.to for way in ways] for place, ways in self.ways.items()})

    def ending(self) -> set[Place]:
        """The places from which an end, a mediator or another procedure can be reached."""
        back: dict[Place, list[Place]] = {place: [] for place in self.ways}
        for place, ways in self.ways.items():
            for way in ways:
                back[way.to].append(place)
        ends = [place for place, step in self.steps.items() if _lets_go(step)]
        return _closure(ends, back)

    def is_over(self, place: Place, passed: frozenset[Place] = frozenset()) -> bool:
        """Whether the procedure asks nothing more from `place` on: what follows ends it, or a person."""
        step = self.steps[place]
        if place.flow in self._closing or step.kind in ("end", "handoff") or place == self.flows.human:
            return True
        if step.kind in ("ask", "choose", "confirm", "documents"):
            return False
        return place in passed or all(self.is_over(way.to, passed | {place}) for way in self.ways[place])

    @cached_property
    def _closing(self) -> frozenset[str]:
        return frozenset({self.flows.another.flow, self.flows.call_back.flow})

    def circle(self) -> tuple[Place, ...]:
        """Places that follow each other in a circle without waiting for the person, if there are any."""
        silent = {place: ways for place, ways in self.ways.items() if not self.steps[place].waits}
        order = TopologicalSorter({p: [w.to for w in ways if w.to in silent] for p, ways in silent.items()})
        try:
            order.prepare()
        except CycleError as error:
            # graphlib lists the circle from last to first, with the same place at both ends.
            return tuple(error.args[1][:0:-1])
        return ()

    def known(self, always: bool) -> dict[Place, frozenset[str]]:
        """The slots filled on arrival at each place: on every path there if `always`, else on some path."""
        filled = (slot for ways in self.ways.values() for way in ways for slot in way.fills)
        everything = _IN_TOPIC | frozenset(filled)
        slots = dict.fromkeys(self.steps, everything if always else frozenset())
        slots |= self.entries
        waiting = list(self.steps)
        while waiting:
            place = waiting.pop()
            for way in self.ways[place]:
                arriving = slots[place] | way.fills
                merged = slots[way.to] & arriving if always else slots[way.to] | arriving
                if merged != slots[way.to]:
                    slots[way.to] = merged
                    waiting.append(way.to)
        return slots


def _lets_go(step: Step) -> bool:
    return step.kind in ("end", "handoff") or step.expecting().kind == "intent"


def _closure(start: Iterable[T], following: Mapping[T, Iterable[T]]) -> set[T]:
    seen: set[T] = set()
    waiting = list(start)
    while waiting:
        place = waiting.pop()
        if place not in seen:
            seen.add(place)
            waiting += following[place]
    return seen
