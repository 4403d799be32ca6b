"""Walking through a flow: from one place to the next where the person is asked something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from voicebot.dialogue.action import End, HandOff, LookUp, SendSummary
from voicebot.dialogue.asking import ask, named, offer, offer_among
from voicebot.dialogue.documents import (
    COMPLETE,
    explained,
    is_first,
    lacking,
    missing,
    next_list,
    next_paper,
    one_by_one,
    prompts,
    told,
)
from voicebot.dialogue.flow import OTHER, Step
from voicebot.dialogue.meaning import NO, Value
from voicebot.dialogue.memory import answered, known
from voicebot.dialogue.needs import open_need
from voicebot.dialogue.policy import LONGEST_WALK, WORRIED
from voicebot.dialogue.practice import kept, real
from voicebot.dialogue.session import Note, Place
from voicebot.dialogue.spoken_file import begun, progress
from voicebot.dialogue.steps import (
    AskStep,
    ChooseStep,
    ConfirmStep,
    DocumentsStep,
    EndStep,
    HandoffStep,
    LookupStep,
    PapersStep,
    SayStep,
)
from voicebot.dialogue.turn import Turn

#: Why most people are handed to a human.
ASKED = "asked"
#: A step's turn, and where to continue at once; None if the turn is over.
Arrival = tuple[Turn, Place | None]


def enter(turn: Turn, place: Place | None) -> Turn:
    """Go to `place` and on, until the person is asked, something is looked up, or the conversation ends."""
    turn = turn.change(pending=None, no_match=0, no_input=0, unknown=0)
    for _ in range(LONGEST_WALK):
        turn, place = real(turn, place if place and turn.flows.has(place) else turn.flows.question)
        turn = turn.change(place=place if turn.style.at_once else one_by_one(place))
        need = open_need(turn) if place == turn.flows.another else None
        if need:
            named_need: dict[str, Value] = {"topic": need.topic}
            return offer(turn, "take_up", "common.take_up", named_need, {"topic": need.topic})
        if turn.style.at_once and turn.step.sms:
            place = turn.step.sms
            continue
        turn, place = _ARRIVE[type(turn.step)](turn, turn.step)
        if place is None:
            return turn
    return turn.say("common.again_later").end("goodbye")


def leave(turn: Turn, slots: Mapping[str, Value], to: Place | None) -> Turn:
    """The person answered the step: add it to the trail, store the `slots`, and go `to`."""
    session = turn.session
    trail = (*session.trail, session.place) if session.place else session.trail
    slots = {**session.slots, **answered(turn, turn.step, slots)}
    return enter(turn.change(trail=trail, slots=slots), to)


def accept(turn: Turn, value: Value) -> Turn:
    """Take `value` as the answer to the step, however it was confirmed."""
    step = turn.step
    if isinstance(step, PapersStep):
        return _papers(turn, step, value)
    slots = {step.slot: value} if step.slot else {}
    return leave(turn, slots, _after(turn, step, value, slots))


def _papers(turn: Turn, step: PapersStep, value: Value) -> Turn:
    """Which papers somebody has; the one they asked about is explained, and asked for alone."""
    place = turn.session.place
    what = explained(place, value) if place else None
    return enter(turn, what) if what else leave(turn, told(step, value), step.to)


def _after(turn: Turn, step: Step, value: Value, slots: dict[str, Value]) -> Place | None:
    if isinstance(step, ConfirmStep) and value == NO:
        return step.no
    if isinstance(step, ChooseStep) and value == OTHER and step.other:
        return step.other
    return step.next({**turn.session.slots, **slots})


def start_topic(turn: Turn, topic: str, ahead: object = None) -> Turn:
    """Begin the procedure `topic`; if it has no flow yet, say which number to call.

    A first question already answered (`ahead`) by the words that named the procedure is not asked.
    """
    if topic == turn.flows.file and begun(turn.session):
        return enter(turn, turn.flows.file_or_go_on)  # the file is about what was said so far
    turn, place = real(turn, turn.flows.start(topic) or turn.flows.no_flow)
    turn = turn.change(topic=topic, slots=kept(turn), trail=(), notes=())
    step = turn.flows.step(place)
    if not isinstance(step, ChooseStep) or ahead not in (*step.choices, *step.unlisted):
        return enter(turn, place)
    turn = turn.change(place=place, pending=None)
    return accept(turn.remark("common.answered_ahead", named(step, str(ahead))), str(ahead))


def _question(turn: Turn, step: AskStep | ChooseStep | ConfirmStep | PapersStep) -> Arrival:
    if isinstance(step, ChooseStep) and step.among:
        return offer_among(turn, step), None
    value = known(turn, step)
    if value is None:
        return ask(turn), None
    kind = step.expecting().kind
    return offer(turn, "known", f"common.known_{kind}", named(step, value), {"value": value}), None


def _documents(turn: Turn, step: DocumentsStep) -> Arrival:
    """The next paper, then what is missing, then on."""
    place, slots = turn.session.place, turn.session.slots
    following = next_list if turn.style.at_once else next_paper
    paper = following(step, place, slots) if place else None
    if paper:
        return (_noted(turn, step).say(step.prompt) if is_first(step, slots) else turn), paper
    if turn.style.at_once:
        turn = _how_to_get(turn, step)
    praised = len(step.documents) > 1 and not missing(slots)
    return (turn.say(COMPLETE) if praised else turn), step.next(slots)


def _how_to_get(turn: Turn, step: DocumentsStep) -> Turn:
    """How to get each missing paper, as it is written in the summary, unless it was just explained."""
    known = {note.key for note in turn.session.notes}
    notes = [prompts(document)["note"] for document in lacking(step, turn.session.slots)]
    for note in notes:
        if note not in known:
            turn = turn.change(notes=(*turn.session.notes, Note(note, len(turn.session.trail)))).say(note)
    return turn


def _say(turn: Turn, step: SayStep) -> Arrival:
    turn = _noted(turn if not step.practice else turn.change(practice=True), step)
    if step.summary:
        turn = send_summary(turn)
    if step.text:
        turn = turn.cause(SendSummary(turn.key, "", (step.text,), turn.session.slots))
    waits = step.more and not turn.style.at_once
    return (ask(turn), None) if waits else (turn.say(step.prompt), step.next(turn.session.slots))


def _lookup(turn: Turn, step: LookupStep) -> Arrival:
    slots = {**progress(turn.flows, turn.session), **turn.session.slots}
    return turn.act(LookUp(step.lookup or step.name, slots)), None


def _handoff(turn: Turn, step: HandoffStep) -> Arrival:
    because = turn.session.because if step.reason == ASKED else ""
    urgent = because == WORRIED and step.priority == "normal"
    priority = "high" if urgent else step.priority
    ticket = HandOff(turn.key, because or step.reason or ASKED, priority, turn.session.topic)
    turn = _noted(turn.change(because=""), step).say(step.prompt).cause(ticket)
    following = step.next(turn.session.slots)
    return (turn, following) if following else (turn.end("handed_off", "handed_off"), None)


def _end(turn: Turn, step: EndStep) -> Arrival:
    return turn.say(step.prompt).change(status="ended").act(End("done")), None


def _noted(turn: Turn, step: Step) -> Turn:
    notes = turn.session.notes
    if not step.note or step.note in [note.key for note in notes]:
        return turn
    return turn.change(notes=(*notes, Note(step.note, len(turn.session.trail))))


def send_summary(turn: Turn) -> Turn:
    """Text what was collected on the way."""
    session = turn.session
    keys = tuple(turn.timely(note.key) for note in session.notes)
    turn = turn.change(summarised=tuple(note.key for note in session.notes))
    return turn.cause(SendSummary(turn.key, session.topic or "", keys, session.slots))


_ARRIVE: dict[type[Step], Callable[[Turn, Any], Arrival]] = {
    SayStep: _say,
    AskStep: _question,
    ChooseStep: _question,
    ConfirmStep: _question,
    PapersStep: _question,
    DocumentsStep: _documents,
    LookupStep: _lookup,
    HandoffStep: _handoff,
    EndStep: _end,
}
