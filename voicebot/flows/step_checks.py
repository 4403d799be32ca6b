"""What can be wrong with a single step: where it leads, what it keeps, what it offers, what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from voicebot.datafile import Finding, finding, with_guess
from voicebot.dialogue.documents import ANSWERS, STAGES, about_paper
from voicebot.dialogue.flow import OTHER, SAFE, Route, Step
from voicebot.dialogue.meaning import NO, YES
from voicebot.dialogue.memory import CONSENT, OPEN, UNRECOGNIZED
from voicebot.dialogue.policy import MOST_CHOICES
from voicebot.dialogue.session import Place
from voicebot.dialogue.steps import AskStep, ChooseStep, ConfirmStep, DocumentsStep
from voicebot.flows.graph import exits, leads_on
from voicebot.flows.subject import Checked, PromptView


def unknown_targets(checked: Checked) -> Iterator[Finding]:
    """Names of steps that are not there, with the ones that were probably meant."""
    written = checked.written
    for flow in written.flows.by_name.values():
        if flow.start not in flow.steps:
            wrong = written.files[flow.name].finding("unknown_start", "start", step=flow.start)
            yield with_guess(wrong, flow.start, flow.steps)
    for place, step in checked.graph.steps.items():
        yield from _unknown_targets(checked, place, step)


def _unknown_targets(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    flows = checked.written.flows
    for way in exits(step, {}):
        if way.to.flow not in flows.by_name:
            wrong = checked.written.finding("unknown_flow", place, *way.where, flow=way.to.flow)
            yield with_guess(wrong, way.to.flow, flows.by_name)
        elif not flows.has(way.to):
            wrong = checked.written.finding("unknown_step", place, *way.where, to=way.to.step)
            yield with_guess(wrong, way.to.step, flows.by_name[way.to.flow].steps)


def _leads_on(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    if not leads_on(step):
        yield checked.written.finding("no_way_out", place, step=step.name)


def _answers(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """The step keeps its answer, and each of its routes can match."""
    if isinstance(step, AskStep) and not step.slot and step.expects != "intent":
        yield checked.written.finding("missing_slot", place, step=step.name)
    closed = step.expecting().closed
    if step.unknown_as is not None and closed and step.unknown_as not in step.expecting().answers:
        words = {"slot": step.slot, "value": step.unknown_as, "expected": ", ".join(step.expecting().answers)}
        yield checked.written.finding("never_fits", place, "unknown_as", **words)
    for index, route in enumerate(step.routes):
        within = ("routes", index, "when", "slot")
        filled = checked.sometimes[place] | {step.slot} | checked.filled_by(step)
        if not checked.can_be_filled(route.slot):
            wrong = checked.written.finding("unknown_slot", place, *within, slot=route.slot)
            yield with_guess(wrong, route.slot, checked.slots)
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
            if value is not None and value not in possible and value not in checked.slipped(route.slot):
                words = {"slot": route.slot, "value": value, "expected": ", ".join(sorted(possible))}
                yield checked.written.finding("never_fits", place, "routes", index, "when", word, **words)


def _possible(checked: Checked, slot: str) -> set[str] | None:
    """The values that the slot can have if they can all be listed, else None."""
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
    if not isinstance(step, ChooseStep):
        return
    written, open_ = checked.written, step.expects == "intent"
    if len(step.choices) > MOST_CHOICES and not step.among:
        count = len(step.choices)
        yield written.finding("too_many_choices", place, "choices", count=count, most=MOST_CHOICES)
    if not step.choices:
        yield written.finding("no_choices", place, "choices")
    for index, choice in enumerate(step.unlisted):
        if open_ and choice not in checked.known.topics:
            wrong = written.finding("unknown_topic", place, "unlisted", index, choice=choice)
            yield with_guess(wrong, choice, checked.known.topics)
        elif not open_ and choice not in checked.known.choices:
            yield written.finding("missing_phrases", place, "unlisted", index, choice=choice)
    slips = checked.slips(step)
    for index, choice in enumerate(step.choices):
        if choice in slips:
            wrong = written.finding("unknown_choice", place, "choices", index, choice=choice)
            yield with_guess(wrong, choice, [slips[choice]])
        elif open_ and choice not in checked.known.topics:
            wrong = written.finding("unknown_topic", place, "choices", index, choice=choice)
            yield with_guess(wrong, choice, checked.known.topics)
        elif not open_ and choice not in checked.known.choices:
            yield written.finding("missing_phrases", place, "choices", index, choice=choice)
    if not open_:
        yield from _labels(checked, place, step)


def _labels(checked: Checked, place: Place, step: ChooseStep) -> Iterator[Finding]:
    """Each choice has a name, each name a choice, and both are in the order of the keys."""
    key = step.choice_names
    prompt = checked.prompts.get(key)
    named = tuple(value for value in prompt.options if value != OTHER) if prompt else ()
    known, slips = (*step.choices, *step.unlisted), checked.slips(step)
    for index, choice in enumerate(known):
        if choice not in named and choice not in slips:
            first = len(step.choices)
            where = ("choices", index) if index < first else ("unlisted", index - first)
            yield checked.written.finding("missing_label", place, *where, choice=choice, prompt=key)
    if key.split(".")[0] in checked.laid_over:
        return
    for value in set(named) - set(known) - set(slips.values()):
        assert prompt
        yield finding("unused_label", prompt.file, prompt.line, choice=value, step=step.name)
    if prompt and set(named) == set(known) and named != known:
        expected = ", ".join(known)
        yield finding("label_order", prompt.file, prompt.line, step=step.name, expected=expected)


def _lookups(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    lookups = checked.known.lookups
    if step.lookup and lookups is not None and step.lookup not in lookups:
        words = {"lookup": step.lookup, "expected": ", ".join(sorted(lookups))}
        wrong = checked.written.finding("unknown_lookup", place, "lookup", **words)
        yield with_guess(wrong, step.lookup, lookups)


def _prompts(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    written = checked.written
    for field_, key in _said_by(step):
        prompt = checked.prompts.get(key) if key else None
        if key and prompt is None:
            wrong = written.finding("missing_prompt", place, field_, step=step.name, prompt=key)
            yield with_guess(wrong, key, filter(None, [checked.misspelt.get(key)]))
        elif prompt:
            yield from _placeholders(checked, place, step, field_, prompt)
    title = step.question_name
    own = checked.prompts.get(title)
    if own and not own.label and step.waits and step.slot:
        yield finding("missing_name", own.file, own.line, prompt=title)


def _said_by(step: Step) -> tuple[tuple[str, str | None], ...]:
    """The fields of the step that name a prompt, each with its key."""
    spoken = None if step.kind == "lookup" else step.prompt
    return ("prompt", spoken), ("note", step.note), ("text", step.text)


def _placeholders(
    checked: Checked, place: Place, step: Step, field_: str, prompt: PromptView
) -> Iterator[Finding]:
    for slot in sorted(prompt.slots - checked.surely[place]):
        if not checked.can_be_filled(slot):
            yield with_guess(
                checked.written.finding("unknown_slot", place, field_, slot=slot), slot, checked.slots
            )
        elif slot in checked.slots:
            code = "slot_may_miss" if slot in checked.sometimes[place] else "slot_too_early"
            yield checked.written.finding(code, place, field_, step=step.name, slot=slot)
    for slot in sorted(prompt.named_slots):
        named = checked.prompts.get(f"{place.flow}.{slot}")
        if not (named and named.options):
            yield finding("placeholder_option", prompt.file, prompt.line, slot=slot)


def _documents(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """Each paper is known and asked for once, and can be asked for, explained, obtained and noted."""
    if not isinstance(step, DocumentsStep):
        return
    for index, document in enumerate(step.documents):
        where = ("documents", index)
        if document not in checked.written.documents:
            expected = ", ".join(sorted(checked.written.documents))
            words = {"document": document, "expected": expected}
            wrong = checked.written.finding("unknown_document", place, *where, **words)
            yield with_guess(wrong, document, checked.written.documents)
        elif document in step.documents[:index]:
            yield checked.written.finding("document_twice", place, *where, document=document)
        else:
            for stage in STAGES:
                paper = about_paper(step, replace(place, part=f"{document}.{stage}"))
                yield from (*_choices(checked, place, paper), *_prompts(checked, place, paper))


def _facts(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """The fact that is told exists, and there is a wording without it for when it has expired."""
    named = {str(fact["name"]) for fact in checked.written.flows.by_name[place.flow].facts if fact["name"]}
    if step.fact and step.fact not in named:
        known = ", ".join(sorted(named))
        wrong = checked.written.finding("unknown_fact", place, "fact", fact=step.fact, expected=known)
        yield with_guess(wrong, step.fact, named)
    for key in step.expiring:
        safe = checked.prompts.get(f"{key}{SAFE}")
        if safe:
            yield from _placeholders(checked, place, step, "fact", safe)
        else:
            yield checked.written.finding("unsafe", place, "fact", fact=step.fact, prompt=f"{key}{SAFE}")


def _shared(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """An answer is offered again only at a question that can be answered with it."""
    if not step.shared:
        return
    if not step.slot:
        yield checked.written.finding("shared_unkept", place, "shared", step=step.name)
    for other in checked.setters.get(step.slot or "", ()):
        if other.shared and other.expecting().answers != step.expecting().answers:
            yield checked.written.finding("shared_differs", place, "shared", slot=step.slot)
            return


def _stakes(checked: Checked, place: Place, step: Step) -> Iterator[Finding]:
    """Where one answer ends the procedure and another does not, the author says what is at stake."""
    asks = isinstance(step, AskStep | ChooseStep | ConfirmStep)
    own_words = place.flow in {checked.written.flows.welcome.flow, checked.written.flows.another.flow}
    if not asks or own_words or step.stakes:
        return
    ways = [way for way in checked.graph.ways[place] if way.name not in ("unknown", "other", "unanswered")]
    over = [way.to.step for way in ways if checked.graph.is_over(way.to)]
    if over and len(over) < len(ways):
        yield checked.written.finding("unmarked_stakes", place, step=step.name, to=over[0])


STEP_CHECKS: tuple[Callable[[Checked, Place, Step], Iterator[Finding]], ...] = (
    _leads_on,
    _answers,
    _choices,
    _documents,
    _facts,
    _shared,
    _lookups,
    _prompts,
    _stakes,
)
