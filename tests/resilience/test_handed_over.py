"""A caller asks for a person: the whole way by telephone, through the real service and a simulated Twilio."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.calls import inside
from tests.twiml_schema.validate import problems
from voicebot.cli import DONE, main
from voicebot.config import Settings
from voicebot.handoff.ticket import Ticket
from voicebot.simulator import CallerTurn, CallerVoice, CallOptions, CallReport, HangUp, Press, place_call
from voicebot.simulator.mediator import MACHINE, NO_ANSWER, NUMBER, MediatorPhone, standing_by
from voicebot.simulator.rehearsal import Rehearsal, carried, new_secrets, rehearse
from voicebot.simulator.twilio_api import TwilioAccount

OTHER = "+33639980191"
HUMAN = Press("0")


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def carrier(stack: ExitStack) -> tuple[Settings, TwilioAccount]:
    """Settings of a service by keypad whose calls go to a simulated Twilio."""
    return stack.enter_context(carried(Settings(_env_file=None, recognizer="none")))


@pytest.fixture
def running(
    stack: ExitStack, carrier: tuple[Settings, TwilioAccount], tmp_path_factory: pytest.TempPathFactory
) -> Rehearsal:
    """The service, with one mediator on duty."""
    running = stack.enter_context(rehearse(carrier[0], tmp_path_factory.mktemp("redis")))
    running.put_on_duty()
    return running


@pytest.fixture
async def phone(running: Rehearsal, carrier: tuple[Settings, TwilioAccount]) -> AsyncIterator[MediatorPhone]:
    """The mediator's telephone; what they do is set by each test."""
    async with standing_by(running.url, running.auth_token, carrier[1]) as phone:
        yield phone


async def call(
    running: Rehearsal, caller: CallerVoice, phone: MediatorPhone, *turns: CallerTurn, stays: bool = False
) -> CallReport:
    """A call by keypad; every document of both sides must be the TwiML that Twilio documents."""
    options = CallOptions(keypad=True, exchange=phone.exchange, stays=stays, journal=running.journal)
    report = await place_call(running.url, running.auth_token, turns, caller, options)
    await phone.idle()
    assert report.problems == ()
    for document in phone.exchange.documents:
        assert problems(document) == [], document
    return report


async def ticket_of(running: Rehearsal, report: CallReport) -> Ticket:
    tickets = running.service.switches.tickets
    assert tickets
    assert report.queue, "each ticket has a queue of its own"
    ticket = await inside(running, tickets.get(report.queue))
    assert ticket
    return ticket


def told(ticket: Ticket) -> list[str]:
    return [entry.what for entry in ticket.history]


async def test_a_mediator_presses_one_and_is_connected_with_the_person(
    running: Rehearsal, phone: MediatorPhone, caller: CallerVoice
) -> None:
    report = await call(running, caller, phone, HUMAN)
    ticket = await ticket_of(running, report)
    assert told(ticket)[:4] == ["opened", "on_line", "offered", "call_started"]
    assert (ticket.state, ticket.claimed_by, ticket.line) == ("claimed", "simulated", None)
    assert report.last["ticket"] == ticket.id
    whole = "".join(phone.exchange.documents)
    assert f">{ticket.id}</Enqueue>" in whole
    assert f">{ticket.id}</Queue>" in whole
    assert "/twilio/audio/music.wav" in whole
    assert phone.rung == 1


async def test_the_ringing_begins_within_a_second(
    running: Rehearsal, phone: MediatorPhone, caller: CallerVoice
) -> None:
    report = await call(running, caller, phone, HUMAN)
    ticket = await ticket_of(running, report)
    at = {entry.what: entry.at for entry in ticket.history}
    assert at["offered"] - at["on_line"] < 1.0
    assert phone.account.calls[0].at - at["on_line"] < 1.5


