"""A ticket from the first word to the last: what its state allows, who has it, what is never forgotten."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.handoff.people import RECORD, request, ticket
from voicebot.dialogue.session import Place
from voicebot.errors import TicketRefused
from voicebot.handoff.calling import (
    MISSED_WAITS_S,
    OFFER_S,
    decline,
    end_call,
    hold_line,
    is_offered,
    leave_line,
    miss_call_back,
    named,
    next_try,
    offer,
    return_to_queue,
    start_call,
)
from voicebot.handoff.counts import counted
from voicebot.handoff.mediator import department
from voicebot.handoff.ticket import (
    Ticket,
    ask_again,
    claim,
    close,
    note,
    opened,
    plan_call_back,
    release,
    reopen,
    transfer,
)
from voicebot.records import Record, TicketRequest


def test_a_ticket_tells_at_a_glance_who_needs_what() -> None:
    made = opened(*request())
    assert (made.topic, made.place, made.answered) == ("rsa", Place("rsa", "france"), 3)
    assert (made.territory, made.state, made.claimed_by, made.since) == ("93", "waiting", None, 1000.0)
    assert [entry.what for entry in made.history] == ["opened"]


def test_an_older_record_without_a_place_is_a_ticket_too() -> None:
    record = Record.of({name: value for name, value in RECORD.items() if name not in ("place", "answered")})
    assert isinstance(record.order, TicketRequest)
    assert opened(record.id, record.at, record.order).place is None


@pytest.mark.parametrize(
    ("postal_code", "code"),
    [
        ("93200", "93"),
        ("01000", "01"),
        ("20000", "2A"),
        ("20137", "2A"),
        ("20200", "2B"),
        ("20600", "2B"),
        ("97400", "974"),
        ("98800", "988"),
        ("9320", None),
        ("douze", None),
    ],
)
def test_the_department_of_a_postal_code(postal_code: str, code: str | None) -> None:
    assert department(postal_code) == code


def test_from_claim_to_close_and_open_again() -> None:
    mine = claim(ticket(), "ada", 1010.0)
    assert (mine.state, mine.claimed_by, mine.since) == ("claimed", "ada", 1010.0)
    mine = note(mine, "ada", "a son attestation", 1020.0)
    done = close(mine, "ada", "solved", 1030.0)
    assert (done.state, done.outcome, done.since) == ("closed", "solved", 1030.0)
    again = reopen(done, "bea", 1040.0)
    assert (again.state, again.claimed_by, again.outcome) == ("claimed", "bea", "")
    assert [entry.detail for entry in again.notes] == ["a son attestation"]
    assert [e.what for e in again.history] == ["opened", "claimed", "noted", "closed", "reopened"]


def test_who_comes_second_learns_who_has_it() -> None:
    mine = claim(ticket(), "ada", 1010.0)
    with pytest.raises(TicketRefused, match="with mediator ada") as refused:
        claim(mine, "bea", 1011.0)
    assert (refused.value.state, refused.value.holder) == ("claimed", "ada")


OTHERS: list[Callable[[Ticket], Ticket]] = [
    lambda t: release(t, "bea", 2.0),
    lambda t: transfer(t, "bea", "cleo", 2.0),
    lambda t: note(t, "bea", "…", 2.0),
    lambda t: close(t, "bea", "solved", 2.0),
    lambda t: plan_call_back(t, "bea", 9.0, 2.0),
    lambda t: start_call(t, "bea", 2.0),
    lambda t: reopen(t, "bea", 2.0),
    lambda t: offer(t, "bea", 2.0),
]


@pytest.mark.parametrize("deed", OTHERS)
def test_nobody_touches_the_ticket_of_another(deed: Callable[[Ticket], Ticket]) -> None:
    with pytest.raises(TicketRefused) as refused:
        deed(claim(ticket(), "ada", 1.0))
    assert refused.value.holder == "ada"


def test_a_ticket_handed_to_a_colleague_is_theirs() -> None:
    theirs = transfer(claim(ticket(), "ada", 1.0), "ada", "bea", 2.0)
    assert theirs.claimed_by == "bea"
    assert close(theirs, "bea", "solved", 3.0).state == "closed"


def test_who_asks_twice_has_one_ticket_and_the_more_urgent_reason_counts() -> None:
    worse = request(id="CA1:9", at=1100.0, priority="danger", slots={"ville": "Lyon"})
    once = ask_again(ticket(), *worse)
    assert (once.priority, once.slots["ville"], once.slots["age"]) == ("danger", "Lyon", 40)
    assert ask_again(once, *worse) == once
    calmer = ask_again(once, *request(id="CA1:12"))
    assert calmer.priority == "danger"


def test_a_call_back_that_was_chosen_in_the_conversation_is_planned() -> None:
    wish = request(id="CA1:9", slots={"rappel_at": 90_000})
    assert ask_again(ticket(), *wish).wishes.call_back_at == 90_000.0
    assert opened(*wish).wishes.call_back_at == 90_000.0


def test_a_closed_ticket_takes_no_new_wish() -> None:
    done = close(claim(ticket(), "ada", 1.0), "ada", "solved", 2.0)
    with pytest.raises(TicketRefused):
        ask_again(done, *request(id="CA1:9"))


def test_a_mediator_is_rung_takes_the_call_and_talks() -> None:
    rung = named(offer(hold_line(ticket(), "CA1", 1.0), "ada", 2.0), "ada", "CA2")
    assert rung.offer is not None
    assert rung.offer.call == "CA2"
    talking = start_call(rung, "ada", 3.0)
    assert (talking.state, talking.claimed_by, talking.offer) == ("in_call", "ada", None)
    assert start_call(talking, "ada", 3.1) == talking
    over = end_call(talking, "ada", 60.0)
    assert (over.state, over.claimed_by) == ("claimed", "ada")


def test_a_mediator_who_does_not_take_it_is_remembered() -> None:
    declined = decline(offer(ticket(), "ada", 2.0), "ada", "refused", 9.0)
    assert (declined.offer, declined.tried) == (None, {"ada": 9.0})
    assert decline(declined, "ada", "unanswered", 10.0) == declined


def test_a_mediator_rung_by_a_process_that_died_does_not_block_the_queue() -> None:
    rung = offer(ticket(), "ada", 2.0)
    with pytest.raises(TicketRefused):
        offer(rung, "bea", 3.0)
    assert not is_offered(rung, 2.0 + OFFER_S)
    assert offer(rung, "bea", 2.0 + OFFER_S).offer is not None


def test_who_is_cut_off_from_the_mediator_comes_first() -> None:
    talking = start_call(hold_line(ticket(), "CA1", 1.0), "ada", 3.0)
    back = return_to_queue(talking, "CA1", 60.0)
    assert (back.state, back.claimed_by, back.first, back.line) == ("waiting", None, True, "CA1")
    late = return_to_queue(end_call(talking, "ada", 59.0), "CA1", 60.0)
    assert (late.state, late.first) == ("waiting", True)
    assert return_to_queue(back, "CA1", 61.0) == back


def test_who_hangs_up_while_waiting_keeps_the_ticket() -> None:
    gone = leave_line(hold_line(ticket(), "CA1", 1.0), "CA1", "hung_up", 5.0)
    assert (gone.state, gone.line) == ("waiting", None)
    assert leave_line(gone, "CA1", "hung_up", 6.0) == gone


def test_who_hangs_up_after_the_mediator_was_gone_falls_to_that_mediator() -> None:
    talking = start_call(hold_line(ticket(), "CA1", 1.0), "ada", 3.0)
    gone = leave_line(return_to_queue(talking, "CA1", 60.0), "CA1", "hung_up", 62.0)
    assert (gone.state, gone.claimed_by, gone.line) == ("claimed", "ada", None)


def test_a_missed_call_back_is_tried_three_times_in_all() -> None:
    here, at = ticket(), 5000.0
    for wait in MISSED_WAITS_S:
        here = miss_call_back(start_call(here, "ada", at), "ada", next_try(here, at), at)
        assert here.wishes.call_back_at == at + wait
        at = here.wishes.call_back_at
    here = miss_call_back(start_call(here, "bea", at), "bea", next_try(here, at), at)
    assert (here.missed, here.wishes.call_back_at, here.state) == (3, None, "waiting")


def test_the_figures_hold_no_names() -> None:
    waiting = ticket()
    mine = claim(waiting, "ada", 1060.0)
    assert counted(None, waiting) == {"handoff:asked": 1}
    assert counted(waiting, mine) == {"waited": 1, "waited_s": 60}
    back = release(mine, "ada", 1100.0)
    assert counted(back, claim(back, "bea", 1200.0)) == {}
    assert counted(mine, close(mine, "ada", "solved", 1300.0)) == {"outcome:solved": 1}
