"""Reading the flow files into the core's `Flows`, remembering where each step was written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from voicebot.datafile import DataFile, Finding, names, raise_if_any, read, read_layers, topmost, validate
from voicebot.dialogue.flow import Flow, Flows, Route, Step
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import KINDS
from voicebot.flows.schema import DOCUMENTS_SHAPE, SHAPE, FlowFile, RouteItem, StepItem

#: The file in the folder that lists the papers; all others are procedures.
DOCUMENTS: Final = "documents.yaml"
_TARGETS: Final = ("to", "no", "unknown", "other", "unanswered", "sms")
#: The fields that name a prompt.
_KEYS: Final = ("note", "text")
_PARIS: Final = ZoneInfo("Europe/Paris")


@dataclass(frozen=True)
class Written:
    """What a folder of flow files says: the flows that could be read, their files, and what is wrong.

    `documents` are the papers that can be asked for; `cards` the prompts that a flow puts on its card.
    """

    flows: Flows
    files: Mapping[str, DataFile]
    findings: tuple[Finding, ...] = ()
    documents: frozenset[str] = frozenset()
    cards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def finding(self, code: str, place: Place, *within: str | int, **words: object) -> Finding:
        """The finding `code` about a part of the step at `place`."""
        return self.files[place.flow].finding(code, "steps", place.step, *within, **words)


def load_flows(*folders: Path) -> Flows:
    """All flows in the folders. Raises DataError with a line for each thing that makes a file unreadable."""
    written = read_flows(*folders)
    raise_if_any(written.findings)
    return written.flows


def read_flows(*folders: Path) -> Written:
    """Read every YAML file in the folders; a file with errors yields findings instead of a flow.

    A flow replaces the one of the same name in the folders before; papers are laid over theirs one by one.
    """
    flows: dict[str, Flow] = {}
    files: dict[str, DataFile] = {}
    cards: dict[str, tuple[str, ...]] = {}
    documents, findings = _documents(folders)
    for name in names(folders):
        if name == DOCUMENTS:
            continue
        path = topmost(name, folders)
        file = read(path)
        shaped, wrong = validate(file, SHAPE.validate_python)
        findings += wrong
        if shaped is None:
            continue
        if shaped.flow != path.stem:
            findings.append(file.finding("file_name", "flow", flow=shaped.flow, stem=path.stem))
        flows[shaped.flow], files[shaped.flow] = _flow(shaped), file
        cards[shaped.flow] = tuple(_key(shaped.flow, line) for line in shaped.card)
    return Written(Flows(flows), files, tuple(findings), documents, cards)


def list_flows(flows: Flows) -> list[tuple[str, int, int]]:
    """Name, number of steps and number of questions of each flow, sorted by name."""
    counted = (
        (name, len(flow.steps), sum(step.waits for step in flow.steps.values()))
        for name, flow in flows.by_name.items()
    )
    return sorted(counted)


@dataclass(frozen=True, order=True)
class Stale:
    """A fact that must no longer be told, where to look it up, and the `steps` that now do without it."""

    expired: date
    flow: str
    about: str
    source: str
    steps: tuple[str, ...]


def stale(flows: Flows, today: date) -> list[Stale]:
    """The facts that expired before `today`, the longest expired first."""
    return sorted(
        Stale(expires, name, str(fact["about"]), str(fact["source"]), _telling(flow, fact["name"]))
        for name, flow in flows.by_name.items()
        for fact in flow.facts
        if isinstance(expires := fact["expires"], date) and expires < today
    )


def _telling(flow: Flow, fact: object) -> tuple[str, ...]:
    return tuple(step.name for step in flow.steps.values() if fact and step.fact == fact)


def _documents(folders: Sequence[Path]) -> tuple[frozenset[str], list[Finding]]:
    """The papers in documents.yaml; folders without the file have none."""
    if not topmost(DOCUMENTS, folders).exists():
        return frozenset(), []
    shaped, wrong = validate(read_layers(DOCUMENTS, folders), DOCUMENTS_SHAPE.validate_python)
    return frozenset(shaped.documents if shaped else ()), list(wrong)


def _flow(file: FlowFile) -> Flow:
    ends = {fact.name: _end_of(fact.expires) for fact in file.facts if fact.name and fact.expires}
    steps = {
        name: _step(file.flow, name, item, ends.get(getattr(item, "fact", None) or ""))
        for name, item in file.steps.items()
    }
    facts = tuple(fact.model_dump() for fact in file.facts)
    return Flow(file.flow, file.start, steps, facts, file.rehearsed)


def _end_of(day: date) -> float:
    """The end of `day` in Paris, in Unix seconds."""
    return datetime.combine(day + timedelta(days=1), time(), _PARIS).timestamp()


def _step(flow: str, name: str, item: StepItem, valid_until: float | None) -> Step:
    """The core's step: fields keep their names; names become places and prompt keys."""
    fields: dict[str, Any] = item.model_dump(exclude={"kind", "routes", "prompt", *_KEYS, *_TARGETS})
    keys: dict[str, Any] = {field: _key(flow, key) for field in _KEYS if (key := getattr(item, field, None))}
    targets: dict[str, Any] = {
        field: _place(flow, target)
        for field in _TARGETS
        if (target := getattr(item, field, None)) is not None
    }
    routes: tuple[RouteItem, ...] = getattr(item, "routes", ())
    return KINDS[item.kind](
        name=name,
        prompt=_key(flow, item.prompt or name),
        routes=tuple(_route(flow, route) for route in routes),
        valid_until=valid_until,
        **fields,
        **keys,
        **targets,
    )


def _route(flow: str, item: RouteItem) -> Route:
    when = item.when
    return Route(_place(flow, item.to), when.slot, when.is_, when.in_, when.below, when.at_least)


def _place(flow: str, target: str) -> Place:
    return Place(*_key(flow, target).split("."))


def _key(flow: str, name: str) -> str:
    return name if "." in name else f"{flow}.{name}"
