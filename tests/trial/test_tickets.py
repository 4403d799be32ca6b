"""Tickets: good for one thing, for a while, and made by nobody else."""

from __future__ import annotations

import pytest

from tests.trial.conftest import Clock
from voicebot.privacy import Privacy
from voicebot.rehearsal import new_secrets
from voicebot.trial.tickets import Tickets


@pytest.fixture
def tickets(privacy: Privacy, clock: Clock) -> Tickets:
    return Tickets(privacy, clock)


def test_a_ticket_names_its_subject(tickets: Tickets) -> None:
    assert tickets.subject("stream", tickets.issue("stream", "CA1/someone")) == "CA1/someone"


def test_a_ticket_is_good_for_one_purpose(tickets: Tickets) -> None:
    assert tickets.subject("call", tickets.issue("stream", "CA1")) is None


def test_a_ticket_for_a_socket_is_good_for_a_minute(tickets: Tickets, clock: Clock) -> None:
    ticket = tickets.issue("stream", "CA1")
    clock.now += 59
    assert tickets.subject("stream", ticket) == "CA1"
    clock.now += 2
    assert tickets.subject("stream", ticket) is None


def test_a_ticket_of_another_service_is_none(tickets: Tickets, clock: Clock) -> None:
    keys = [new_secrets()["data_keys"].get_secret_value()]
    stranger = Tickets(Privacy("pepper", keys), clock)
    assert tickets.subject("call", stranger.issue("call", "CA1")) is None


@pytest.mark.parametrize("thing", [["call"], {"call": 1}, ["call", 5, 9e9], ["call", "CA1", "soon"], "call"])
def test_something_else_that_we_sealed_is_no_ticket(
    tickets: Tickets, privacy: Privacy, thing: object
) -> None:
    assert tickets.subject("call", privacy.seal(thing)) is None


@pytest.mark.parametrize("text", ["", "abc", "é", "A" * 5000])
def test_any_text_is_no_ticket(tickets: Tickets, text: str) -> None:
    assert tickets.subject("call", text) is None


def test_it_fits_into_an_address(tickets: Tickets) -> None:
    ticket = tickets.issue("stream", f"CA{'0' * 32}/{'f' * 24}")
    assert set(ticket) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
    assert len(ticket) < 500
