"""The engine: one event in, the new session and the actions out. Pure: no I/O, no clock, no randomness."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from voicebot.dialogue.action import Action
from voicebot.dialogue.answering import answer
from voicebot.dialogue.asides import aside
from voicebot.dialogue.asking import ask, more_topics, offer
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
    SentPicture,
    Started,
    StayedSilent,
)
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.memory import CONSENT, gathered, mentioned
from voicebot.dialogue.pending import ABOUT_TOPIC, decide, resume, start_danger
from voicebot.dialogue.policy import DANGER_STAYS_S, MORE_KEY, REMEMBERED_EVENTS, WORRIED
from voicebot.dialogue.practice import cleared
from voicebot.dialogue.recovery import HUMAN, no_match, silence
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Session
from voicebot.dialogue.spoken_file import AGAIN, found, is_guest, ticks
from voicebot.dialogue.steps import LookupStep
from voicebot.dialogue.turn import Turn
from voicebot.dialogue.walk import enter, start_topic


def step(session: Session, event: Event, flows: Flows) -> tuple[Session, tuple[Action, ...]]:
    """Take one turn.

    The actions always end with one that continues: `Listen`, `LookUp` or `End` (nothing after a hang-up). An
    event whose id was already seen leaves the session unchanged and only repeats the open question.
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
    return isinstance(turn.step, LookupStep) and turn.session.pending is None


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
    previous = from_dict(event.previous) if event.previous else None
    if previous is not None and _stays_with_danger(turn, event, previous):
        return enter(turn.change(topic=turn.flows.danger), turn.flows.after_danger)
    if previous is not None and previous.status == "handed_off":
        previous = None  # nothing broke off: they were given to a person
    if event.follow_up:
        return enter(turn.change(topic=event.follow_up), turn.flows.follow_up)
    goes_on = previous is not None and not previous.practice and bool(previous.trail or event.resumes)
    if turn.flows.start(event.proposed) and (event.resumes or not goes_on):
        return _propose(turn, event.proposed)
    if previous is None or not goes_on:
        known = turn.flows.start(event.last_topic) is not None
        return _take_up(turn, event.last_topic) if known else enter(turn, turn.flows.welcome)
    if event.resumes:
        return resume(turn.remark("common.calling_back"), previous)
    turn = turn.change(place=turn.flows.question)
    prompt = "common.resume" if previous.topic else "common.resume_question"
    topic = {"topic": previous.topic} if previous.topic else {}
    return offer(turn, "resume", prompt, topic, {"previous": event.previous})


def _stays_with_danger(turn: Turn, event: Started, previous: Session) -> bool:
    """Whether the last that this person was told, not long ago, is whom to call in danger: by text only."""
    last = previous.place
    recent = event.at - previous.updated_at < DANGER_STAYS_S
    known = last is not None and last.flow == turn.flows.danger and turn.flows.has(turn.flows.after_danger)
    return event.channel == "sms" and known and recent


def _propose(turn: Turn, topic: str) -> Turn:
    """A mediator wants this procedure offered."""
    named = {"topic": topic}
    return offer(turn.change(place=turn.flows.question), "topic", "common.proposed", named, named)


def _take_up(turn: Turn, topic: str) -> Turn:
    """Whoever texts again some days later is asked whether it is about the same."""
    return offer(
        turn.change(place=turn.flows.question),
        "topic",
        "common.last_topic",
        {"topic": topic},
        {"topic": topic},
    )


def _fresh(turn: Turn, event: Started) -> Turn:
    """An open session with nothing from an older one except the events it has seen."""
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
    said, before = event.meaning.text, turn.session.heard
    if event.unread and said and said == before and not event.meaning.danger:
        return turn.remark("common.twice").again()  # the same, before it could be an answer to this question
    turn = turn.change(heard=said)
    return _understood(turn, event.meaning, "common.no_match")


def _pressed(turn: Turn, event: Pressed) -> Turn:
    if turn.expecting.kind == "intent" and event.digits.startswith(MORE_KEY):
        return more_topics(turn)
    return _understood(turn, read(event.digits, turn.expecting), "common.invalid_key")


