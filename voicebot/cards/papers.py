"""The papers a procedure needs: everything its steps ask for, and what only some people must bring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from voicebot.cards.pictures import Pictures
from voicebot.dialogue.documents import prompts
from voicebot.dialogue.flow import Flow, Step
from voicebot.flows.graph import exits, reached


@dataclass(frozen=True)
class Paper:
    """A paper to bring, with the name of its pictogram; not `always` if only some people need it."""

    name: str
    picture: str
    always: bool


def papers(flow: Flow, label: Callable[[str], str], pictures: Pictures) -> tuple[Paper, ...]:
    """The papers of `flow`, those for everybody first, in the order of the steps."""
    asked = dict.fromkeys(document for step in _asking(flow) for document in step.documents)
    found = [
        Paper(label(prompts(document)["ask"]), pictures.paper(document), _is_always_asked(flow, document))
        for document in asked
    ]
    return tuple(sorted(found, key=lambda paper: not paper.always))


def _asking(flow: Flow) -> list[Step]:
    """The steps that ask for papers of this procedure itself, not of whichever one was remembered."""
    return [step for step in flow.steps.values() if not step.among]


def _is_always_asked(flow: Flow, document: str) -> bool:
    """Whether everybody who is asked for papers is asked for this one before the end."""
    asking = {name for name, step in flow.steps.items() if document in step.documents}
    for name in reached(flow, flow.start, asking):
        if flow.steps[name].documents and any(_lets_go(flow, end) for end in reached(flow, name, asking)):
            return False
    return True


def _lets_go(flow: Flow, name: str) -> bool:
    """Whether the procedure can end at this step."""
    step = flow.steps[name]
    return step.kind in ("end", "handoff") or any(way.to.flow != flow.name for way in exits(step, {}))
