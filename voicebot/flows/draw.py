"""A flow as a picture: its boxes and arrows, also as Mermaid text. `svg.py` draws the same ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from voicebot.datafile import read
from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import Flow, Route, Step
from voicebot.dialogue.meaning import NO, YES
from voicebot.dialogue.session import Place
from voicebot.flows.graph import Exit, exits
from voicebot.packaged import packaged

#: Returns the words of a prompt key, or of the label key of a choice.
Caption = Callable[[str], str]

_WORDS = packaged("flows", "fr", "drawing.yaml")
#: Mermaid's brackets for each kind. Source: the Mermaid documentation, "Flowcharts: node shapes".
_SHAPES = {
    "ask": ("[/", "/]"),
    "choose": ("{{", "}}"),
    "confirm": ("{", "}"),
    "documents": ("[/", "\\]"),
    "end": ("([", "])"),
    "handoff": ("[[", "]]"),
    "lookup": ("[(", ")]"),
    "elsewhere": (">", "]"),
}


@dataclass(frozen=True)
class Box:
    """One step, or a step of another flow that this one leads to (`kind` "elsewhere")."""

    id: str
    kind: str
    heading: str
    text: str


@dataclass(frozen=True)
class Arrow:
    """A path from one box to another; `label` is its condition, empty if it is the only one."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Sketch:
    """What is to be drawn."""

    flow: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def sketch(flow: Flow, caption: Caption) -> Sketch:
    """The boxes and arrows of `flow`, its first step first."""
    order = sorted(flow.steps.values(), key=lambda step: step.name != flow.start)
    kinds = words()["kinds"]
    boxes = {step.name: Box(step.name, step.kind, kinds[step.kind], _said(step, caption)) for step in order}
    arrows: list[Arrow] = []
    for step in order:
        for target, label in _ways(flow, step, caption).items():
            name = _box_id(flow, step, target)
            boxes.setdefault(name, Box(name, "elsewhere", kinds["elsewhere"], f"{target.flow}.{target.step}"))
            arrows.append(Arrow(step.name, name, label))
    return Sketch(flow.name, tuple(boxes.values()), tuple(arrows))


def mermaid(flow: Flow, caption: Caption) -> str:
    """`flow` as a Mermaid flowchart."""
    drawn = sketch(flow, caption)
    # Mermaid reserves some words, among them "end", hence numbered ids.
    ids = {box.id: f"n{number}" for number, box in enumerate(drawn.boxes)}
    lines = ["flowchart TD"]
    for box in drawn.boxes:
        opening, closing = _SHAPES.get(box.kind, ("[", "]"))
        lines.append(f"    {ids[box.id]}{opening}{_quoted(*_named(box))}{closing}")
    for arrow in drawn.arrows:
        when = f"|{_quoted(arrow.label)}|" if arrow.label else ""
        lines.append(f"    {ids[arrow.source]} -->{when} {ids[arrow.target]}")
    return "\n".join(lines) + "\n"


@cache
def words() -> Mapping[str, Any]:
    """The French words of drawings."""
    data: Mapping[str, Any] = read(_WORDS).data
    return data


def _named(box: Box) -> tuple[str, ...]:
    return (box.text,) if box.kind == "elsewhere" else (box.id, box.text)


def _said(step: Step, caption: Caption) -> str:
    if step.kind == "lookup":
        return step.lookup or step.name
    papers = ", ".join(caption(f"{prompts(document)['ask']}:label") for document in step.documents)
    return papers or caption(step.prompt)


def _box_id(flow: Flow, step: Step, target: Place) -> str:
    """Another flow gets its own box at each step that leads there, which avoids long lines."""
    return target.step if target.flow == flow.name else f"{step.name}>{target.flow}.{target.step}"


def _ways(flow: Flow, step: Step, caption: Caption) -> dict[Place, str]:
    """Where the step leads and when: all paths to the same place share one arrow."""
    ways = exits(step, {})
    found: dict[Place, list[str]] = {}
    for way in ways:
        found.setdefault(way.to, []).append(_when(flow, step, way, caption))
    if len(found) == 1 and step.kind != "confirm":
        return dict.fromkeys(found, "")
    return {place: words()["conditions"]["or"].join(dict.fromkeys(labels)) for place, labels in found.items()}


def _when(flow: Flow, step: Step, way: Exit, caption: Caption) -> str:
    names = words()["exits"]
    if way.route:
        return _condition(flow, step, way.route, caption)
    if step.kind == "lookup" and not step.routes:
        return str(names["failed" if way.name == "no" else "found"])
    if step.kind == "confirm" and way.name == "to" and not step.routes:
        return str(names["yes"])
    return str(names[way.name])


def _condition(flow: Flow, step: Step, route: Route, caption: Caption) -> str:
    forms = words()["conditions"]
    if route.below is not None:
        return str(forms["below"].format(value=f"{route.below:g}"))
    if route.at_least is not None:
        return str(forms["at_least"].format(value=f"{route.at_least:g}"))
    values = [route.is_] if route.is_ is not None else list(route.in_)
    named = str(forms["or"]).join(_value(flow, route.slot, str(value), caption) for value in values)
    return named if route.slot == step.slot else str(forms["is"].format(slot=route.slot, value=named))


def _value(flow: Flow, slot: str, value: str, caption: Caption) -> str:
    """A choice by its name, yes and no in French, anything else as written."""
    if value in (YES, NO):
        return str(words()["exits"][value])
    offering = _offering(flow, slot, value)
    return next((caption(f"{step.choice_names}.{value}") for step in offering), value)


def _offering(flow: Flow, slot: str, value: str) -> Iterator[Step]:
    return (step for step in flow.steps.values() if step.slot == slot and value in step.choices)


def _quoted(*lines: str) -> str:
    text = "<br/>".join(
        line.replace("&", "#amp;").replace('"', "#quot;").replace("<", "#lt;") for line in lines
    )
    return f'"{text}"'
