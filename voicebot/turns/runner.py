"""The runner: load the session, understand the input, take one step, save all of it together, perform."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from voicebot.content.editions import Edition, Editions
from voicebot.dialogue.action import (
    Action,
    End,
    Forget,
    Listen,
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
    Pressed,
    SentPicture,
    Started,
    StayedSilent,
)
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import NO, NO_INTENT, YES, Certainty, Expecting, Meaning, Value
from voicebot.dialogue.memory import UNRECOGNIZED
from voicebot.dialogue.policy import CLEAR_CONFIDENCE, NUMBER_KINDS, SURE_CONFIDENCE
from voicebot.dialogue.session import SECRET, Session
from voicebot.dialogue.spoken_file import FILE
from voicebot.dialogue.waiting import waiting_for
from voicebot.errors import StoreError
from voicebot.pools import Pool
from voicebot.store.person_snapshot import Memory, PersonSnapshot
from voicebot.store.sessions import Change, Sessions
from voicebot.turns.advancing import Lookup, advance, understood
from voicebot.turns.counters import turn_counters
from voicebot.turns.side_effects import after_hang_up, side_effects, turn_record

_RETRIES = 5
#: What a sentence means can take the time of two frames of sound: other calls must not wait for it.
_UNDERSTANDING = Pool("understanding", 4)

#: A session and its version.
Kept = tuple[Session, int]
#: Is told each turn: the session before, what happened, the session after.
Overhear = Callable[[Session, Event, Session], Awaitable[None]]
Count = Callable[[float, Mapping[str, int]], Awaitable[None]]


@dataclass(frozen=True)
class ConversationRef:
    """Which conversation: the person's pseudonym and the session's id (on the telephone, the CallSid)."""

    person: str
    session_id: str


@dataclass(frozen=True)
class Reply:
    """What the channel must render: `actions` in order. `heard` is what was understood, for observers.

    `session` was stored as `version`.
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
        """What to wait for; None if the conversation ends."""
        return next((action for action in self.actions if isinstance(action, Listen)), None)

    @property
    def end(self) -> End | None:
        """The end of the conversation, if it ends now."""
        return next((action for action in self.actions if isinstance(action, End)), None)


async def _unheard(session: Session, event: Event, after: Session) -> None:
    """For services whose authors are told nothing."""


async def _uncounted(at: float, counts: Mapping[str, int]) -> None:
    """For services that keep no figures."""


