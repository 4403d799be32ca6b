"""What is wrong with the flows, told to the people who write them: file, line, and how to put it right.

Prompts and understanding come in as plain mappings and sets, because siblings do not import each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from voicebot.datafile import Finding, finding
from voicebot.dialogue.flow import OTHER, Route, Step
from voicebot.dialogue.meaning import NO, YES
from voicebot.dialogue.session import Place
from voicebot.flows.graph import Graph, exits, leads_on
from voicebot.flows.load import Written

MOST_CHOICES = 4
_NUMERIC = frozenset({"number", "age", "amount", "month"})


class PromptView(Protocol):
    """What the check needs to know of a prompt: where it is written, its slots, labels and named choices."""

    @property
    def file(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def slots(self) -> frozenset[str]: ...
    @property
    def named_slots(self) -> frozenset[str]: ...
    @property
    def label(self) -> str | None: ...
    @property
    def options(self) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Known:
    """What the other parts know: `choices` that can be understood, `topics` that have a name,
    `lookups` with the slots each fills (None: not checked), names of `dangers`."""

    choices: Collection[str]
    topics: Collection[str]
    lookups: Mapping[str, Collection[str]] | None = None
    dangers: Collection[str] = ()


@dataclass(frozen=True)
class _Checked:
    written: Written
    prompts: Mapping[str, PromptView]
    known: Known
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        known = self.known
        graph = Graph(self.written.flows, known.lookups or {}, known.topics, known.dangers)
        object.__setattr__(self, "graph", graph)

    @cached_property
    def setters(self) -> dict[str, list[Step]]:
        """The steps that fill each slot."""
        found: dict[str, list[Step]] = {}
        for step in self.graph.steps.values():
            if step.slot:
                found.setdefault(step.slot, []).append(step)
        return found

    @cached_property
    def slots(self) -> frozenset[str]:
        """Every slot that something fills."""
        looked_up = {slot for filled in self.graph.lookups.values() for slot in filled}
        return frozenset(self.setters) | looked_up | {"textable", "topic"}

    @cached_property
    def sometimes(self) -> dict[Place, frozenset[str]]:
        return self.graph.known(always=False)

    @cached_property
    def surely(self) -> dict[Place, frozenset[str]]:
        return self.graph.known(always=True)


_StepCheck = Callable[[_Checked, Place, Step], Iterator[Finding]]


def check(written: Written, prompts: Mapping[str, PromptView], known: Known) -> list[Finding]:
    """Everything wrong with the flows together, by file and line; an empty list when all is well."""
    checked = _Checked(written, prompts, known)
    found = set(_whole(checked))
    for place, step in checked.graph.steps.items():
        for each in _STEP_CHECKS:
            found.update(each(checked, place, step))
    return sorted(found)


def _whole(checked: _Checked) -> Iterator[Finding]:
    graph, written = checked.graph, checked.written
    for flow in written.flows.by_name.values():
        if flow.start not in flow.steps:
            yield written.files[flow.name].finding("unknown_start", "start", step=flow.start)
    reached, ending = graph.reached(), graph.ending()
    for place in graph.steps:
        if place not in reached:
            yield written.finding("unreachable", place, step=place.step)
        elif place not in ending:
            yield written.finding("never_ends", place, step=place.step)
    circle = graph.circle()
    if circle:
        steps = " → ".join(place.step for place in (*circle, circle[0]))
        yield written.finding("endless_loop", circle[0], steps=steps)
    yield from _unused_prompts(checked)


def _unused_prompts(checked: _Checked) -> Iterator[Finding]:
    steps = checked.graph.steps
    used = {f"{place.flow}.{place.step}" for place in steps}
    used |= {key for step in steps.values() for key in (step.prompt, step.note) if key}
    for key, prompt in checked.prompts.items():
        if key.split(".")[0] in checked.written.flows.by_name and key not in used:
            yield finding("unused_prompt", prompt.file, prompt.line, prompt=key)


def _targets(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    flows = checked.written.flows
    for way in exits(step, {}):
        if way.to.flow not in flows.by_name:
            yield checked.written.finding("unknown_flow", place, *way.where, flow=way.to.flow)
        elif not flows.has(way.to):
            yield checked.written.finding("unknown_step", place, *way.where, to=way.to.step)
    if not leads_on(step):
        yield checked.written.finding("no_way_out", place, step=step.name)


def _answers(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    """The step keeps its answer, and its routes can ever fit."""
    if step.kind == "ask" and not step.slot and step.expects != "intent":
        yield checked.written.finding("missing_slot", place, step=step.name)
    for index, route in enumerate(step.routes):
        within = ("routes", index, "when", "slot")
        if route.slot not in checked.slots:
            if checked.known.lookups is not None or not _after_lookup(checked):
                yield checked.written.finding("unknown_slot", place, *within, slot=route.slot)
        elif route.slot not in checked.sometimes[place] | {step.slot} | _looked_up(checked, step):
            yield checked.written.finding("slot_too_early", place, *within, step=step.name, slot=route.slot)
        yield from _never_fits(checked, place, index, route)


def _after_lookup(checked: _Checked) -> bool:
    return any(step.kind == "lookup" for step in checked.graph.steps.values())


def _looked_up(checked: _Checked, step: Step) -> frozenset[str]:
    return frozenset(checked.graph.lookups.get(step.lookup or "", ()))


def _never_fits(checked: _Checked, place: Place, index: int, route: Route) -> Iterator[Finding]:
    possible = _possible(checked, route.slot)
    if possible is None:
        return
    compared = {"is": (route.is_,), "in": route.in_}
    for word, values in compared.items():
        for value in values:
            if value is not None and value not in possible:
                words = {"slot": route.slot, "value": value, "expected": ", ".join(sorted(possible))}
                yield checked.written.finding("never_fits", place, "routes", index, "when", word, **words)


def _possible(checked: _Checked, slot: str) -> set[str] | None:
    """The values that the slot can have when all of them can be listed, else None."""
    if slot == "textable":
        return {YES, NO}
    looked_up = any(slot in filled for filled in checked.graph.lookups.values())
    kinds = [step.expecting() for step in checked.setters.get(slot, ())]
    if looked_up or not kinds or any(expecting.kind not in ("yes_no", "choice") for expecting in kinds):
        return None
    return {answer for expecting in kinds for answer in expecting.answers}


def _choices(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    if step.kind != "choose":
        return
    written, open_ = checked.written, step.expects == "intent"
    if len(step.choices) > MOST_CHOICES:
        count = len(step.choices)
        yield written.finding("too_many_choices", place, "choices", count=count, most=MOST_CHOICES)
    if not step.choices:
        yield written.finding("no_choices", place, "choices")
    for index, choice in enumerate(step.choices):
        if open_ and choice not in checked.known.topics:
            yield written.finding("unknown_topic", place, "choices", index, choice=choice)
        elif not open_ and choice not in checked.known.choices:
            yield written.finding("missing_phrases", place, "choices", index, choice=choice)
    if not open_:
        yield from _labels(checked, place, step)


def _labels(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    """Each choice has a name, each name a choice, and both stand in the order of the keys."""
    key = f"{place.flow}.{place.step}"
    prompt = checked.prompts.get(key)
    named = tuple(value for value in prompt.options if value != OTHER) if prompt else ()
    for index, choice in enumerate(step.choices):
        if choice not in named:
            yield checked.written.finding("missing_label", place, "choices", index, choice=choice, prompt=key)
    for value in set(named) - set(step.choices):
        assert prompt
        yield finding("unused_label", prompt.file, prompt.line, choice=value, step=step.name)
    if prompt and set(named) == set(step.choices) and named != step.choices:
        expected = ", ".join(step.choices)
        yield finding("label_order", prompt.file, prompt.line, step=step.name, expected=expected)


def _lookups(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    lookups = checked.known.lookups
    if step.lookup and lookups is not None and step.lookup not in lookups:
        words = {"lookup": step.lookup, "expected": ", ".join(sorted(lookups))}
        yield checked.written.finding("unknown_lookup", place, "lookup", **words)


def _prompts(checked: _Checked, place: Place, step: Step) -> Iterator[Finding]:
    written = checked.written
    for field_, key in (("prompt", None if step.kind == "lookup" else step.prompt), ("note", step.note)):
        prompt = checked.prompts.get(key) if key else None
        if key and prompt is None:
            yield written.finding("missing_prompt", place, field_, step=step.name, prompt=key)
        elif prompt:
            yield from _placeholders(checked, place, step, field_, prompt)
    own = checked.prompts.get(f"{place.flow}.{place.step}")
    if step.waits and step.slot and not (own and own.label):
        at = (own.file, own.line) if own else (written.files[place.flow].name, 1)
        if own:
            yield finding("missing_name", *at, prompt=f"{place.flow}.{place.step}")


def _placeholders(
    checked: _Checked, place: Place, step: Step, field_: str, prompt: PromptView
) -> Iterator[Finding]:
    for slot in sorted(prompt.slots - checked.surely[place]):
        code = "unknown_slot" if slot not in checked.slots else "slot_may_miss"
        if code == "unknown_slot" and checked.known.lookups is None and _after_lookup(checked):
            continue
        if code == "slot_may_miss" and slot not in checked.sometimes[place]:
            code = "slot_too_early"
        yield checked.written.finding(code, place, field_, step=step.name, slot=slot)
    for slot in sorted(prompt.named_slots):
        named = checked.prompts.get(f"{place.flow}.{slot}")
        if not (named and named.options):
            yield finding("placeholder_option", prompt.file, prompt.line, slot=slot)


_STEP_CHECKS: tuple[_StepCheck, ...] = (_targets, _answers, _choices, _lookups, _prompts)
