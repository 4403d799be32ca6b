"""A ticket in writing: given out, refused, left lying, answered, reopened by the person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.handoff.people import mediator, ticket
from voicebot.errors import TicketRefused
from voicebot.handoff import exchange
from voicebot.handoff.exchange import GIVEN_FOR_S
from voicebot.handoff.routing import MOST_GIVEN, give_out
from voicebot.handoff.ticket import (
    Ticket,
    claim,
    close,
    note,
    plan_call_back,
    reopen,
    take_back,
    transfer,
)

NOW = 2000.0


def by_text(number: str = "SM1:1", **fields: object) -> Ticket:
    return ticket(id=number, channel="sms", **fields)


def given(asked: Ticket, *mediators: object, at: float = NOW) -> dict[str, str]:
    return {one.ticket: one.mediator for one in give_out([asked], mediators, at)}  # type: ignore[arg-type]


def test_texts_go_to_who_knows_the_place_then_the_topic_then_has_least_to_do() -> None:
    here, skilled, idle = (
        mediator("here", territories=("93",)),
        mediator("skilled", skills=("rsa",)),
        mediator("idle"),
    )
    assert given(by_text(), idle, skilled, here) == {"SM1:1": "here"}
    assert given(by_text(), idle, skilled) == {"SM1:1": "skilled"}
    busy = claim(by_text("SM2:1"), "a", NOW)
    pairs = give_out([busy, by_text()], [mediator("a"), mediator("b")], NOW)
    assert [one.mediator for one in pairs] == ["b"]


def test_nobody_off_duty_and_nobody_with_enough_to_do_gets_more() -> None:
    assert given(by_text(), mediator("a", on_duty=False)) == {}
    assert given(by_text(), mediator("a", phone="")) == {"SM1:1": "a"}, "texting takes no telephone"
    load = [claim(by_text(f"SM{number}:9"), "a", NOW) for number in range(10, 10 + MOST_GIVEN)]
    assert give_out([*load, by_text()], [mediator("a")], NOW) == ()
    burst = [by_text(f"SM{number}:1") for number in range(30, 60)]
    assert len(give_out(burst, [mediator("a"), mediator("b")], NOW)) == 2 * MOST_GIVEN


def test_callers_who_hold_planned_call_backs_and_trials_are_not_given_out() -> None:
    for other in (
        ticket(),
        replace(by_text(), trial=True),
        plan_call_back(by_text(), "", NOW + 60, NOW),
        claim(by_text(), "b", NOW),
    ):
        assert given(other, mediator("a")) == {}


def test_what_is_refused_goes_to_somebody_else_and_comes_back_after_an_hour() -> None:
    refused = exchange.refuse(exchange.give(by_text(), "a", NOW), "a", NOW + 5)
    assert (refused.state, refused.claimed_by) == ("waiting", None)
    assert given(refused, mediator("a"), at=NOW + 60) == {}
    assert given(refused, mediator("a"), mediator("b"), at=NOW + 60) == {"SM1:1": "b"}
    assert given(refused, mediator("a"), at=NOW + 5 + GIVEN_FOR_S) == {"SM1:1": "a"}


def test_what_lies_for_an_hour_goes_on_unless_something_was_done() -> None:
    lying = exchange.give(by_text(), "a", NOW)
    assert exchange.give_back(lying, NOW + GIVEN_FOR_S - 1) == lying
    back = exchange.give_back(lying, NOW + GIVEN_FOR_S)
    assert (back.state, back.history[-1].what, back.history[-1].who) == ("waiting", "given_back", "a")
    for accepted in (
        exchange.answered(lying, "a", NOW + 9),
        note(lying, "a", "j'appelle la CAF", NOW + 9),
        plan_call_back(lying, "a", NOW + 99, NOW + 9),
        transfer(lying, "a", "b", NOW + 9),
    ):
        assert exchange.give_back(accepted, NOW + 2 * GIVEN_FOR_S) == accepted


def test_what_the_person_writes_is_new_until_it_is_read() -> None:
    mine = exchange.read(claim(by_text(), "a", NOW), "a", NOW)
    assert not mine.unread
    wrote = exchange.wrote(mine, "oui je l'ai", NOW + 10)
    assert (wrote.unread, wrote.words) == (True, "oui je l'ai")
    assert exchange.read(wrote, "b", NOW + 20).unread, "a colleague who looks reads it for nobody"
    assert not exchange.read(wrote, "a", NOW + 20).unread
    assert not exchange.answered(wrote, "a", NOW + 20).unread


def test_who_writes_after_closing_is_back_with_who_closed() -> None:
    done = close(claim(by_text(), "a", NOW), "a", "helped", NOW + 1)
    again = exchange.wrote_after(done, "merci mais j'ai une autre question", NOW + 99)
    assert (again.state, again.claimed_by, again.outcome, again.unread) == ("claimed", "a", "", True)
    with pytest.raises(TicketRefused):
        exchange.wrote_after(again, "encore", NOW + 100)


def test_undoing_gives_everything_back() -> None:
    planned = plan_call_back(claim(by_text(), "a", NOW), "a", NOW + 9999, NOW)
    undone = reopen(close(planned, "a", "helped", NOW + 1), "a", NOW + 2)
    assert (undone.state, undone.claimed_by, undone.wishes, undone.outcome) == (
        "claimed",
        "a",
        planned.wishes,
        "",
    )
    assert reopen(close(planned, "a", "helped", NOW + 1), "a", NOW + 10_000).wishes.call_back_at is None
    passed = transfer(planned, "a", "b", NOW + 3, "il parle russe")
    assert (passed.claimed_by, passed.unread) == ("b", True)
    assert take_back(passed, "a", NOW + 4).claimed_by == "a"
    with pytest.raises(TicketRefused):
        take_back(note(passed, "b", "vu", NOW + 4), "a", NOW + 5)
