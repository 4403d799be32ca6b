"""What a turn adds to the figures: counts by name, without anybody's words, number or pseudonym. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from voicebot.dialogue.action import Action, End, HandOff
from voicebot.dialogue.event import Event, Heard, HungUp, Started, StayedSilent
from voicebot.dialogue.session import Session

#: The reason of somebody who had already asked for a person, and now chose when to be called.
_PLANNED = "call_back"
#: The flow in which somebody answers, a week later, whether it worked.
_FOLLOW_UP = "suivi"


def turn_counters(
    before: Session, event: Event, after: Session, actions: tuple[Action, ...]
) -> Mapping[str, int]:
    """Counts by `what` or `what:which`. A turn that changes nothing counts nothing.

    Requests for a mediator are counted where their tickets are opened (`handoff/counts.py`).
    """
    return Counter(_counted(before, event, after, actions))


def _counted(before: Session, event: Event, after: Session, actions: tuple[Action, ...]) -> Iterator[str]:
    if isinstance(event, Started) and before.turn == 0:
        yield "texts" if after.channel == "sms" else "calls"
    if after.topic and after.topic != before.topic:
        yield f"topic:{after.topic}"
    if after.place and after.place != before.place:
        yield f"reached:{after.place.flow}.{after.place.step}"
    if isinstance(event, Heard):
        lost = after.no_match > before.no_match
        yield "misunderstood" if lost else "understood"
        if before.place:
            yield f"{'unclear' if lost else 'clear'}:{before.place.flow}.{before.place.step}"
        if before.place and before.place.flow == _FOLLOW_UP and event.meaning.value in ("yes", "no"):
            yield f"followed:{event.meaning.value}"
    if isinstance(event, StayedSilent):
        yield "silent"
    if isinstance(event, HungUp) and before.status == "open" and before.place:
        yield f"left:{before.place.flow}.{before.place.step}"
    for action in actions:
        if isinstance(action, End):
            yield f"ended:{action.reason}"
        if isinstance(action, HandOff) and action.reason == _PLANNED:
            yield "planned"
