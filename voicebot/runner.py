"""The runner: load the session, understand what came, take one step, save all of it together, perform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from voicebot.dialogue import step
from voicebot.dialogue.action import (
    Action,
    End,
    Forget,
    Listen,
    LookUp,
    OptOut,
    Remember,
    Say,
)
from voicebot.dialogue.event import (
    CameBack,
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
from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Expecting, Meaning, Value
from voicebot.dialogue.memory import UNRECOGNIZED
from voicebot.dialogue.policy import CLEAR_CONFIDENCE, NUMBER_KINDS, SURE_CONFIDENCE
from voicebot.dialogue.session import SECRET, Session
from voicebot.dialogue.spoken_file import FILE
from voicebot.errors import StoreError
from voicebot.records import after_hang_up, caused, turn_record
from voicebot.store.known import Known, Memory
from voicebot.store.sessions import Change, Sessions
from voicebot.tally import tally

_RETRIES = 5
_LONGEST_LOOKUPS = 5

#: A session and its version.
Kept = tuple[Session, int]
Count = Callable[[float, Mapping[str, int]], Awaitable[None]]
Lookup = Callable[[Mapping[str, Value]], Awaitable[Mapping[str, Value]]]


class Understands(Protocol):
    """What the runner needs of `nlu.Understanding`."""

    def interpret(
        self, text: str, expecting: Expecting, channel: str = ..., others: Sequence[str] = ...
    ) -> Meaning:
        """The meaning of `text` where `expecting` was asked; `others` is what else was perhaps said."""

    def answered_ahead(self, text: str, intent: str, choices: tuple[str, ...]) -> str | None:
        """Which of the first question's `choices` the words that named `intent` answer already."""


@dataclass(frozen=True)
class Who:
    """Which conversation: the person's pseudonym and the session's id (the CallSid on the telephone)."""

    person: str
    session_id: str


@dataclass(frozen=True)
class Reply:
    """What the channel must render: `actions` in order. `heard` is what was understood, for watching.

    `session` is kept as `version`.
    """

    session: Session
    actions: tuple[Action, ...]
    heard: Meaning | None = None
    version: int = 0

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


async def _uncounted(at: float, counts: Mapping[str, int]) -> None:
    """Where nobody keeps figures."""


