"""Who is rung about whom; and that whatever happens in whatever order, nobody is lost or taken twice."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.handoff.people import mediator, ticket
from voicebot.errors import TicketRefused
from voicebot.handoff.calling import (
    OFFER_S,
    decline,
    end_call,
    hold_line,
    leave_line,
    offer,
    return_to_queue,
    start_call,
)
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.routing import LONGEST_TALK_S, REST_S, Pairing, in_queue, route
from voicebot.handoff.ticket import Ticket, claim, close, plan_call_back, release, reopen

ADA, BEA = mediator("ada"), mediator("bea")


def on_line(number: str, **fields: object) -> Ticket:
    return hold_line(ticket(id=number, **fields), number.partition(":")[0], 1000.0)


def test_danger_goes_first_then_who_was_cut_off_then_priority_then_the_longest_wait() -> None:
    late = on_line("CA1:1", at=1300.0)
    early = on_line("CA2:1", at=1200.0)
    homeless = on_line("CA3:1", at=1400.0, priority="high")
    danger = on_line("CA4:1", at=1500.0, priority="danger")
    cut_off = return_to_queue(start_call(on_line("CA5:1", at=1450.0), "zoe", 1460.0), "CA5", 1470.0)
    order = in_queue([late, early, homeless, danger, cut_off])
    assert [one.id for one in order] == ["CA4:1", "CA5:1", "CA3:1", "CA2:1", "CA1:1"]
    assert route([late, early, homeless, danger, cut_off], [ADA], 1600.0) == (Pairing("CA4:1", "ada"),)


def test_the_mediator_of_the_territory_then_of_the_topic_then_the_longest_idle() -> None:
    here = mediator("here", territories=("93",), last_busy_at=9.0)
    knows = mediator("knows", skills=("rsa",), last_busy_at=8.0)
    idle = mediator("idle", last_busy_at=1.0)
    far = mediator("far", territories=("13",), last_busy_at=0.0)
    rung, caller = [far, idle, knows, here], on_line("CA1:1")
    order = []
    while rung:
        (pairing,) = route([caller], rung, 1000.0)
        order.append(pairing.mediator)
        rung = [one for one in rung if one.id != pairing.mediator]
    assert order == ["here", "knows", "idle", "far"]


def test_who_is_off_duty_busy_or_has_no_telephone_is_not_rung() -> None:
    talking = start_call(on_line("CA9:1"), "bea", 1001.0)
    off, mute = mediator("off", on_duty=False), mediator("mute", phone="")
    assert route([on_line("CA1:1"), talking], [off, mute, BEA], 1002.0) == ()


def test_a_talk_whose_end_nobody_told_does_not_keep_a_mediator_busy_for_ever() -> None:
    talking = start_call(on_line("CA9:1"), "bea", 1001.0)
    at = 1001.0 + LONGEST_TALK_S
    assert route([on_line("CA1:1"), talking], [BEA], at) == (Pairing("CA1:1", "bea"),)


def test_refused_goes_to_the_next_and_after_a_rest_to_the_first_again() -> None:
    caller = decline(offer(on_line("CA1:1"), "ada", 1000.0), "ada", "refused", 1005.0)
    assert route([caller], [ADA, BEA], 1005.0) == (Pairing("CA1:1", "bea"),)
    assert route([caller], [ADA], 1005.0) == ()
    assert route([caller], [ADA], 1005.0 + REST_S) == (Pairing("CA1:1", "ada"),)


def test_a_call_back_is_routed_when_it_is_due() -> None:
    wished = plan_call_back(ticket(), "", 5000.0, 1000.0)
    assert route([wished], [ADA], 4999.0) == ()
    assert route([wished], [ADA], 5000.0) == (Pairing("CA1:4", "ada"),)


def test_nobody_is_rung_for_who_hung_up_or_writes() -> None:
    gone = leave_line(on_line("CA1:1"), "CA1", "hung_up", 1001.0)
    assert route([gone, ticket(id="SM1:1", channel="sms")], [ADA], 1002.0) == ()


@given(
    st.lists(
        st.builds(
            lambda n, at, priority, line: (
                on_line(f"CA{n}:1", at=at, priority=priority)
                if line
                else ticket(id=f"CA{n}:1", at=at, priority=priority)
            ),
            st.integers(0, 50),
            st.floats(0, 2000),
            st.sampled_from(["danger", "high", "normal"]),
            st.booleans(),
        ),
        unique_by=lambda one: one.id,
    ),
    st.lists(
        st.builds(
            lambda n, duty, last: mediator(f"m{n}", on_duty=duty, last_busy_at=last),
            st.integers(0, 9),
            st.booleans(),
            st.floats(0, 100),
        ),
        unique_by=lambda one: one.id,
    ),
)
def test_nobody_is_rung_twice_and_nobody_free_stays_idle(
    tickets: list[Ticket], mediators: list[Mediator]
) -> None:
    pairings = route(tickets, mediators, 3000.0)
    assert len({p.ticket for p in pairings}) == len({p.mediator for p in pairings}) == len(pairings)
    callers = in_queue(tickets)
    free = [one for one in mediators if one.can_be_rung]
    assert len(pairings) == min(len(callers), len(free))
    assert {p.ticket for p in pairings} == {one.id for one in callers[: len(pairings)]}


class Queue(RuleBasedStateMachine):
    """People, mediators and processes that do anything in any order, often too late or twice."""

    people = st.integers(0, 4).map(lambda n: f"CA{n}:1")
    mediators = st.sampled_from(["ada", "bea", "cleo"])

    @initialize()
    def open(self) -> None:
        self.at = 2000.0
        self.tickets: dict[str, Ticket] = {}
        self.asked: set[str] = set()

    @rule(who=people, line=st.booleans())
    def ask(self, who: str, line: bool) -> None:
        self.at += 1
        self.asked.add(who)
        self.tickets.setdefault(who, ticket(id=who, at=self.at))
        if line:
            self.try_to(who, lambda t: hold_line(t, who[:3], self.at))

    @rule(who=people)
    def hang_up(self, who: str) -> None:
        self.try_to(who, lambda t: leave_line(t, who[:3], "hung_up", self.at))

    @precondition(lambda self: self.tickets)
    @rule()
    def ring(self) -> None:
        for pairing in route(self.tickets.values(), [ADA, BEA, mediator("cleo")], self.at):
            before = self.tickets[pairing.ticket]
            assert before.state == "waiting"
            self.try_to(pairing.ticket, lambda t, m=pairing.mediator: offer(t, m, self.at))
            assert self.tickets[pairing.ticket].offer is not None

    @rule(who=people, by=mediators)
    def press_one(self, who: str, by: str) -> None:
        before = self.tickets.get(who)
        if self.try_to(who, lambda t: start_call(t, by, self.at)) and before:
            assert before.state == "waiting" or before.claimed_by == by

    @rule(who=people, by=mediators)
    def refuse(self, who: str, by: str) -> None:
        self.try_to(who, lambda t: decline(t, by, "refused", self.at))

    @rule(who=people, by=mediators)
    def take_in_the_console(self, who: str, by: str) -> None:
        before = self.tickets.get(who)
        if self.try_to(who, lambda t: claim(t, by, self.at)) and before:
            assert before.state == "waiting"

    @rule(who=people, by=mediators)
    def put_back(self, who: str, by: str) -> None:
        self.try_to(who, lambda t: release(t, by, self.at))

    @rule(who=people, by=mediators)
    def hang_up_on_the_person(self, who: str, by: str) -> None:
        self.try_to(who, lambda t: end_call(t, by, self.at))
        self.try_to(who, lambda t: return_to_queue(t, who[:3], self.at))

    @rule(who=people, by=mediators)
    def finish(self, who: str, by: str) -> None:
        self.try_to(who, lambda t: close(t, by, "solved", self.at))

    @rule(who=people, by=mediators)
    def open_again(self, who: str, by: str) -> None:
        self.try_to(who, lambda t: reopen(t, by, self.at))

    @rule(seconds=st.sampled_from([1.0, 30.0, OFFER_S, REST_S]))
    def wait(self, seconds: float) -> None:
        self.at += seconds

    def try_to(self, who: str, deed: object) -> bool:
        before = self.tickets.get(who)
        if before is None:
            return False
        try:
            after = deed(before)  # type: ignore[operator]
        except TicketRefused:
            return False
        assert after.history[: len(before.history)] == before.history
        self.tickets[who] = after
        return bool(after != before)

    @invariant()
    def nobody_is_lost(self) -> None:
        assert set(getattr(self, "tickets", {})) == getattr(self, "asked", set())

    @invariant()
    def who_has_it_is_known_exactly_while_somebody_does(self) -> None:
        for one in getattr(self, "tickets", {}).values():
            assert (one.claimed_by is None) == (one.state == "waiting")
            assert one.state != "in_call" or one.offer is None

    @invariant()
    def who_waits_on_the_line_is_rung_for_as_soon_as_somebody_is_free(self) -> None:
        waiting = in_queue(getattr(self, "tickets", {}).values())
        fresh = [replace(one, offer=None, tried={}) for one in waiting]
        assert len(route(fresh, [ADA], getattr(self, "at", 0.0))) == min(1, len(fresh))


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
