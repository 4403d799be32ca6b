"""What can be wrong with one step: where it leads, what it keeps, what it offers, what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from voicebot.datafile import Finding, finding
from voicebot.dialogue.documents import ANSWERS, STAGES, about_paper
from voicebot.dialogue.flow import OTHER, SAFE, Route, Step
from voicebot.dialogue.meaning import NO, YES
from voicebot.dialogue.memory import CONSENT, OPEN, UNRECOGNIZED
from voicebot.dialogue.session import Place
from voicebot.flows.graph import exits, leads_on
from voicebot.flows.subject import Checked, PromptView

MOST_CHOICES = 4


def _targets(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    flows = checked.written.flows
    for way in exits(step, {}):
        if way.to.flow not in flows.by_name:
            yield checked.written.finding("unknown_flow", place, *way.where, flow=way.to.flow)
        elif not flows.has(way.to):
            yield checked.written.finding("unknown_step", place, *way.where, to=way.to.step)
    if not leads_on(step):
        yield checked.written.finding("no_way_out", place, step=step.name)


def _answers(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """The step keeps its answer, and its routes can ever fit."""
    if step.kind == "ask" and not step.slot and step.expects != "intent":
        yield checked.written.finding("missing_slot", place, step=step.name)
    closed = step.expecting().closed
    if step.unknown_as is not None and closed and step.unknown_as not in step.expecting().answers:
        words = {"slot": step.slot, "value": step.unknown_as, "expected": ", ".join(step.expecting().answers)}
        yield checked.written.finding("never_fits", place, "unknown_as", **words)
    for index, route in enumerate(step.routes):
        within = ("routes", index, "when", "slot")
        filled = checked.sometimes[place] | {step.slot} | checked.filled_by(step)
        if not checked.can_be_filled(route.slot):
            yield checked.written.finding("unknown_slot", place, *within, slot=route.slot)
        elif route.slot in checked.slots and route.slot not in filled:
            yield checked.written.finding("slot_too_early", place, *within, step=step.name, slot=route.slot)
        yield from _never_fits(checked, place, index, route)


def _never_fits(checked: Checked, place: Place, index: int, route: Route) -> Iterator[Finding]:
    possible = _possible(checked, route.slot)
    if possible is None:
        return
    compared = {"is": (route.is_,), "in": route.in_}
    for word, values in compared.items():
        for value in values:
            if value is not None and value not in possible:
                words = {"slot": route.slot, "value": value, "expected": ", ".join(sorted(possible))}
                yield checked.written.finding("never_fits", place, "routes", index, "when", word, **words)


def _possible(checked: Checked, slot: str) -> set[str] | None:
    """The values that the slot can have when all of them can be listed, else None."""
    fixed = {"textable": {YES, NO}, CONSENT: {YES, NO, OPEN, UNRECOGNIZED}}
    if slot in fixed:
        return fixed[slot]
    if slot in checked.document_slots:
        return set(ANSWERS)
    kinds = [step.expecting() for step in checked.setters.get(slot, ())]
    if (
        slot in checked.looked_up
        or not kinds
        or any(expecting.kind not in ("yes_no", "choice") for expecting in kinds)
    ):
        return None
    return {answer for expecting in kinds for answer in expecting.answers}


def _choices(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    if step.kind != "choose":
        return
    written, open_ = checked.written, step.expects == "intent"
    if len(step.choices) > MOST_CHOICES and not step.among:
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


def _labels(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """Each choice has a name, each name a choice, and both stand in the order of the keys."""
    key = step.options or step.prompt
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


def _lookups(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    lookups = checked.known.lookups
    if step.lookup and lookups is not None and step.lookup not in lookups:
        words = {"lookup": step.lookup, "expected": ", ".join(sorted(lookups))}
        yield checked.written.finding("unknown_lookup", place, "lookup", **words)


def _prompts(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    written = checked.written
    for field_, key in _said_by(step):
        prompt = checked.prompts.get(key) if key else None
        if key and prompt is None:
            yield written.finding("missing_prompt", place, field_, step=step.name, prompt=key)
        elif prompt:
            yield from _placeholders(checked, place, step, field_, prompt)
    title = step.title or step.prompt
    own = checked.prompts.get(title)
    if own and not own.label and step.waits and step.slot:
        yield finding("missing_name", own.file, own.line, prompt=title)


def _said_by(step: Step) -> tuple[tuple[str, str | None], ...]:
    """The fields of the step that name a prompt, with its key."""
    spoken = None if step.kind == "lookup" else step.prompt
    return ("prompt", spoken), ("note", step.note), ("text", step.text)


def _placeholders(
    checked: Checked, place: Place, step: Step, field_: str, prompt: PromptView
) -> Iterator[Finding]:
    for slot in sorted(prompt.slots - checked.surely[place]):
        if not checked.can_be_filled(slot):
            yield checked.written.finding("unknown_slot", place, field_, slot=slot)
        elif slot in checked.slots:
            code = "slot_may_miss" if slot in checked.sometimes[place] else "slot_too_early"
            yield checked.written.finding(code, place, field_, step=step.name, slot=slot)
    for slot in sorted(prompt.named_slots):
        named = checked.prompts.get(f"{place.flow}.{slot}")
        if not (named and named.options):
            yield finding("placeholder_option", prompt.file, prompt.line, slot=slot)


def _documents(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """Each paper is known, is asked once, and can be asked for, explained, got and noted."""
    for index, document in enumerate(step.documents):
        where = ("documents", index)
        if document not in checked.written.documents:
            expected = ", ".join(sorted(checked.written.documents))
            yield checked.written.finding(
                "unknown_document", place, *where, document=document, expected=expected
            )
        elif document in step.documents[:index]:
            yield checked.written.finding("document_twice", place, *where, document=document)
        else:
            for stage in STAGES:
                paper = about_paper(step, replace(place, part=f"{document}.{stage}"))
                yield from (*_choices(checked, place, paper), *_prompts(checked, place, paper))


def _facts(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """The fact that is told exists, and there are words without it for the day after it expires."""
    named = {str(fact["name"]) for fact in checked.written.flows.by_name[place.flow].facts if fact["name"]}
    if step.fact and step.fact not in named:
        known = ", ".join(sorted(named))
        yield checked.written.finding("unknown_fact", place, "fact", fact=step.fact, expected=known)
    for key in step.expiring:
        safe = checked.prompts.get(f"{key}{SAFE}")
        if safe:
            yield from _placeholders(checked, place, step, "fact", safe)
        else:
            yield checked.written.finding("unsafe", place, "fact", fact=step.fact, prompt=f"{key}{SAFE}")


def _shared(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """An answer is offered again only to a question that can be answered with it."""
    if not step.shared:
        return
    if not step.slot:
        yield checked.written.finding("shared_unkept", place, "shared", step=step.name)
    for other in checked.setters.get(step.slot or "", ()):
        if other.shared and other.expecting().answers != step.expecting().answers:
            yield checked.written.finding("shared_differs", place, "shared", slot=step.slot)
            return


STEP_CHECKS: tuple[Callable[[Checked, Place, Step], Iterator[Finding]], ...] = (
    _targets,
    _answers,
    _choices,
    _documents,
    _facts,
    _shared,
    _lookups,
    _prompts,
)