@dataclass(frozen=True)
class Runner:
    """Takes turns for every channel.

    A conversation goes on with the one of the `editions` that it began with. Anybody who hangs up within
    `missed_call_s` seconds of being answered is called back; 0 means nobody. `count` is told what each turn
    adds to the figures, `overhear` the turn itself; neither may raise. In a `trial` requests for a mediator
    are marked as such. Lookups get the slots, plus the `person` (pseudonym), the `channel` and the time
    (`now`, Unix seconds).
    """

    editions: Editions
    sessions: Sessions
    clock: Callable[[], float]
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    missed_call_s: float = 0.0
    count: Count = _uncounted
    trial: bool = False
    overhear: Overhear = _unheard

    @property
    def flows(self) -> Flows:
        """The procedures that new conversations begin with."""
        return self.editions.current.flows

    def edition(self, session: Session) -> Edition:
        """What `session` goes on with: what it began with, as long as it is open."""
        return self.editions.of(session.edition) if session.status == "open" else self.editions.current

    async def start(
        self,
        who: ConversationRef,
        channel: Channel,
        event_id: str,
        textable: bool,
        resumes: bool = False,
        follow_up: str = "",
        known: PersonSnapshot | None = None,
        last_topic: str = "",
    ) -> Reply:
        """Somebody called or texted for the first time.

        Or they are called back (`resumes`), or answer how it went with the procedure `follow_up`. `known` is
        what the store holds about them, if it has just been read; `last_topic` what they were told about some
        days ago.
        """
        known = known or await self.sessions.known(who.person, who.session_id)
        previous, proposed, (consent, remembered) = (
            known.previous_or_handed_off,
            known.proposed,
            _memory(known),
        )

        def started(session: Session) -> Event:
            at = self.clock()
            about = (consent, remembered, proposed, follow_up, last_topic)
            return Started(event_id, at, channel, textable, previous, resumes, *about)

        return await self._turn(who, started, begins_with=(known.session, known.version))

    async def hear(
        self,
        who: ConversationRef,
        text: str,
        event_id: str,
        confidence: float = 1.0,
        others: Sequence[str] = (),
        begins_with: Kept | None = None,
        sent_at: float | None = None,
    ) -> Reply:
        """The person said or texted `text`, or possibly one of `others`.

        `begins_with` is their session, if it has just been read; `sent_at` is when a text reached us, in Unix
        seconds.
        """

        async def heard(session: Session) -> Event:
            at, edition, expecting = self.clock(), self.edition(session), self.expecting(session)

            def meant() -> Meaning:
                meaning = understood(edition, session, text, at, others)
                return _beside(edition, meaning, expecting, session.channel, others)

            meaning = await _UNDERSTANDING.run(meant)
            unread = sent_at is not None and sent_at < session.updated_at
            return Heard(event_id, at, doubted(meaning, expecting, confidence), unread)

        return await self._turn(who, heard, confidence, begins_with)

    async def press(self, who: ConversationRef, digits: str, event_id: str, turn: int | None = None) -> Reply:
        """The person pressed keys in answer to the question of `turn`: late ones answer no later question."""
        return await self._turn(
            who, lambda session: Pressed(in_turn(session, event_id, turn), self.clock(), digits)
        )

    async def send_picture(
        self, who: ConversationRef, event_id: str, begins_with: Kept | None = None
    ) -> Reply:
        """The person texted a picture."""
        return await self._turn(who, lambda _: SentPicture(event_id, self.clock()), begins_with=begins_with)

    async def stay_silent(self, who: ConversationRef, event_id: str, turn: int | None = None) -> Reply:
        """The person was asked and said nothing."""
        return await self._turn(
            who, lambda session: StayedSilent(in_turn(session, event_id, turn), self.clock())
        )

    async def change_channel(
        self, who: ConversationRef, channel: Channel, reason: str, event_id: str
    ) -> Reply:
        """The conversation continues on another channel."""
        return await self._turn(who, lambda _: ChannelChanged(event_id, self.clock(), channel, reason))

    async def ask_again(self, who: ConversationRef) -> Reply:
        """Repeat the open question to somebody who has a session; nothing of this is stored."""
        return await self._turn(
            who, lambda session: ChannelChanged(session.seen[-1], self.clock(), session.channel)
        )

    async def come_back(self, who: ConversationRef, channel: Channel, event_id: str) -> Reply:
        """The person was handed to a human and is back with us."""
        return await self._turn(who, lambda _: CameBack(event_id, self.clock(), channel))

    async def hang_up(self, who: ConversationRef, event_id: str) -> Reply:
        """The call is over."""
        return await self._turn(who, lambda _: HungUp(event_id, self.clock()))

    def expecting(self, session: Session) -> Expecting:
        """What `session` waits for now."""
        return waiting_for(self.edition(session).flows, session, self.clock())

    def _asks_secret(self, session: Session) -> bool:
        """Whether `session` is at a question whose answer goes into no record."""
        flows = self.edition(session).flows
        known = session.place is not None and flows.has(session.place)
        slot = flows.step(session.place).slot if known and session.place else None
        return bool(slot and slot.startswith(SECRET))

    async def _turn(
        self,
        who: ConversationRef,
        event_of: Callable[[Session], Event | Awaitable[Event]],
        confidence: float = 1.0,
        begins_with: Kept | None = None,
    ) -> Reply:
        """One turn, retried from the start if another process was quicker with the same session."""
        for _ in range(_RETRIES):
            session, version = begins_with or await self.sessions.load(who.person, who.session_id)
            begins_with = None
            happened = event_of(session)
            event = await happened if isinstance(happened, Awaitable) else happened
            after, actions = await self._advance(session, event)
            if after == session:
                return Reply(after, actions, version=version)
            change = self._change(session, version, event, after, actions, confidence)
            if await self.sessions.commit(change):
                await self.count(event.at, turn_counters(session, event, after, actions))
                await self.overhear(session, event, after)
                return Reply(after, actions, getattr(event, "meaning", None), version + 1)
        raise StoreError("a session was changed by others each time we tried: expected to win within 5 tries")

    async def _advance(self, session: Session, event: Event) -> tuple[Session, tuple[Action, ...]]:
        """Take the step and every lookup it asks for, all of one edition."""
        edition, before = self.edition(session), session
        session, actions = await advance(edition.flows, self.lookups, session, event)
        return session if session == before else replace(session, edition=edition.id), actions

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
            records = side_effects(actions, before, after, self.trial)
        forget = any(isinstance(action, Forget) for action in actions)
        says = tuple(action for action in actions if isinstance(action, Say))
        said = self.editions.of(after.edition).wording(says, after.channel)
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


def _memory(known: PersonSnapshot) -> tuple[str, Mapping[str, Value]]:
    """What the person answered about being remembered, and their shared answers.

    Somebody who hides their number is a different person each time, and is not asked.
    """
    memory = known.memory
    if memory:
        return (YES, memory.slots) if memory.agreed else (NO, {})
    return ("" if known.recognized else UNRECOGNIZED), {}


def _beside(
    edition: Edition, meaning: Meaning, expecting: Expecting, channel: str, others: Sequence[str]
) -> Meaning:
    """A number that is another one as it was heard the second time is read back, then that one."""
    if meaning.value is None or expecting.kind not in NUMBER_KINDS:
        return meaning
    values = (edition.understanding.interpret(other, expecting, channel).value for other in others)
    second = next((each for each in values if each not in (None, meaning.value)), None)
    if second is None:
        return meaning
    certainty: Certainty = "unsure" if meaning.certainty == "sure" else meaning.certainty
    return replace(meaning, second=second, certainty=certainty)


def doubted(meaning: Meaning, expecting: Expecting, confidence: float) -> Meaning:
    """Confirm first what the recognizer was unsure of: a number, a procedure, a goodbye."""
    number = meaning.value is not None and expecting.kind in NUMBER_KINDS
    named = meaning.value is None and meaning.danger is None and meaning.intent != NO_INTENT
    needed = SURE_CONFIDENCE if number else CLEAR_CONFIDENCE if named else 0.0
    doubtful = meaning.certainty == "sure" and confidence < needed
    return replace(meaning, certainty="unsure") if doubtful else meaning


def in_turn(session: Session, event_id: str, turn: int | None) -> str:
    """The id of an event. For an answer to an older question, an id already seen: it then changes nothing."""
    late = turn is not None and turn < session.turn and bool(session.seen)
    return session.seen[-1] if late else event_id
