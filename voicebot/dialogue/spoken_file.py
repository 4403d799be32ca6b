"""The spoken file: where somebody is in a procedure and what is still missing, heard again with a code.

Lookups keep, open and erase it. They are told how far the person has come (`progress`); what they find
becomes the state of the conversation (`found`). Answers are never part of it, only steps and ticks.
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.documents import HAVE, LISTED, asked_in
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import SECRET, Note, Session
from voicebot.dialogue.turn import Turn

#: Slots: the code, the usual telephone number of who calls from another one, and which file is open.
CODE, NUMBER, FILE = f"{SECRET}code", f"{SECRET}number", f"{SECRET}file"
#: Slots that lookups get and give: the procedure, the last question answered, the notes, separated by commas.
TOPIC, REACHED, NOTES = "file_topic", "file_reached", "file_notes"
#: The slot by which a lookup says that the file's procedure shall be gone through again.
AGAIN = "file_again"


def progress(flows: Flows, session: Session) -> dict[str, Value]:
    """How far the person has come, for the lookups of the file: procedure, last question, notes."""
    if session.place is None or session.place.flow not in (flows.file, flows.another.flow):
        return {}
    about = {
        TOPIC: session.topic if session.topic != flows.file else None,
        REACHED: _reached(flows, session),
        NOTES: ",".join(note.key for note in session.notes),
    }
    return {name: value for name, value in about.items() if value}


def found(turn: Turn, result: Mapping[str, Value]) -> Turn:
    """The session after a lookup: what it found, and without the code and the number it was looked for with.

    An opened file takes the place of the procedure that was spoken of.
    """
    slots = {name: value for name, value in turn.session.slots.items() if name not in (CODE, NUMBER)}
    if TOPIC not in result:
        return turn.change(slots={**slots, **result})
    slots = {name: value for name, value in slots.items() if not asked_in(name) and name != LISTED}
    notes = tuple(Note(key, 0) for key in str(result.get(NOTES, "")).split(",") if key)
    slots |= {name: value for name, value in result.items() if name != NOTES}
    return turn.change(slots=slots, topic=str(result[TOPIC]), notes=notes, trail=())


def ticks(slots: Mapping[str, Value]) -> dict[str, Value]:
    """What goes on into the procedure when it is gone through again: the papers there are, and the file."""
    held = {name: value for name, value in slots.items() if asked_in(name) and value == HAVE}
    return held | ({FILE: slots[FILE]} if FILE in slots else {})


def begun(session: Session) -> bool:
    """Whether the person is in the middle of something that a file could be kept of."""
    return bool(session.topic and session.trail and not session.practice)


def is_guest(session: Session) -> bool:
    """Whether a file was opened from a telephone that is not its owner's: nobody else may go on with it."""
    return FILE in session.slots and not str(session.slots[FILE]).startswith(f"{session.person}/")


def _reached(flows: Flows, session: Session) -> str | None:
    """The name (a prompt key) of the last question that was answered in a procedure."""
    own = (flows.welcome.flow, flows.another.flow, flows.file)
    steps = (
        flows.step(place) for place in reversed(session.trail) if flows.has(place) and place.flow not in own
    )
    return next((step.title or step.prompt for step in steps if step.slot), None)
