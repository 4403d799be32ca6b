"""The spoken file: where somebody is in a procedure and what is still missing, heard again with a code.

Lookups store, open and erase it. They are told how far the person has got (`progress`); what they find
becomes the state of the conversation (`found`). It never contains answers, only steps and ticks.
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.documents import HAVE, LISTED, asked_in
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import SECRET, Note, Session
from voicebot.dialogue.turn import Turn

#: Slots: the code, the usual telephone number of somebody calling from another one, and which file is open.
CODE, NUMBER, FILE = f"{SECRET}code", f"{SECRET}number", f"{SECRET}file"
#: Slots exchanged with lookups: the procedure, the last question answered, the notes, separated by commas.
TOPIC, REACHED, NOTES = "file_topic", "file_reached", "file_notes"
#: The slot by which a lookup says that the file's procedure is to be repeated.
AGAIN = "file_again"


def progress(flows: Flows, session: Session) -> dict[str, Value]:
    """How far the person has got, for the lookups of the file: procedure, last question, notes."""
    if session.place is None or session.place.flow not in (flows.file, flows.another.flow):
        return {}
    about = {
        TOPIC: session.topic if session.topic != flows.file else None,
        REACHED: _reached(flows, session),
        NOTES: ",".join(note.key for note in session.notes),
    }
    return {name: value for name, value in about.items() if value}


def found(turn: Turn, result: Mapping[str, Value]) -> Turn:
    """The session after a lookup: with what it found, and without the code and number used to find it.

    An opened file replaces the procedure that was being discussed.
    """
    slots = {name: value for name, value in turn.session.slots.items() if name not in (CODE, NUMBER)}
    if TOPIC not in result:
        return turn.change(slots={**slots, **result})
    slots = {name: value for name, value in slots.items() if not asked_in(name) and name != LISTED}
    notes = tuple(Note(key, 0) for key in str(result.get(NOTES, "")).split(",") if key)
    slots |= {name: value for name, value in result.items() if name != NOTES}
    return turn.change(slots=slots, topic=str(result[TOPIC]), notes=notes, trail=())


def ticks(slots: Mapping[str, Value]) -> dict[str, Value]:
    """What carries over when the procedure is repeated: the papers the person has, and the file."""
    held = {name: value for name, value in slots.items() if asked_in(name) and value == HAVE}
    return held | ({FILE: slots[FILE]} if FILE in slots else {})


def begun(session: Session) -> bool:
    """Whether the person is in the middle of something for which a file could be kept."""
    return bool(session.topic and session.trail and not session.practice)


def is_guest(session: Session) -> bool:
    """Whether a file was opened from somebody else's telephone: nobody else may resume that call."""
    return FILE in session.slots and not str(session.slots[FILE]).startswith(f"{session.person}/")


def _reached(flows: Flows, session: Session) -> str | None:
    """The name (a prompt key) of the last question answered in a procedure."""
    own = (flows.welcome.flow, flows.another.flow, flows.file)
    steps = (
        flows.step(place) for place in reversed(session.trail) if flows.has(place) and place.flow not in own
    )
    return next((step.question_name for step in steps if step.slot), None)
