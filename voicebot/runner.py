"""The runner: load the session, understand what came, take one step, save all of it together, perform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from voicebot.dialogue import step
from voicebot.dialogue.action import (
    Action,
    CallBack,
    End,
    Forget,
    HandOff,
    Listen,
    LookUp,
    OptOut,
    Say,
    SendSummary,
)
from voicebot.dialogue.event import (
    Channel,
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
from voicebot.dialogue.meaning import NO_INTENT, Expecting, Meaning, Value
from voicebot.dialogue.policy import CLEAR_CONFIDENCE, NUMBER_KINDS, SURE_CONFIDENCE
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError
from voicebot.privacy import redact
from voicebot.store.sessions import Change, Plain, Record, Sessions

#: The text to who was cut off in the middle of a procedure.
BROKEN_OFF = "sms.broken_off"

_RETRIES = 5
_LONGEST_LOOKUPS = 5

Lookup = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


class Understands(Protocol):
    """What the runner needs of `nlu.Understanding`."""

    def interpret(self, text: str, expecting: Expecting, channel: str = ...) -> Meaning:
        """The meaning of `text` where `expecting` was asked."""


@dataclass(frozen=True)
class Who:
    """Which conversation: the person's pseudonym and the session's id (the CallSid on the telephone)."""

    person: str
    session_id: str


@dataclass(frozen=True)
class Reply:
    """What the channel must render: `actions` in order. `heard` is what was understood, for watching."""

    session: Session
    actions: tuple[Action, ...]
    heard: Meaning | None = None

    @property
    def says(self) -> tuple[Say, ...]:
        """Everything to speak or text, in order."""
        return tuple(action for action in self.actions if isinstance(action, Say))

    @property
    def listen(self) -> Listen | None:
        """What to wait for; None when the conversation ends."""
        return next((action for action in self.actions if isinstance(action, Listen)), None)

    @property
    def end(self) -> End | None:
        """The end of the conversation, if this is it."""
        return next((action for action in self.actions if isinstance(action, End)), None)


@dataclass(frozen=True)
class Runner:
    """Takes turns for every channel.

    `wording` gives the redacted text of what is said, for the record. Who hangs up within `missed_call_s`
    of being answered is called back; 0 means nobody.
    """

    flows: Flows
    understanding: Understands
    sessions: Sessions
    clock: Callable[[], float]
    wording: Callable[[tuple[Say, ...], Channel], str]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    missed_call_s: float = 0.0

    async def start(
        self, who: Who, channel: Channel, event_id: str, textable: bool, resumes: bool = False
    ) -> Reply:
        """Somebody called or texted for the first time, or is called back (`resumes`)."""
        previous = await self.sessions.resumable(who.person)

        def started(session: Session) -> Event:
            return Started(event_id, self.clock(), channel, textable, previous, resumes)

        return await self._turn(who, started)

    async def hear(self, who: Who, text: str, event_id: str, confidence: float = 1.0) -> Reply:
        """The person said or texted `text`."""

        def heard(session: Session) -> Event:
            expecting = self.expecting(session)
            meaning = self.understanding.interpret(text, expecting, session.channel)
            return Heard(event_id, self.clock(), doubted(meaning, expecting, confidence))

        return await self._turn(who, heard, confidence)

    async def press(self, who: Who, digits: str, event_id: str) -> Reply:
        """The person pressed keys."""
        return await self._turn(who, lambda _: Pressed(event_id, self.clock(), digits))

    async def stay_silent(self, who: Who, event_id: str) -> Reply:
        """The person was asked and said nothing."""
        return await self._turn(who, lambda _: StayedSilent(event_id, self.clock()))

    async def change_channel(self, who: Who, channel: Channel, reason: str, event_id: str) -> Reply:
        """The conversation goes on elsewhere."""
        return await self._turn(who, lambda _: ChannelChanged(event_id, self.clock(), channel, reason))

    async def hang_up(self, who: Who, event_id: str) -> Reply:
        """The call is over."""
        return await self._turn(who, lambda _: HungUp(event_id, self.clock()))

    def expecting(self, session: Session) -> Expecting:
        """What `session` waits for now."""
        if session.pending:
            return session.pending.expecting
        known = session.place and self.flows.has(session.place)
        return self.flows.step(session.place if known and session.place else self.flows.question).expecting()

    async def _turn(self, who: Who, event_of: Callable[[Session], Event], confidence: float = 1.0) -> Reply:
        """One turn, retried from the start when another process was quicker with the same session."""
        for _ in range(_RETRIES):
            session, version = await self.sessions.load(who.person, who.session_id)
            event = event_of(session)
            after, actions = await self._advance(session, event)
            if after == session:
                return Reply(after, actions)
            change = self._change(session, version, event, after, actions, confidence)
            if await self.sessions.commit(change):
                return Reply(after, actions, getattr(event, "meaning", None))
        raise StoreError("a session was changed by others each time we tried: expected to win within 5 tries")

    async def _advance(self, session: Session, event: Event) -> tuple[Session, tuple[Action, ...]]:
        """Take the step and every lookup it asks for."""
        session, actions = step(session, event, self.flows)
        for round_ in range(_LONGEST_LOOKUPS):
            asked = actions[-1] if actions else None
            if not isinstance(asked, LookUp):
                break
            answer = await self._look_up(asked, f"{event.id}:{round_}", event.at)
            session, more = step(session, answer, self.flows)
            actions = actions[:-1] + more
        return session, actions

    async def _look_up(self, asked: LookUp, event_id: str, at: float) -> LookedUp:
        lookup = self.lookups.get(asked.name)
        if lookup is None:
            return LookedUp(event_id, at, asked.name, failed=True)
        try:
            return LookedUp(event_id, at, asked.name, dict(await lookup(asked.slots)))
        except Exception:  # a lookup may be anything, and the caller must still hear a sentence
            return LookedUp(event_id, at, asked.name, failed=True)

    def _change(
        self,
        before: Session,
        version: int,
        event: Event,
        after: Session,
        actions: tuple[Action, ...],
        confidence: float,
    ) -> Change:
        records = tuple(record for action in actions if (record := _record(action, after)))
        if isinstance(event, HungUp):
            records = self._after_hang_up(before, event)
        forget = any(isinstance(action, Forget) for action in actions)
        turn = self._turn_record(before, event, after, actions, confidence)
        opt_out = any(isinstance(action, OptOut) for action in actions)
        return Change(after, version, turn, records, forget, opt_out)

    def _after_hang_up(self, before: Session, event: HungUp) -> tuple[Record, ...]:
        """A call that rang off at once asks to be called back; one that broke off is told how to go on."""
        if before.status != "open" or before.channel == "sms":
            return ()
        if before.turn == 1 and event.at - before.updated_at < self.missed_call_s:
            return (Record("callback", f"{before.id}:missed", event.at, _about(before)),)
        if before.trail and before.textable:
            told = {"topic": "", "notes": [BROKEN_OFF], **_about(before)}
            return (Record("sms", f"{before.id}:broken", event.at, told),)
        return ()

    def _turn_record(
        self, before: Session, event: Event, after: Session, actions: tuple[Action, ...], confidence: float
    ) -> Plain:
        meaning = event.meaning if isinstance(event, Heard) else Meaning("")
        says = tuple(action for action in actions if isinstance(action, Say))
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
            "prompt": _question(says),
            "text": self.wording(says, after.channel),
            "status": after.status,
            "result": next((a.reason for a in actions if isinstance(a, End)), None),
            "ticket": next((a.key for a in actions if isinstance(a, HandOff)), None),
            "sms": next((a.key for a in actions if isinstance(a, SendSummary)), None),
        }


def _question(says: tuple[Say, ...]) -> str | None:
    """The prompt that asked; how to type the answer may be said after it."""
    prompts = [say.prompt for say in says if not say.prompt.startswith("common.keys_")]
    return prompts[-1] if prompts else None


def doubted(meaning: Meaning, expecting: Expecting, confidence: float) -> Meaning:
    """What the recognizer was not sure of is asked back before it counts: a number, a procedure, a goodbye."""
    number = meaning.value is not None and expecting.kind in NUMBER_KINDS
    named = meaning.value is None and meaning.danger is None and meaning.intent != NO_INTENT
    needed = SURE_CONFIDENCE if number else CLEAR_CONFIDENCE if named else 0.0
    doubtful = meaning.certainty == "sure" and confidence < needed
    return replace(meaning, certainty="unsure") if doubtful else meaning


def _record(action: Action, session: Session) -> Record | None:
    """What must be kept until a human or the outbox deals with it."""
    if isinstance(action, HandOff):
        asked = {"reason": action.reason, "priority": action.priority, "topic": action.topic}
        return Record("ticket", action.key, session.updated_at, {**asked, **_about(session)})
    if isinstance(action, SendSummary):
        summary = {"topic": action.topic, "notes": list(action.notes)}
        return Record("sms", action.key, session.updated_at, {**summary, **_about(session)})
    if isinstance(action, CallBack):
        return Record("callback", action.key, session.updated_at, _about(session))
    return None


def _about(session: Session) -> dict[str, Any]:
    return {
        "person": session.person,
        "session": session.id,
        "channel": session.channel,
        "slots": dict(session.slots),
    }
