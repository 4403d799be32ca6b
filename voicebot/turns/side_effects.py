"""What a turn leaves behind: its redacted record, and the tickets, texts and call-backs it causes."""

from __future__ import annotations

from voicebot.dialogue.action import Action, CallBack, End, HandOff, Say, SendSummary, question_of
from voicebot.dialogue.documents import missing
from voicebot.dialogue.event import Event, Heard, HungUp, Pressed
from voicebot.dialogue.meaning import Meaning, Value
from voicebot.dialogue.session import SECRET, Session
from voicebot.privacy import redact
from voicebot.records import CallBackOrder, Order, Record, TextOrder, TicketRequest, TurnRecord

#: The text to somebody who was cut off in the middle of a procedure.
BROKEN_OFF = "sms.broken_off"


def side_effects(
    actions: tuple[Action, ...], before: Session, after: Session, trial: bool = False
) -> tuple[Record, ...]:
    """What must be stored until a human or the outbox deals with it, after this turn."""
    return tuple(record for action in actions if (record := _record(action, before, after, trial)))


def after_hang_up(before: Session, event: HungUp, missed_call_s: float) -> tuple[Record, ...]:
    """A call hung up at once asks for a call-back; one that broke off causes a text on how to resume."""
    if before.status != "open" or before.channel == "sms" or before.practice:
        return ()
    if before.turn == 1 and event.at - before.updated_at < missed_call_s:
        return (Record(f"{before.id}:missed", event.at, _call_back(before)),)
    if before.topic and before.textable:
        return (Record(f"{before.id}:broken", event.at, _text(before, notes=(BROKEN_OFF,))),)
    return ()


def turn_record(
    before: Session,
    event: Event,
    after: Session,
    actions: tuple[Action, ...],
    confidence: float,
    text: str,
    secret: bool = False,
) -> TurnRecord:
    """One turn, for whoever watches or takes over; `text` is what was said, already redacted.

    During practice, and where something `secret` was asked, only the course is recorded, no words and no
    answers, except what leads the person to a mediator.
    """
    ticket = next((a.key for a in actions if isinstance(a, HandOff)), None)
    hidden = (before.practice or secret) and ticket is None
    meaning = event.meaning if isinstance(event, Heard) and not hidden else Meaning("")
    keys = event.digits if isinstance(event, Pressed) and not hidden else ""
    value = meaning.value if meaning.value is not None else _keyed(before, after) if keys else None
    question = question_of([action for action in actions if isinstance(action, Say)])
    return TurnRecord(
        turn=after.turn,
        at=event.at,
        event=type(event).__name__,
        channel=after.channel,
        status=after.status,
        heard=redact(meaning.text),
        confidence=round(confidence, 3),
        intent=meaning.intent,
        value=None if value is None else redact(str(value)),
        certainty=meaning.certainty,
        asked=before.place,
        place=after.place,
        pending=after.pending.kind if after.pending else None,
        prompt=question.prompt if question else None,
        text="" if hidden else text,
        result=next((a.reason for a in actions if isinstance(a, End)), None),
        ticket=ticket,
        sms=next((a.key for a in actions if isinstance(a, SendSummary)), None),
        danger=meaning.danger,
        pressed=redact(keys),
    )


def _keyed(before: Session, after: Session) -> Value | None:
    """The answer that keys gave: the one slot they filled, if they filled one."""
    filled = [value for name, value in after.slots.items() if before.slots.get(name) != value]
    return filled[0] if len(filled) == 1 else None


def _record(action: Action, before: Session, session: Session, trial: bool) -> Record | None:
    """What must be stored until a human or the outbox deals with it."""
    order = _order(action, before, session, trial)
    key = getattr(action, "key", "")
    return Record(key, session.updated_at, order) if order else None


def _order(action: Action, before: Session, session: Session, trial: bool) -> Order | None:
    if isinstance(action, HandOff):
        return TicketRequest(
            person=session.person,
            reason=action.reason,
            session=session.id,
            channel=session.channel,
            priority=action.priority,
            topic=action.topic,
            place=before.place,
            answered=len(before.trail),
            slots=_told(session),
            missing=missing(session.slots),
            trial=trial,
        )
    if isinstance(action, SendSummary):
        return _text(session, action.topic, action.notes)
    return _call_back(session) if isinstance(action, CallBack) else None


def _text(session: Session, topic: str = "", notes: tuple[str, ...] = ()) -> TextOrder:
    return TextOrder(
        person=session.person,
        topic=topic,
        notes=notes,
        slots=_told(session),
        session=session.id,
        channel=session.channel,
        missing=missing(session.slots),
    )


def _call_back(session: Session) -> CallBackOrder:
    return CallBackOrder(
        person=session.person,
        session=session.id,
        channel=session.channel,
        slots=_told(session),
        missing=missing(session.slots),
    )


def _told(session: Session) -> dict[str, Value]:
    """The answers, except those that go into no record."""
    return {name: value for name, value in session.slots.items() if not name.startswith(SECRET)}