@dataclass(frozen=True)
class Runner:
    """Takes turns for every channel.

    `wording` gives the redacted text of what is said, for the record. Who hangs up within `missed_call_s`
    of being answered is called back; 0 means nobody. `count` is told what each turn adds to the figures, and
    must not raise. Lookups get the slots, and beside them the `person` (pseudonym) and the `channel`.
    """

    flows: Flows
    understanding: Understands
    sessions: Sessions
    clock: Callable[[], float]
    wording: Callable[[tuple[Say, ...], Channel], str]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    missed_call_s: float = 0.0
    count: Count = _uncounted

    async def start(
        self,
        who: Who,
        channel: Channel,
        event_id: str,
        textable: bool,
        resumes: bool = False,
        follow_up: str = "",
        known: Known | None = None,
    ) -> Reply:
        """Somebody called or texted for the first time, is called back (`resumes`), or answers how it went
        with the procedure `follow_up`. `known` is what the store holds of them, where it was read just now.
        """
        known = known or await self.sessions.known(who.person, who.session_id)
        previous, proposed, (consent, remembered) = known.previous, known.proposed, _memory(known)

        def started(session: Session) -> Event:
            at = self.clock()
            about = (consent, remembered, proposed, follow_up)
            return Started(event_id, at, channel, textable, previous, resumes, *about)

        return await self._turn(who, started, begins_with=(known.session, known.version))

    async def hear(
        self,
        who: Who,
        text: str,
        event_id: str,
        confidence: float = 1.0,
        others: Sequence[str] = (),
        begins_with: Kept | None = None,
    ) -> Reply:
        """The person said or texted `text`, or perhaps one of `others`.

        `begins_with` is their session, where it was read just now.
        """

        def heard(session: Session) -> Event:
            expecting = self.expecting(session)
            meaning = self.understanding.interpret(text, expecting, session.channel, others)
            meaning = replace(meaning, ahead=self._ahead(meaning))
            return Heard(event_id, self.clock(), doubted(meaning, expecting, confidence))

        return await self._turn(who, heard, confidence, begins_with)

    async def press(self, who: Who, digits: str, event_id: str, turn: int | None = None) -> Reply:
        """The person pressed keys, to the question that `turn` put: late ones answer no later question."""
        return await self._turn(
            who, lambda session: Pressed(in_turn(session, event_id, turn), self.clock(), digits)
        )

    async def stay_silent(self, who: Who, event_id: str, turn: int | None = None) -> Reply:
        """The person was asked and said nothing."""
        return await self._turn(
            who, lambda session: StayedSilent(in_turn(session, event_id, turn), self.clock())
        )

    async def change_channel(self, who: Who, channel: Channel, reason: str, event_id: str) -> Reply:
        """The conversation goes on elsewhere."""
        return await self._turn(who, lambda _: ChannelChanged(event_id, self.clock(), channel, reason))

    async def ask_again(self, who: Who) -> Reply:
        """Put the open question once more, to somebody who has a session; nothing is kept of it."""
        return await self._turn(
            who, lambda session: ChannelChanged(session.seen[-1], self.clock(), session.channel)
        )

    async def come_back(self, who: Who, channel: Channel, event_id: str) -> Reply:
        """The person was given to a human and is with us again."""
        return await self._turn(who, lambda _: CameBack(event_id, self.clock(), channel))

    async def hang_up(self, who: Who, event_id: str) -> Reply:
        """The call is over."""
        return await self._turn(who, lambda _: HungUp(event_id, self.clock()))

    def expecting(self, session: Session) -> Expecting:
        """What `session` waits for now."""
        if session.pending:
            return session.pending.expecting
        known = session.place and self.flows.has(session.place)
        return self.flows.step(session.place if known and session.place else self.flows.question).expecting()

    def _ahead(self, meaning: Meaning) -> Value | None:
        """What the words that name a procedure answer at its first question, if that is a choice."""
        start = self.flows.start(meaning.intent) if meaning.value is None else None
        choices = self.flows.step(start).choices if start else ()
        return self.understanding.answered_ahead(meaning.text, meaning.intent, choices) if choices else None

    def _asks_secret(self, session: Session) -> bool:
        """Whether `session` stands at a question whose answer no record gets."""
        known = session.place is not None and self.flows.has(session.place)
        slot = self.flows.step(session.place).slot if known and session.place else None
        return bool(slot and slot.startswith(SECRET))

    async def _turn(
        self,
        who: Who,
        event_of: Callable[[Session], Event],
        confidence: float = 1.0,
        begins_with: Kept | None = None,
    ) -> Reply:
        """One turn, retried from the start when another process was quicker with the same session."""
        for _ in range(_RETRIES):
            session, version = begins_with or await self.sessions.load(who.person, who.session_id)
            begins_with = None
            event = event_of(session)
            after, actions = await self._advance(session, event)
            if after == session:
                return Reply(after, actions, version=version)
            change = self._change(session, version, event, after, actions, confidence)
            if await self.sessions.commit(change):
                await self.count(event.at, tally(session, event, after, actions))
                return Reply(after, actions, getattr(event, "meaning", None), version + 1)
        raise StoreError("a session was changed by others each time we tried: expected to win within 5 tries")

    async def _advance(self, session: Session, event: Event) -> tuple[Session, tuple[Action, ...]]:
        """Take the step and every lookup it asks for."""
        session, actions = step(session, event, self.flows)
        for round_ in range(_LONGEST_LOOKUPS):
            asked = actions[-1] if actions else None
            if not isinstance(asked, LookUp):
                break
            # In practice a lookup learns of nobody, so that it can leave nothing behind.
            person = "" if session.practice else session.person
            asker = {"person": person, "channel": session.channel}
            answer = await self._look_up(asked, asker, f"{event.id}:{round_}", event.at)
            session, more = step(session, answer, self.flows)
            actions = actions[:-1] + more
        return session, actions

    async def _look_up(self, asked: LookUp, asker: Mapping[str, str], event_id: str, at: float) -> LookedUp:
        lookup = self.lookups.get(asked.name)
        if lookup is None:
            return LookedUp(event_id, at, asked.name, failed=True)
        try:
            return LookedUp(event_id, at, asked.name, dict(await lookup({**asked.slots, **asker})))
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
        if isinstance(event, HungUp):
            records = after_hang_up(before, event, self.missed_call_s)
        else:
            records = caused(actions, before, after)
        forget = any(isinstance(action, Forget) for action in actions)
        says = tuple(action for action in actions if isinstance(action, Say))
        said = self.wording(says, after.channel)
        turn = turn_record(before, event, after, actions, confidence, said, self._asks_secret(before))
        opt_out = any(isinstance(action, OptOut) for action in actions)
        kept = [Memory(action.agreed, action.slots) for action in actions if isinstance(action, Remember)]
        memory, proposed = kept[-1] if kept else None, _is_proposed(event, after)
        file = str(before.slots.get(FILE, ""))
        return Change(after, version, turn, records, forget, opt_out, memory, proposed, file)


def _is_proposed(event: Event, after: Session) -> bool:
    """Whether what a mediator wanted offered is what the person was just asked."""
    asked = after.pending.data.get("topic") if after.pending else None
    return isinstance(event, Started) and bool(event.proposed) and asked == event.proposed


def _memory(known: Known) -> tuple[str, Mapping[str, Value]]:
    """What the person said to being remembered, and their shared answers.

    Who hides their number is another person each time, and is not asked.
    """
    memory = known.memory
    if memory:
        return (YES, memory.slots) if memory.agreed else (NO, {})
    return ("" if known.recognized else UNRECOGNIZED), {}


def doubted(meaning: Meaning, expecting: Expecting, confidence: float) -> Meaning:
    """What the recognizer was not sure of is asked back first: a number, a procedure, a goodbye."""
    number = meaning.value is not None and expecting.kind in NUMBER_KINDS
    named = meaning.value is None and meaning.danger is None and meaning.intent != NO_INTENT
    needed = SURE_CONFIDENCE if number else CLEAR_CONFIDENCE if named else 0.0
    doubtful = meaning.certainty == "sure" and confidence < needed
    return replace(meaning, certainty="unsure") if doubtful else meaning


def in_turn(session: Session, event_id: str, turn: int | None) -> str:
    """The id of an event; of one that answers an older question an id that was seen: it changes nothing."""
    late = turn is not None and turn < session.turn and bool(session.seen)
    return session.seen[-1] if late else event_id
