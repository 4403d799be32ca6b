"""What is checked: the flows as written, with what the other parts know, and what follows from both.

Prompts and understanding come in as plain mappings and sets, because siblings do not import each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from voicebot.dialogue.documents import slot
from voicebot.dialogue.flow import Step
from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.session import Place
from voicebot.flows.graph import Graph
from voicebot.flows.load import Written


class PromptView(Protocol):
    """What the check needs to know of a prompt: where it is written, its slots, labels and named choices."""

    @property
    def file(self) -> str:
        """The file as shown to people."""

    @property
    def line(self) -> int:
        """Where it begins, 1-based."""

    @property
    def slots(self) -> frozenset[str]:
        """The slots it says."""

    @property
    def named_slots(self) -> frozenset[str]:
        """The slots it says by the name of the choice."""

    @property
    def label(self) -> str | None:
        """The short name of the question."""

    @property
    def options(self) -> Mapping[str, str]:
        """The names of the choices, in the order of their keys."""


@dataclass(frozen=True)
class Known:
    """What the other parts know: `choices` that can be understood, `topics` that have a name,
    `lookups` with the slots each fills (None: not checked), names of `dangers`."""

    choices: Collection[str]
    topics: Collection[str]
    lookups: Mapping[str, Collection[str]] | None = None
    dangers: Collection[str] = ()


@dataclass(frozen=True)
class Checked:
    """The flows with all that is known about them."""

    written: Written
    prompts: Mapping[str, PromptView]
    known: Known

    @cached_property
    def graph(self) -> Graph:
        """All flows as one graph."""
        known = self.known
        return Graph(self.written.flows, known.lookups or {}, known.topics, known.dangers)

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
        return frozenset(self.setters) | self.document_slots | self.looked_up | {"textable", "topic", CONSENT}

    @cached_property
    def document_slots(self) -> frozenset[str]:
        """Every slot that tells whether the person has a paper."""
        return frozenset(slot(each) for step in self.graph.steps.values() for each in step.documents)

    @cached_property
    def looked_up(self) -> frozenset[str]:
        """Every slot that a known lookup fills."""
        return frozenset(slot for filled in self.graph.lookups.values() for slot in filled)

    def filled_by(self, step: Step) -> frozenset[str]:
        """The slots that the lookup or the papers of `step` fill."""
        return frozenset(self.graph.lookups.get(step.lookup or "", ())) | {*map(slot, step.documents)}

    def can_be_filled(self, slot: str) -> bool:
        """Whether something fills `slot`; while lookups are not known, any of them might."""
        unknown = self.known.lookups is None and any(step.lookup for step in self.graph.steps.values())
        return unknown or slot in self.slots

    @cached_property
    def sometimes(self) -> dict[Place, frozenset[str]]:
        """The slots that can be filled on arrival at each place."""
        return self.graph.known(always=False)

    @cached_property
    def surely(self) -> dict[Place, frozenset[str]]:
        """The slots that are filled on arrival at each place, whatever the way."""
        return self.graph.known(always=True)
