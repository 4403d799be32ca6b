"""A stack of needs: one left for something more urgent, or named beside it, is offered again later."""

from __future__ import annotations

from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Interrupted
from voicebot.dialogue.turn import Turn

#: Nobody keeps more open needs than this in mind.
_MOST = 3


def left(turn: Turn, topic: str) -> Turn:
    """The current procedure is left for `topic`, and offered again later."""
    session = turn.session
    begun = session.topic and session.topic not in (topic, turn.flows.danger) and session.trail
    if not begun or session.practice or session.topic is None:
        return turn
    here = Interrupted(session.topic, session.place, session.slots, session.trail, session.notes)
    return _with(turn, here, topic)


def named_beside(turn: Turn, other: str, topic: str) -> Turn:
    """`other` was named in the same words as `topic`, which comes first."""
    return _with(turn, Interrupted(other), topic) if turn.flows.start(other) else turn


def open_need(turn: Turn) -> Interrupted | None:
    """The need to offer next."""
    return turn.session.interrupted[-1] if turn.session.interrupted else None


def without(turn: Turn, topic: str) -> Turn:
    """`topic` is no longer open."""
    return turn.change(interrupted=tuple(each for each in turn.session.interrupted if each.topic != topic))


def taken_up(turn: Turn, need: Interrupted) -> Turn:
    """The session as it was when `need` was left; what was learned since stays known."""
    kept = {name: value for name, value in turn.session.slots.items() if name not in need.slots}
    turn = without(turn, need.topic)
    slots = {**kept, **need.slots}
    session = replace(
        turn.session, topic=need.topic, slots=slots, trail=need.trail, notes=need.notes, pending=None
    )
    return replace(turn, session=session)


def _with(turn: Turn, need: Interrupted, topic: str) -> Turn:
    others = tuple(each for each in turn.session.interrupted if each.topic not in (need.topic, topic))
    return turn.change(interrupted=(*others, need)[-_MOST:])
