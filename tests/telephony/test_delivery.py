"""What becomes of a text and a call: reports in any order, crashes anywhere, nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from voicebot.telephony.delivery import (
    LOSS_WAITS_S,
    Delivery,
    claim,
    given_up,
    machine_took,
    of_call,
    of_texts,
    put_back,
    refused,
    reported_call,
    reported_text,
    took,
)

STATUSES = ("queued", "accepted", "sending", "sent", "delivered", "undelivered", "failed", "read", "odd")
CODES = (None, "30001", "30003", "30005", "30006", "30008", "21610", "odd")


def sent() -> Delivery:
    return took(0, "SM1", 2.0)(claim(0, 1.0)(of_texts(("bonjour",), 0.0)))


def test_a_text_is_sent_and_delivered() -> None:
    assert sent().state == "sent"
    assert reported_text(0, "SM1", "delivered", None, 3.0)(sent()).state == "delivered"


def test_a_report_may_come_before_the_answer() -> None:
    claimed = claim(0, 1.0)(of_texts(("bonjour",), 0.0))
    reported = reported_text(0, "SM1", "delivered", None, 2.0)(claimed)
    assert reported.state == "delivered"
    assert took(0, "SM1", 3.0)(reported) == reported


def test_what_was_delivered_stays_so() -> None:
    delivered = reported_text(0, "SM1", "delivered", None, 3.0)(sent())
    assert reported_text(0, "SM1", "sent", None, 4.0)(delivered) == delivered
    assert reported_text(0, "SM1", "failed", "30003", 4.0)(delivered) == delivered


def test_the_report_on_another_text_changes_nothing() -> None:
    assert reported_text(0, "SM9", "failed", "30003", 3.0)(sent()) == sent()


def test_what_cannot_be_reached_now_is_tried_again_later() -> None:
    lost = reported_text(0, "SM1", "undelivered", "30003", 10.0)(sent())
    assert lost.state == "waiting"
    assert lost.parts[0].due == 10.0 + LOSS_WAITS_S[0]


@pytest.mark.parametrize("code", ["30004", "30005", "30006", "30007", "30008", None])
def test_other_losses_are_final(code: str | None) -> None:
    assert reported_text(0, "SM1", "undelivered", code, 10.0)(sent()).state == "failed"


def test_after_a_refusal_the_rest_is_not_sent() -> None:
    three = claim(1, 1.0)(took(0, "SM1", 1.0)(claim(0, 0.0)(of_texts(("un", "deux", "trois"), 0.0))))
    after = refused("21610", 2.0)(three)
    assert [part.state for part in after.parts] == ["sent", "failed", "failed"]
    assert after.state == "failed"


def test_a_machine_that_picks_up_ends_it() -> None:
    called = took(0, "CA1", 2.0)(claim(0, 1.0)(of_call(0.0)))
    assert machine_took("CA1", 3.0)(called).code == "machine"
    after = reported_call("CA1", "completed", 4.0)(machine_took("CA1", 3.0)(called))
    assert after.state == "failed"  # hanging up on a machine is no conversation


def test_a_call_nobody_takes_is_tried_again_and_then_given_up() -> None:
    delivery = of_call(0.0)
    states = []
    for number in range(3):
        delivery = took(0, f"CA{number}", 1.0)(claim(0, 1.0)(delivery))
        delivery = reported_call(f"CA{number}", "no-answer", 2.0)(delivery)
        states.append(delivery.state)
    assert states == ["waiting", "waiting", "failed"]


@given(
    st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(CODES), st.sampled_from(["SM1", "SM2"])))
)
def test_any_reports_in_any_order_keep_it_whole(reports: list[tuple[str, str | None, str]]) -> None:
    delivery = sent()
    for at, (status, code, sid) in enumerate(reports):
        delivery = reported_text(0, sid, status, code, float(at))(delivery)
        assert delivery.parts[0].losses <= len(LOSS_WAITS_S)
        assert (delivery.next is None) == delivery.parts[0].over


class Worker(RuleBasedStateMachine):
    """Workers that crash at any moment, and a Twilio whose answers get lost."""

    def __init__(self) -> None:
        super().__init__()
        self.delivery = of_texts(("un", "deux"), 0.0)
        self.twilio: list[tuple[int, str]] = []
        self.lost = [0, 0]
        self.at = 0.0

    @property
    def part(self) -> int:
        number = self.delivery.next
        assert number is not None
        return number

    def claimed(self) -> bool:
        number = self.delivery.next
        return number is not None and self.delivery.parts[number].state == "sending"

    def waiting(self) -> bool:
        number = self.delivery.next
        return number is not None and self.delivery.parts[number].state == "waiting"

    settled: frozenset[str] = frozenset()

    @rule()
    def time_passes(self) -> None:
        self.at += 1.0

    @precondition(waiting)
    @rule(outcome=st.sampled_from(["answered", "answer lost", "crashed before", "refused", "busy"]))
    def send(self, outcome: str) -> None:
        number = self.part
        self.delivery = claim(number, self.at)(self.delivery)
        sid = f"SM{len(self.twilio)}"
        if outcome in ("answered", "answer lost"):
            self.twilio.append((number, sid))
        if outcome == "answered":
            self.delivery = took(number, sid, self.at)(self.delivery)
        elif outcome == "refused":
            self.delivery = refused("21614", self.at)(self.delivery)
        elif outcome == "busy":
            self.delivery = put_back(number, "20429", self.at)(self.delivery)

    @precondition(claimed)
    @rule()
    def find_out(self) -> None:
        number = self.part
        found = [sid for part, sid in self.twilio if part == number and sid not in self.settled]
        change = took(number, found[-1], self.at) if found else put_back(number, None, self.at)
        self.delivery = change(self.delivery)

    @precondition(lambda self: bool(self.twilio))
    @rule(data=st.data(), status=st.sampled_from(STATUSES), code=st.sampled_from(CODES))
    def report(self, data: st.DataObject, status: str, code: str | None) -> None:
        number, sid = data.draw(st.sampled_from(self.twilio))
        before = self.delivery
        self.delivery = reported_text(number, sid, status, code, self.at)(self.delivery)
        if before.parts[number].state != "waiting" and self.delivery.parts[number].state == "waiting":
            self.lost[number] += 1  # Twilio says it never came: it may be sent again
            self.settled = self.settled | {sid}

    @invariant()
    def nothing_is_sent_twice(self) -> None:
        for number in range(2):
            assert len([one for one, _ in self.twilio if one == number]) <= 1 + self.lost[number]

    @invariant()
    def the_second_part_does_not_overtake_the_first(self) -> None:
        if any(number == 1 for number, _ in self.twilio):
            assert any(number == 0 for number, _ in self.twilio)

    @invariant()
    def it_can_always_end(self) -> None:
        assert given_up(self.delivery, "unknown", self.at).next is None


TestWorker = Worker.TestCase