async def test_refused_unanswered_or_a_machine_then_the_next_one(
    running: Rehearsal, carrier: tuple[Settings, TwilioAccount], caller: CallerVoice
) -> None:
    running.put_on_duty("zoe", OTHER)
    for act in ("2", NO_ANSWER, MACHINE):
        async with (
            standing_by(running.url, running.auth_token, carrier[1], (act, "1")) as phone,
            standing_by(running.url, running.auth_token, carrier[1], ("1",), OTHER) as other,
        ):
            other.exchange = phone.exchange
            before = len(carrier[1].calls)
            report = await call(running, caller, phone, HUMAN)
            await other.idle()
        ticket = await ticket_of(running, report)
        rung = [taken.asked["To"] for taken in carrier[1].calls[before:]]
        assert rung == [NUMBER, OTHER], "the longest idle one, then the other"
        declined = [(entry.who, entry.detail) for entry in ticket.history if entry.what == "declined"]
        assert declined == [("simulated", {"2": "refused"}.get(act, act))]
        assert ticket.claimed_by == "zoe"


async def test_a_mediator_who_is_cut_off_leaves_the_person_at_the_head_of_the_queue(
    running: Rehearsal, phone: MediatorPhone, caller: CallerVoice
) -> None:
    phone.talk_s = 0.2
    report = await call(running, caller, phone, HUMAN)
    ticket = await ticket_of(running, report)
    ends = [entry for entry in ticket.history if entry.what in ("call_started", "returned", "off_line")]
    assert [entry.what for entry in ends] == ["call_started", "returned", "off_line"]
    queued = [document for document in phone.exchange.documents if f">{ticket.id}</Enqueue>" in document]
    assert len(queued) == 2, "put into the queue again"
    assert ticket.claimed_by == "simulated", "who hangs up then stays with the mediator who knows them"


async def test_who_presses_one_while_waiting_chooses_when_to_be_called_and_is_texted(
    running: Rehearsal, phone: MediatorPhone, caller: CallerVoice
) -> None:
    phone.acts = (NO_ANSWER,)
    report = await call(running, caller, phone, HUMAN, Press("1", barge_in_s=7.0), Press("2"))
    ticket = await ticket_of(running, report)
    assert (ticket.state, ticket.line) == ("waiting", None)
    assert ticket.wishes.call_back_at is not None
    assert ticket.wishes.call_back_at > time.time()
    prompts = [line["prompt"] for line in report.lines]
    assert "rappel.moment" in prompts
    running.settle()
    (text,) = phone.account.texts
    assert text.asked["Body"].startswith("Un conseiller vous rappelle ")
    assert phone.account.deleted == [f"QU{report.call_sid[2:]}"]


async def test_who_hangs_up_while_waiting_is_connected_with_nobody(
    running: Rehearsal, phone: MediatorPhone, caller: CallerVoice
) -> None:
    phone.acts = (NO_ANSWER,)
    report = await call(running, caller, phone, HUMAN, HangUp(barge_in_s=6.0))
    ticket = await ticket_of(running, report)
    assert (ticket.state, ticket.line) == ("waiting", None)
    assert told(ticket)[-1] == "off_line"


async def test_two_processes_on_one_redis_ring_and_connect_once(
    stack: ExitStack, carrier: tuple[Settings, TwilioAccount], caller: CallerVoice, tmp_path: Path
) -> None:
    settings, account = carrier
    secrets = new_secrets()
    one = stack.enter_context(rehearse(settings, tmp_path / "redis", secrets))
    other = stack.enter_context(rehearse(settings, tmp_path / "redis", secrets))
    one.put_on_duty()
    for through in (one, other, one):
        async with standing_by(through.url, through.auth_token, account) as phone:
            before = len(account.calls)
            report = await call(through, caller, phone, HUMAN)
        ticket = await ticket_of(other, report)
        assert told(ticket).count("call_started") == 1
        assert told(ticket).count("offered") == 1
        assert len(account.calls) == before + 1


def test_the_command_plays_a_mediator_and_shows_what_they_hear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICEBOT_RECOGNIZER", "none")
    assert main(["call", "--keypad", "--keys", "1", "--keys", "0", "--mediator", "1"]) == DONE
    told = capsys.readouterr().out
    assert "Je vous passe un conseiller." in told
    assert "Mediator heard: Une personne attend au téléphone. Le sujet : le RSA." in told
    assert "Je vous passe la personne." in told
