"""What holds for every sequence of events, however odd."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.dialogue.flows import FLOWS, PRICE_UNTIL
from voicebot.dialogue import step
from voicebot.dialogue.action import (
    Action,
    CallBack,
    End,
    HandOff,
    Listen,
    LookUp,
    Remember,
    Say,
    SendSummary,
)
from voicebot.dialogue.codec import from_dict, to_dict
from voicebot.dialogue.commands import COMMANDS
from voicebot.dialogue.digits import read
from voicebot.dialogue.documents import ANSWERS
from voicebot.dialogue.event import (
    ChannelChanged,
    Event,
    Heard,
    HungUp,
    LookedUp,
    Pressed,
    Started,
    StayedSilent,
)
from voicebot.dialogue.meaning import KINDS, Candidate, Expecting, Meaning
from voicebot.dialogue.session import Session

ids = st.text("abcdef0123456789", min_size=1, max_size=6)
times = st.floats(0, 2e9, allow_nan=False)
channels = st.sampled_from(["voice", "keypad", "sms"])
procedures = [
    "rsa",
    "apl",
    "energie",
    "entrainement",
    "carte_vitale",
    "retraite",
    "urgence",
    "aucun",
    "inconnu",
]
intents = st.sampled_from([*procedures, *COMMANDS])
answers = ["yes", "no", "next", "loue", "coupure", "autre", "75018", "age", "seul", *ANSWERS]
values = st.none() | st.sampled_from(answers) | st.integers(0, 130)
meanings = st.builds(
    Meaning,
    text=st.text(max_size=20),
    intent=intents,
    score=st.floats(0, 1),
    certainty=st.sampled_from(["sure", "unsure", "none"]),
    alternatives=st.lists(st.builds(Candidate, intents, st.floats(0, 1)), max_size=3).map(tuple),
    value=values,
    danger=st.sampled_from([None, None, None, None, "suicide", "feu"]),
    worried=st.booleans(),
    own=st.sampled_from([{}, {"age": 30}, {"postal_code": "93200"}]),
    ahead=st.none() | st.sampled_from(answers),
)
digits = st.text("0123456789*#", max_size=12)
lookups = st.builds(
    LookedUp, ids, times, st.sampled_from(["caisse", "autre"]), st.just({"caisse": "CAF"}), st.booleans()
)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        Started,
        ids,
        times,
        channels,
        st.booleans(),
        consent=st.sampled_from(["", "yes", "no", "unrecognized"]),
        remembered=st.sampled_from([{}, {"code_postal": "93200"}, {"qui": "colocation"}]),
    ),
    st.builds(Heard, ids, times, meanings),
    st.builds(Pressed, ids, times, digits),
    st.builds(StayedSilent, ids, times),
    lookups,
    st.builds(ChannelChanged, ids, times, channels, st.text(max_size=5)),
    st.builds(HungUp, ids, times),
)


def goes_on(actions: tuple[Action, ...]) -> bool:
    """Something to wait for, and words said before it; or an end."""
    last = actions[-1] if actions else None
    asked = isinstance(last, Listen) and any(isinstance(a, Say) for a in actions)
    return asked or isinstance(last, End | LookUp)


class AnyCall(RuleBasedStateMachine):
    """A call in which anything can happen in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.session = Session("CA1", "p1")
        self.actions: tuple[Action, ...] = ()
        self.event: Event = StayedSilent("none", 0.0)
        self.before = self.session

    @initialize(
        topics=st.sampled_from([(), ("rsa",), ("apl",), ("energie",), ("entrainement", "apl")]), at=times
    )
    def begins(self, topics: tuple[str, ...], at: float) -> None:
        """A call that just began, or already is in a procedure or in practice."""
        self.session, _ = step(self.session, Started("begun", at, "voice", True), FLOWS)
        for topic in topics:
            heard = Heard(f"begun {topic}", at, Meaning("…", topic, 1.0, "sure"))
            self.session, _ = step(self.session, heard, FLOWS)
        self.before = self.session

    @rule(event=events)
    def happens(self, event: Event) -> None:
        self.event, self.before, before = event, self.session, self.session
        self.session, self.actions = step(before, event, FLOWS)
        assert step(from_dict(json.loads(json.dumps(to_dict(before)))), event, FLOWS) == (
            self.session,
            self.actions,
        )

    @invariant()
    def there_is_a_way_forward(self) -> None:
        if self.event.id != "none" and not isinstance(self.event, HungUp):
            assert goes_on(self.actions), self.actions

    @invariant()
    def a_repeated_event_changes_nothing_and_causes_nothing(self) -> None:
        if self.event.id == "none":
            return
        session, actions = step(self.session, self.event, FLOWS)
        assert session == self.session
        assert not any(isinstance(action, HandOff | SendSummary) for action in actions)

    @invariant()
    def practice_reaches_nobody_and_leaves_no_answers(self) -> None:
        if self.before.practice and self.session.practice:
            reaching = HandOff | SendSummary | CallBack | Remember
            assert not any(isinstance(action, reaching) for action in self.actions)
        elif self.before.practice:
            assert set(self.session.slots) <= {"textable", "consent"}
            assert not set(self.session.remembered) - set(self.before.remembered)

    @invariant()
    def an_expired_price_is_not_told(self) -> None:
        if self.session.updated_at >= PRICE_UNTIL:
            told = {action.prompt for action in self.actions if isinstance(action, Say)}
            texted = {n for action in self.actions if isinstance(action, SendSummary) for n in action.notes}
            assert not {"apl.prix", "apl.note_prix"} & (told | texted)

    @invariant()
    def only_shared_answers_are_remembered_and_only_by_consent(self) -> None:
        assert set(self.session.remembered) <= FLOWS.shared
        for kept in (action for action in self.actions if isinstance(action, Remember)):
            assert kept.agreed == (self.session.slots["consent"] == "yes")
            assert kept.agreed or not kept.slots

    @invariant()
    def the_session_survives_storage(self) -> None:
        plain = json.loads(json.dumps(to_dict(self.session)))
        assert from_dict(plain) == self.session

    @invariant()
    def the_session_stays_small(self) -> None:
        assert len(self.session.seen) <= 64


