"""What is wrong with the flows, for the people who write them: file, line, and how to correct it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from voicebot.datafile import Finding, finding
from voicebot.dialogue.documents import ANSWER_NAMES, COMPLETE, LACKING, LIST, prompts
from voicebot.dialogue.flow import SAFE
from voicebot.flows.load import Written
from voicebot.flows.respelling import respelt
from voicebot.flows.step_checks import STEP_CHECKS, unknown_targets
from voicebot.flows.subject import Checked, Known, PromptView

__all__ = ["Known", "PromptView", "check"]


def check(written: Written, prompts: Mapping[str, PromptView], known: Known) -> list[Finding]:
    """Everything wrong with the flows together, by file and line; an empty list if all is well.

    A misspelt name of a step is told once: the rest is checked as if it were spelt right.
    """
    misspelt = set(unknown_targets(Checked(written, prompts, known)))
    checked = Checked(respelt(written), prompts, known)
    found = {*misspelt, *_whole(checked)}
    for place, step in checked.graph.steps.items():
        for each in STEP_CHECKS:
            found.update(each(checked, place, step))
    return sorted(found)


def _whole(checked: Checked) -> Iterator[Finding]:
    graph, written = checked.graph, checked.written
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
    """What a card shows exists, and says nothing that depends on the person."""
    for flow, lines in checked.written.cards.items():
        for index, key in enumerate(lines):
            prompt = checked.prompts.get(key)
            code = "missing_card_line" if prompt is None else "card_line_with_slot" if prompt.slots else None
            if code:
                yield checked.written.files[flow].finding(code, "card", index, prompt=key)


def _untold_facts(checked: Checked) -> Iterator[Finding]:
    """Steps name each expiring fact that they tell, so that they can do without it one day."""
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
    used |= {ANSWER_NAMES, COMPLETE, LACKING, LIST}
    used |= {key for lines in checked.written.cards.values() for key in lines}
    groups = {*checked.written.flows.by_name, ANSWER_NAMES.split(".")[0]}
    for key, prompt in checked.prompts.items():
        wanted = key in used or prompt.file in checked.known.beneath
        if key.split(".")[0] in groups and not wanted and key not in checked.misspelt.values():
            yield finding("unused_prompt", prompt.file, prompt.line, prompt=key)
