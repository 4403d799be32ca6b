"""What is wrong with the flows, told to the people who write them: file, line, and how to put it right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voicebot.datafile import Finding, finding
from voicebot.dialogue.documents import ANSWER_NAMES, COMPLETE, LACKING, prompts
from voicebot.dialogue.flow import SAFE
from voicebot.flows.load import Written
from voicebot.flows.step_checks import STEP_CHECKS
from voicebot.flows.subject import Checked, Known, PromptView

__all__ = ["Known", "PromptView", "check"]


def check(written: Written, prompts: Mapping[str, PromptView], known: Known) -> list[Finding]:
    """Everything wrong with the flows together, by file and line; an empty list when all is well."""
    checked = Checked(written, prompts, known)
    found = set(_whole(checked))
    for place, step in checked.graph.steps.items():
        for each in STEP_CHECKS:
            found.update(each(checked, place, step))
    return sorted(found)


def _whole(checked: Checked) -> Iterator[Finding]:
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
    yield from _untold_facts(checked)
    yield from _cards(checked)
    yield from _unused_prompts(checked)


def _cards(checked: Checked) -> Iterator[Finding]:
    """What stands on a card is written, and says nothing that changes with the person."""
    for flow, lines in checked.written.cards.items():
        for index, key in enumerate(lines):
            prompt = checked.prompts.get(key)
            code = "missing_card_line" if prompt is None else "card_line_with_slot" if prompt.slots else None
            if code:
                yield checked.written.files[flow].finding(code, "card", index, prompt=key)


def _untold_facts(checked: Checked) -> Iterator[Finding]:
    """A fact that expires is named by the steps that tell it, so that they can do without it one day."""
    for name, flow in checked.written.flows.by_name.items():
        told = {step.fact for step in flow.steps.values() if step.fact}
        for index, fact in enumerate(flow.facts):
            if fact["expires"] and fact["name"] not in told:
                about = fact["about"]
                yield checked.written.files[name].finding("untold_fact", "facts", index, about=about)


def _unused_prompts(checked: Checked) -> Iterator[Finding]:
    steps = checked.graph.steps
    used = {f"{place.flow}.{place.step}" for place in steps}
    used |= {key for step in steps.values() for key in (step.prompt, step.note, step.text) if key}
    used |= {f"{key}{SAFE}" for step in steps.values() for key in step.expiring}
    papers = {document for step in steps.values() for document in step.documents}
    used |= {key for document in papers for key in prompts(document).values()}
    used |= {ANSWER_NAMES, COMPLETE, LACKING}
    used |= {key for lines in checked.written.cards.values() for key in lines}
    groups = {*checked.written.flows.by_name, ANSWER_NAMES.split(".")[0]}
    for key, prompt in checked.prompts.items():
        if key.split(".")[0] in groups and key not in used:
            yield finding("unused_prompt", prompt.file, prompt.line, prompt=key)