TestAnyCall = AnyCall.TestCase
TestAnyCall.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)


@given(events)
def test_events_survive_storage(event: Event) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(event)))) == event


@settings(deadline=None)  # a busy machine is no failure
@given(st.lists(events, max_size=12))
def test_actions_survive_storage(sequence: list[Event]) -> None:
    session = Session("CA1", "p1")
    for event in sequence:
        session, actions = step(session, event, FLOWS)
        assert from_dict(json.loads(json.dumps(to_dict(actions)))) == actions


@given(digits, st.sampled_from(KINDS), st.lists(st.sampled_from("abcd"), unique=True, max_size=4))
def test_keys_mean_an_answer_a_command_or_nothing(pressed: str, kind: str, choices: list[str]) -> None:
    meaning = read(pressed, Expecting(kind, tuple(choices)))
    assert meaning.certainty == "none" or meaning.value is not None or meaning.intent != "aucun"


@given(st.lists(events, max_size=15))
def test_a_person_can_always_be_reached(sequence: list[Event]) -> None:
    session = Session("CA1", "p1")
    for event in [Started("start", 0.0, "voice"), *sequence]:
        session, _ = step(session, event, FLOWS)
    if FLOWS.step(session.place or FLOWS.question).kind == "lookup" and not session.pending:
        session, _ = step(session, LookedUp("found", 1.0, "caisse"), FLOWS)
    human = Heard("last one", 1.0, Meaning("…", "conseiller", 1.0, "sure"))
    after, actions = step(session, human, FLOWS)
    handed = [action for action in actions if isinstance(action, HandOff)]
    assert handed or session.status != "open"
    assert after.status != "open"
