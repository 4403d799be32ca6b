"""What is checked: the flows as written, what other parts of the program know, and what follows from both.

Prompts and understanding come in as plain mappings and sets, because siblings do not import each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import PurePath
from typing import Protocol

from voicebot.dialogue.documents import slot
from voicebot.dialogue.flow import Step
from voicebot.dialogue.memory import CONSENT
from voicebot.dialogue.session import Place
from voicebot.flows.graph import Graph
from voicebot.flows.load import Written

#: How alike two names are, from 0 to 1, when one is probably the other misspelt.
_CLOSE = 0.65


class PromptView(Protocol):
    """What the checks need to know about a prompt: its place, slots, labels and named choices."""

    @property
    def file(self) -> str:
        """The file as shown to people."""

    @property
    def line(self) -> int:
        """The line where it begins, 1-based."""

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
    """What other parts know.

    `choices` can be understood, `topics` have a name, `lookups` fill slots (None: not checked), `dangers`
    have a step of their own. `beneath` are files that an association lays its own over: what they hold in
    excess is not a mistake.
    """

    choices: Collection[str]
    topics: Collection[str]
    lookups: Mapping[str, Collection[str]] | None = None
    dangers: Collection[str] = ()
    beneath: Collection[str] = frozenset()


@dataclass(frozen=True)
class Checked:
    """The flows and everything known about them."""

    written: Written
    prompts: Mapping[str, PromptView]
    known: Known

    @cached_property
    def laid_over(self) -> frozenset[str]:
        """The procedures whose sentences may be ours and the association's together."""
        return frozenset(PurePath(name).stem for name in self.known.beneath)

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
        """Every slot that says whether the person has a paper."""
        return frozenset(slot(each) for step in self.graph.steps.values() for each in step.documents)

    @cached_property
    def looked_up(self) -> frozenset[str]:
        """Every slot that a known lookup fills."""
        return frozenset(slot for filled in self.graph.lookups.values() for slot in filled)

    def filled_by(self, step: Step) -> frozenset[str]:
        """The slots that the lookup or the papers of `step` fill."""
        return frozenset(self.graph.lookups.get(step.lookup or "", ())) | {*map(slot, step.documents)}

    @cached_property
    def misspelt(self) -> dict[str, str]:
        """Prompts that steps name and nobody wrote, each with one of the same file that no step names."""
        named = {step.prompt for step in self.graph.steps.values() if step.kind != "lookup"}
        named |= {key for step in self.graph.steps.values() for key in (step.note, step.text) if key}
        unnamed = set(self.prompts) - named
        found = {}
        for key in sorted(named - set(self.prompts)):
            beside = [other for other in unnamed if other.partition(".")[0] == key.partition(".")[0]]
            close = get_close_matches(key, sorted(beside), n=1, cutoff=_CLOSE)
            found.update({key: close[0]} if close else {})
        return found

    def slips(self, step: Step) -> dict[str, str]:
        """Choices of `step` that are known nowhere, each with the named choice that it probably is."""
        prompt = self.prompts.get(step.choice_names) if step.choices else None
        if prompt is None or step.expecting().kind == "intent":
            return {}
        spare = sorted(set(prompt.options) - set(step.choices))
        unknown = [one for one in step.choices if one not in prompt.options]
        close = {one: get_close_matches(one, spare, n=1, cutoff=_CLOSE) for one in unknown}
        return {one: found[0] for one, found in close.items() if found}

    def slipped(self, slot: str) -> frozenset[str]:
        """The choices meant where steps that fill `slot` misspell them: routes that name them are right."""
        steps = self.setters.get(slot, ())
        return frozenset(meant for step in steps for meant in self.slips(step).values())

    def can_be_filled(self, slot: str) -> bool:
        """Whether something fills `slot`; if the lookups are unknown, any of them might."""
        unknown = self.known.lookups is None and any(step.lookup for step in self.graph.steps.values())
        return unknown or slot in self.slots

    @cached_property
    def sometimes(self) -> dict[Place, frozenset[str]]:
        """The slots that may be filled on arrival at each place."""
        return self.graph.known(always=False)

    @cached_property
    def surely(self) -> dict[Place, frozenset[str]]:
        """The slots that are filled on arrival at each place, whatever the path."""
        return self.graph.known(always=True)
