"""The engine: one event in, the new session and the actions out. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voicebot.dialogue.action import Action
from voicebot.dialogue.answering import answer
from voicebot.dialogue.asking import ask, offer
from voicebot.dialogue.codec import from_dict
from voicebot.dialogue.commands import COMMANDS, command
from voicebot.dialogue.digits import read
from voicebot.dialogue.event import (
    CameBack,
    ChannelChanged,
    Event,
    Heard,
    HungUp,
    LookedUp,
    Pressed,
    Started,
    StayedSilent,
)
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.memory import CONSENT, gathered, mentioned
from voicebot.dialogue.pending import ABOUT_TOPIC, decide, resume, start_danger
from voicebot.dialogue.policy import REMEMBERED_EVENTS, WORRIED
from voicebot.dialogue.practice import cleared
from voicebot.dialogue.recovery import no_match, silence
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Session
from voicebot.dialogue.spoken_file import AGAIN, found, is_guest, ticks
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import enter, start_topic


def step(session: Session, event: Event, flows: Flows) -> tuple[Session, tuple[Action, ...]]:
    """Take one turn.

    The actions always end with something that goes on: `Listen`, `LookUp` or `End` (nothing after a hang-up).
    An event whose id was seen before leaves the session as it is and only says the open question again.
    """
    turn = Turn(flows, session)
    if event.id in session.seen:
        return session, _repeated(turn).actions
    turn = turn.change(
        seen=(*session.seen, event.id)[-REMEMBERED_EVENTS:],
        turn=session.turn + 1,
        updated_at=max(event.at, session.updated_at),
    )
    turn = gathered(session, _handler(turn, event)(turn, event))
    return turn.session, turn.actions


def _handler(turn: Turn, event: Event) -> Callable[[Turn, Any], Turn]:
    if isinstance(event, Started | HungUp | CameBack):
        return _HANDLERS[type(event)]
    if turn.session.status == "new":
        return lambda turn, event: enter(turn.change(status="open"), turn.flows.welcome)
    if turn.session.status != "open":
        return lambda turn, event: _closed(turn)
    if _waits_for_lookup(turn) and not isinstance(event, LookedUp):
        return lambda turn, event: enter(turn, turn.session.place)
    return _HANDLERS[type(event)]


def _waits_for_lookup(turn: Turn) -> bool:
    return turn.step.kind == "lookup" and turn.session.pending is None


def _closed(turn: Turn) -> Turn:
    return turn.end("goodbye", turn.session.status)


def _repeated(turn: Turn) -> Turn:
    if turn.session.status != "open":
        return _closed(turn)
    return turn.act(*turn.retold()).listen()


def _started(turn: Turn, event: Started) -> Turn:
    if turn.session.status == "open":
        return turn.change(channel=event.channel).again()
    turn = _fresh(turn, event)
    if event.follow_up:
        return enter(turn.change(topic=event.follow_up), turn.flows.follow_up)
    previous = from_dict(event.previous) if event.previous else None
    goes_on = previous is not None and not previous.practice and bool(previous.trail or event.resumes)
    if turn.flows.start(event.proposed) and (event.resumes or not goes_on):
        return _propose(turn, event.proposed)
    if previous is None or not goes_on:
        return enter(turn, turn.flows.welcome)
    if event.resumes:
        return resume(turn.remark("common.calling_back"), previous)
    turn = turn.change(place=turn.flows.question)
    prompt = "common.resume" if previous.topic else "common.resume_question"
    topic = {"topic": previous.topic} if previous.topic else {}
    return offer(turn, "resume", prompt, topic, {"previous": event.previous})


def _propose(turn: Turn, topic: str) -> Turn:
    """A mediator wants this procedure offered."""
    named = {"topic": topic}
    return offer(turn.change(place=turn.flows.question), "topic", "common.proposed", named, named)


def _fresh(turn: Turn, event: Started) -> Turn:
    """An open session without anything of an older one but the events it has seen."""
    old = turn.session
    slots = {"textable": "yes" if event.textable else "no"}
    slots |= {CONSENT: event.consent} if event.consent else {}
    opened = Session(
        old.id,
        old.person,
        event.channel,
        "open",
        slots=slots,
        textable=event.textable,
        remembered=event.remembered,
    )
    return replace(turn, session=replace(opened, seen=old.seen, turn=old.turn, updated_at=old.updated_at))


def _heard(turn: Turn, event: Heard) -> Turn:
    return _understood(turn, event.meaning, "common.no_match")


def _pressed(turn: Turn, event: Pressed) -> Turn:
    return _understood(turn, read(event.digits, turn.expecting), "common.invalid_key")


def _understood(turn: Turn, meaning: Meaning, remark: str) -> Turn:
    """The one way every answer takes, spoken, texted or typed."""
    if meaning.danger:
        return _danger(turn, meaning, meaning.danger)
    turn = turn.change(because=WORRIED) if meaning.worried else turn
    if _is_scam(turn, meaning):
        return _warned(turn, meaning.intent)
    if meaning.certainty == "none":
        return no_match(turn, remark)
    if meaning.value is None and meaning.intent in COMMANDS:
        return command(turn, meaning)
    turn, pending = mentioned(turn, meaning), turn.session.pending
    return decide(turn, pending, meaning) if pending else answer(turn, meaning)


def _is_scam(turn: Turn, meaning: Meaning) -> bool:
    """Somebody tells in the middle of something else that they are asked for a code, a card or money."""
    named = meaning.value is None and meaning.intent == turn.flows.guard and meaning.certainty == "sure"
    about_topic = turn.expecting.kind == "intent" or (
        turn.session.pending is not None and turn.session.pending.kind in ABOUT_TOPIC
    )
    return named and not about_topic and turn.session.topic not in (turn.flows.guard, turn.flows.danger)


def _warned(turn: Turn, topic: str) -> Turn:
    """What never to give is said before anything is asked; a no goes on where they were."""
    named = {"topic": topic}
    return offer(turn.remark("common.never_give"), "switch", "common.guard_confirm", named, named)


def _danger(turn: Turn, meaning: Meaning, danger: str) -> Turn:
    if meaning.certainty == "sure" or turn.session.topic == turn.flows.danger:
        return start_danger(turn, danger)
    return offer(turn, "danger", "common.danger_confirm", data={"danger": danger})


def _stayed_silent(turn: Turn, event: StayedSilent) -> Turn:
    return silence(turn)


def _looked_up(turn: Turn, event: LookedUp) -> Turn:
    here = turn.step
    if not _waits_for_lookup(turn) or event.name != (here.lookup or here.name):
        return turn.again()
    if event.failed:
        return enter(turn.remark("common.lookup_failed"), here.no or turn.flows.human_for(turn.session.topic))
    turn = found(turn, event.result)
    if AGAIN in event.result:
        return _again(turn, str(event.result[AGAIN]))
    return enter(turn, here.next(turn.session.slots))


def _again(turn: Turn, topic: str) -> Turn:
    """Go through the procedure of the spoken file again, without the papers that are there."""
    kept = ticks(turn.session.slots)
    begun = start_topic(turn.change(trail=()), topic)
    return begun.change(slots={**kept, **begun.session.slots})


def _channel_changed(turn: Turn, event: ChannelChanged) -> Turn:
    turn = turn.change(channel=event.channel)
    return ask(turn, "keys" if event.channel == "keypad" else "ask")


def _came_back(turn: Turn, event: CameBack) -> Turn:
    """The ticket stays; what is left to agree on is when the person is called."""
    return enter(turn.change(status="open", channel=event.channel), turn.flows.call_back)


def _hung_up(turn: Turn, event: HungUp) -> Turn:
    if turn.session.status not in ("new", "open"):
        return turn
    return cleared(turn).change(status="ended" if is_guest(turn.session) else "suspended")


_HANDLERS: dict[type[Event], Callable[[Turn, Any], Turn]] = {
    Started: _started,
    Heard: _heard,
    Pressed: _pressed,
    StayedSilent: _stayed_silent,
    LookedUp: _looked_up,
    ChannelChanged: _channel_changed,
    CameBack: _came_back,
    HungUp: _hung_up,
}
