"""Names of steps put right where only a letter or two is wrong, so that what follows is not told as well."""

from __future__ import annotations

from dataclasses import fields, replace
from difflib import get_close_matches
from typing import Any, Final

from voicebot.dialogue.flow import Flow, Flows, Step
from voicebot.dialogue.session import Place
from voicebot.flows.load import Written

#: How alike two names are, from 0 to 1, when one is probably the other misspelt.
CLOSE: Final = 0.65
_WAYS: Final = frozenset({"to", "no", "unknown", "other", "unanswered"})


def respelt(written: Written) -> Written:
    """The flows with each misspelt name of a step replaced by the step that was probably meant."""
    flows = written.flows
    by_name = {name: _flow(flow, flows) for name, flow in flows.by_name.items()}
    return replace(written, flows=replace(flows, by_name=by_name))


def meant(flows: Flows, place: Place) -> Place:
    """`place` if it is there, else the one that was probably meant, else `place`."""
    if flows.has(place):
        return place
    flow = place.flow if place.flow in flows.by_name else _close(place.flow, flows.by_name)
    known = flows.by_name.get(flow)
    if known is None:
        return place
    step = place.step if place.step in known.steps else _close(place.step, known.steps)
    return Place(flow, step) if step else place


def _close(name: str, known: Any) -> str:
    return next(iter(get_close_matches(name, list(known), n=1, cutoff=CLOSE)), "")


def _flow(flow: Flow, flows: Flows) -> Flow:
    steps = {name: _step(step, flows) for name, step in flow.steps.items()}
    start = flow.start if flow.start in flow.steps else _close(flow.start, flow.steps) or flow.start
    return replace(flow, steps=steps, start=start)


def _step(step: Step, flows: Flows) -> Step:
    ways = {one.name: getattr(step, one.name) for one in fields(step) if one.name in _WAYS}
    right: dict[str, Any] = {name: meant(flows, place) for name, place in ways.items() if place}
    routes = tuple(replace(route, to=meant(flows, route.to)) for route in step.routes)
    return replace(step, routes=routes, **right)