def _understood(turn: Turn, meaning: Meaning, remark: str) -> Turn:
    """The single path of every answer, whether spoken, texted or typed."""
    if meaning.danger:
        return _danger(turn, meaning, meaning.danger)
    turn = turn.change(because=WORRIED) if meaning.worried else turn
    if _is_scam(turn, meaning):
        return _warned(turn, meaning.intent)
    if meaning.certainty == "none":
        return no_match(turn, remark)
    if meaning.aside:
        return aside(turn, meaning)
    if meaning.value is None and meaning.intent in COMMANDS:
        return command(turn, meaning)
    turn, pending = mentioned(turn, meaning), turn.session.pending
    return decide(turn, pending, meaning) if pending else answer(turn, meaning)


def _is_scam(turn: Turn, meaning: Meaning) -> bool:
    """Somebody mentions, during something else, that they are being asked for a code, a card or money."""
    named = meaning.value is None and meaning.intent == turn.flows.guard and meaning.certainty == "sure"
    about_topic = turn.expecting.kind == "intent" or (
        turn.session.pending is not None and turn.session.pending.kind in ABOUT_TOPIC
    )
    return named and not about_topic and turn.session.topic not in (turn.flows.guard, turn.flows.danger)


def _warned(turn: Turn, topic: str) -> Turn:
    """First say what never to give, then ask; a no continues where they were."""
    named = {"topic": topic}
    return offer(turn.remark("common.never_give"), "switch", "common.guard_confirm", named, named)


def _danger(turn: Turn, meaning: Meaning, danger: str) -> Turn:
    if meaning.certainty == "sure" or turn.session.topic == turn.flows.danger:
        return start_danger(turn, danger)
    return offer(turn, "danger", f"common.danger_{danger}", data={"danger": danger})


def _sent_picture(turn: Turn, event: SentPicture) -> Turn:
    """Only a person can look at it: one is offered, at whatever question we are."""
    return offer(turn.change(because="").remark("sms.picture"), HUMAN, "sms.picture_wanted")


def _stayed_silent(turn: Turn, event: StayedSilent) -> Turn:
    return silence(turn)


def _looked_up(turn: Turn, event: LookedUp) -> Turn:
    here = turn.step
    if not isinstance(here, LookupStep) or turn.session.pending or event.name != (here.lookup or here.name):
        return turn.again()
    if event.failed:
        told = turn if here.no == here.to else turn.remark("common.lookup_failed")
        return enter(told, here.no or turn.flows.human_for(turn.session.topic))
    turn = found(turn, event.result)
    if AGAIN in event.result:
        return _again(turn, str(event.result[AGAIN]))
    return enter(turn, here.next(turn.session.slots))


def _again(turn: Turn, topic: str) -> Turn:
    """Repeat the procedure in the spoken file, without the papers the person has."""
    kept = ticks(turn.session.slots)
    begun = start_topic(turn.change(trail=()), topic)
    return begun.change(slots={**kept, **begun.session.slots})


def _channel_changed(turn: Turn, event: ChannelChanged) -> Turn:
    turn = turn.change(channel=event.channel)
    return ask(turn, "keys" if event.channel == "keypad" else "ask")


def _came_back(turn: Turn, event: CameBack) -> Turn:
    """The ticket remains; what is left to agree on is when to call the person."""
    return enter(turn.change(status="open", channel=event.channel), turn.flows.call_back)


def _hung_up(turn: Turn, event: HungUp) -> Turn:
    if turn.session.status not in ("new", "open"):
        return turn
    return cleared(turn).change(status="ended" if is_guest(turn.session) else "suspended")


_HANDLERS: dict[type[Event], Callable[[Turn, Any], Turn]] = {
    Started: _started,
    Heard: _heard,
    Pressed: _pressed,
    SentPicture: _sent_picture,
    StayedSilent: _stayed_silent,
    LookedUp: _looked_up,
    ChannelChanged: _channel_changed,
    CameBack: _came_back,
    HungUp: _hung_up,
}
