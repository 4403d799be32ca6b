"""Said once: shared answers are offered again instead of being asked for, and kept by consent.

The slot `consent` is "open" once there is something to keep and nobody has asked yet; a flow then asks and
fills it with "yes" or "no". It stays unset for people who cannot be recognised when they call again.
"""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.dialogue.action import Remember
from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Meaning, Value
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Session
from voicebot.dialogue.steps import Step
from voicebot.dialogue.turn import Turn

CONSENT = "consent"
#: The values of the slot besides "yes" and "no": still to be asked, and never to be asked.
OPEN, UNRECOGNIZED = "open", "unrecognized"


def known(turn: Turn, step: Step) -> Value | None:
    """What was said earlier if `step` asks for it again; None if nothing still answers it."""
    if not step.shared or not step.slot or turn.session.practice:
        return None
    value = turn.session.remembered.get(step.slot)
    expecting = step.expecting()
    return None if expecting.closed and value not in expecting.answers else value


def answered(turn: Turn, step: Step, slots: Mapping[str, Value]) -> dict[str, Value]:
    """`slots` filled at `step`; if they contain the first shared answer, consent is to be asked for."""
    first = step.shared and step.slot in slots and CONSENT not in turn.session.slots
    return {**slots, **({CONSENT: OPEN} if first and not turn.session.practice else {})}


def mentioned(turn: Turn, meaning: Meaning) -> Turn:
    """What people say of themselves beside what they were asked is offered where it would be asked for."""
    if turn.session.practice or (meaning.value is None and meaning.intent == NO_INTENT):
        return turn
    slots, asked = turn.flows.shared_kinds, turn.step.slot if meaning.value is not None else None
    found = {slots[kind]: value for kind, value in meaning.own.items() if slots.get(kind, asked) != asked}
    return turn.change(remembered={**turn.session.remembered, **found}) if found else turn


def withdrawn(turn: Turn, slot: str | None) -> Turn:
    """The answer stored in `slot` is no longer true."""
    left = {name: value for name, value in turn.session.remembered.items() if name != slot}
    return turn.change(remembered=left)


def gathered(before: Session, turn: Turn) -> Turn:
    """The turn with its shared answers remembered: in the session and, with consent, for later calls."""
    if turn.session.practice:
        return turn
    slots = turn.session.slots
    said = {name: slots[name] for name in sorted(turn.flows.shared) if name in slots}
    turn = turn.change(remembered={**turn.session.remembered, **said})
    consent = slots.get(CONSENT)
    unchanged = (consent, turn.session.remembered) == (before.slots.get(CONSENT), before.remembered)
    if consent not in (YES, NO) or unchanged:
        return turn
    remember = Remember(consent == YES, turn.session.remembered if consent == YES else {})
    # The last action tells the channel what to wait for, so it must stay last.
    return replace(turn, actions=(*turn.actions[:-1], remember, *turn.actions[-1:]))
