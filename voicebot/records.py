"""What a turn leaves behind: its redacted record, and the tickets, texts and call-backs it causes."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.action import Action, CallBack, End, HandOff, Say, SendSummary
from voicebot.dialogue.documents import missing
from voicebot.dialogue.event import Event, Heard, HungUp
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.session import SECRET, Session
from voicebot.privacy import redact
from voicebot.store.known import Plain
from voicebot.store.sessions import Record

#: The text to who was cut off in the middle of a procedure.
BROKEN_OFF = "sms.broken_off"


def caused(actions: tuple[Action, ...], before: Session, after: Session) -> tuple[Record, ...]:
    """What must be kept until a human or the outbox deals with it, of the turn from `before` to `after`."""
    return tuple(record for action in actions if (record := _record(action, before, after)))


def after_hang_up(before: Session, event: HungUp, missed_call_s: float) -> tuple[Record, ...]:
    """A call that rang off at once asks to be called back; one that broke off is told how to go on."""
    if before.status != "open" or before.channel == "sms" or before.practice:
        return ()
    if before.turn == 1 and event.at - before.updated_at < missed_call_s:
        return (Record("callback", f"{before.id}:missed", event.at, _about(before)),)
    if before.topic and before.textable:
        told = {"topic": "", "notes": [BROKEN_OFF], **_about(before)}
        return (Record("sms", f"{before.id}:broken", event.at, told),)
    return ()


def turn_record(
    before: Session,
    event: Event,
    after: Session,
    actions: tuple[Action, ...],
    confidence: float,
    text: str,
    secret: bool = False,
) -> Plain:
    """One turn for who watches or takes over; `text` is what was said, already redacted.

    Of practice, and where something `secret` was asked, only the way is told, no words and no answers, but
    for what brings the person to a mediator.
    """
    ticket = next((a.key for a in actions if isinstance(a, HandOff)), None)
    hidden = (before.practice or secret) and ticket is None
    meaning = event.meaning if isinstance(event, Heard) and not hidden else Meaning("")
    return {
        "turn": after.turn,
        "at": event.at,
        "event": type(event).__name__,
        "channel": after.channel,
        "heard": redact(meaning.text),
        "confidence": round(confidence, 3),
        "intent": meaning.intent,
        "value": None if meaning.value is None else redact(str(meaning.value)),
        "certainty": meaning.certainty,
        "asked": before.place.step if before.place else None,
        "flow": after.place.flow if after.place else None,
        "step": after.place.step if after.place else None,
        "pending": after.pending.kind if after.pending else None,
        "prompt": _question(actions),
        "text": "" if hidden else text,
        "status": after.status,
        "result": next((a.reason for a in actions if isinstance(a, End)), None),
        "ticket": ticket,
        "sms": next((a.key for a in actions if isinstance(a, SendSummary)), None),
    }


def _question(actions: tuple[Action, ...]) -> str | None:
    """The prompt that asked; how to type the answer may be said after it."""
    prompts = [action.prompt for action in actions if isinstance(action, Say)]
    asking = [prompt for prompt in prompts if not prompt.startswith("common.keys_")]
    return asking[-1] if asking else None


def _record(action: Action, before: Session, session: Session) -> Record | None:
    """What must be kept until a human or the outbox deals with it."""
    if isinstance(action, HandOff):
        asked = {"reason": action.reason, "priority": action.priority, "topic": action.topic}
        asked |= _stopped(before)
        return Record("ticket", action.key, session.updated_at, {**asked, **_about(session)})
    if isinstance(action, SendSummary):
        summary = {"topic": action.topic, "notes": list(action.notes)}
        return Record("sms", action.key, session.updated_at, {**summary, **_about(session)})
    if isinstance(action, CallBack):
        return Record("callback", action.key, session.updated_at, _about(session))
    return None


def _stopped(before: Session) -> dict[str, Any]:
    """The question at which the person asked for a human, and how many they had answered."""
    place = [before.place.flow, before.place.step] if before.place else None
    return {"place": place, "answered": len(before.trail)}


def _about(session: Session) -> dict[str, Any]:
    return {
        "person": session.person,
        "session": session.id,
        "channel": session.channel,
        "slots": {name: value for name, value in session.slots.items() if not name.startswith(SECRET)},
        "missing": list(missing(session.slots)),
    }
