"""Walking through a flow: from a place to the next one where the person is asked something."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from voicebot.dialogue.action import End, HandOff, LookUp, SendSummary
from voicebot.dialogue.asking import ask, named, offer, offer_among
from voicebot.dialogue.documents import COMPLETE, is_first, missing, next_paper
from voicebot.dialogue.flow import OTHER, Step
from voicebot.dialogue.meaning import NO, Value
from voicebot.dialogue.memory import answered, known
from voicebot.dialogue.policy import LONGEST_WALK, WORRIED
from voicebot.dialogue.practice import kept, real
from voicebot.dialogue.session import Note, Place
from voicebot.dialogue.spoken_file import begun, progress
from voicebot.dialogue.turn import Turn

#: Why most people are given to a human.
ASKED = "asked"
#: A step's turn, and where to go on at once; None when the turn is over.
Arrival = tuple[Turn, Place | None]


def enter(turn: Turn, place: Place | None) -> Turn:
    """Go to `place` and on, until the person is asked, something is looked up, or the conversation ends."""
    turn = turn.change(pending=None, no_match=0, no_input=0, unknown=0)
    for _ in range(LONGEST_WALK):
        turn, place = real(turn, place if place and turn.flows.has(place) else turn.flows.question)
        turn = turn.change(place=place)
        turn, place = _ARRIVE[turn.step.kind](turn, turn.step)
        if place is None:
            return turn
    return turn.say("common.again_later").end("goodbye")


def leave(turn: Turn, slots: Mapping[str, Value], to: Place | None) -> Turn:
    """The person answered the step: remember it on the trail, keep the `slots`, and go `to`."""
    session = turn.session
    trail = (*session.trail, session.place) if session.place else session.trail
    slots = {**session.slots, **answered(turn, turn.step, slots)}
    return enter(turn.change(trail=trail, slots=slots), to)


def accept(turn: Turn, value: Value) -> Turn:
    """Take `value` as the answer to the step, whatever it took to be sure of it."""
    step = turn.step
    slots = {step.slot: value} if step.slot else {}
    return leave(turn, slots, _after(turn, step, value, slots))


def _after(turn: Turn, step: Step, value: Value, slots: dict[str, Value]) -> Place | None:
    if step.kind == "confirm" and value == NO:
        return step.no
    if step.kind == "choose" and value == OTHER and step.other:
        return step.other
    return step.next({**turn.session.slots, **slots})


def start_topic(turn: Turn, topic: str, ahead: object = None) -> Turn:
    """Begin the procedure `topic`; where it has no flow yet, say which number to call.

    A first question that was answered `ahead`, with the words that named the procedure, is not asked.
    """
    if topic == turn.flows.file and begun(turn.session):
        return enter(turn, turn.flows.file_or_go_on)  # what was said so far is what the file is about
    turn, place = real(turn, turn.flows.start(topic) or turn.flows.no_flow)
    turn = turn.change(topic=topic, slots=kept(turn), trail=(), notes=())
    step = turn.flows.step(place)
    if step.kind != "choose" or ahead not in step.choices:
        return enter(turn, place)
    turn = turn.change(place=place, pending=None)
    return accept(turn.remark("common.answered_ahead", named(step, str(ahead))), str(ahead))


def _question(turn: Turn, step: Step) -> Arrival:
    if step.among:
        return offer_among(turn, step), None
    value = known(turn, step)
    if value is None:
        return ask(turn), None
    kind = step.expecting().kind
    return offer(turn, "known", f"common.known_{kind}", named(step, value), {"value": value}), None


def _documents(turn: Turn, step: Step) -> Arrival:
    """The next paper, then what is missing, then on."""
    place, slots = turn.session.place, turn.session.slots
    paper = next_paper(step, place, slots) if place else None
    if paper:
        return (_noted(turn, step).say(step.prompt) if is_first(step, slots) else turn), paper
    praised = len(step.documents) > 1 and not missing(slots)
    return (turn.say(COMPLETE) if praised else turn), step.next(slots)


def _say(turn: Turn, step: Step) -> Arrival:
    turn = _noted(turn if not step.practice else turn.change(practice=True), step)
    if step.summary:
        turn = send_summary(turn)
    if step.text:
        turn = turn.cause(SendSummary(turn.key, "", (step.text,), turn.session.slots))
    return (ask(turn), None) if step.more else (turn.say(step.prompt), step.next(turn.session.slots))


def _lookup(turn: Turn, step: Step) -> Arrival:
    slots = {**progress(turn.flows, turn.session), **turn.session.slots}
    return turn.act(LookUp(step.lookup or step.name, slots)), None


def _handoff(turn: Turn, step: Step) -> Arrival:
    because = turn.session.because if step.reason == ASKED else ""
    urgent = because == WORRIED and step.priority == "normal"
    priority = "high" if urgent else step.priority
    ticket = HandOff(turn.key, because or step.reason or ASKED, priority, turn.session.topic)
    turn = _noted(turn.change(because=""), step).say(step.prompt).cause(ticket)
    following = step.next(turn.session.slots)
    return (turn, following) if following else (turn.end("handed_off", "handed_off"), None)


def _end(turn: Turn, step: Step) -> Arrival:
    return turn.say(step.prompt).change(status="ended").act(End("done")), None


def _noted(turn: Turn, step: Step) -> Turn:
    notes = turn.session.notes
    if not step.note or step.note in [note.key for note in notes]:
        return turn
    return turn.change(notes=(*notes, Note(step.note, len(turn.session.trail))))


def send_summary(turn: Turn) -> Turn:
    """Text what was gathered on the way."""
    session = turn.session
    keys = tuple(turn.timely(note.key) for note in session.notes)
    return turn.cause(SendSummary(turn.key, session.topic or "", keys, session.slots))


_ARRIVE: dict[str, Callable[[Turn, Step], Arrival]] = {
    "say": _say,
    "ask": _question,
    "choose": _question,
    "confirm": _question,
    "documents": _documents,
    "lookup": _lookup,
    "handoff": _handoff,
    "end": _end,
}
