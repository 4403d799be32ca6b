"""The digital needs check between a person and a mediator: offered once, its result on the ticket."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.parts import one_edition
from voicebot.app import all_lookups, waiting_room
from voicebot.channels.service import wording
from voicebot.dialogue.action import Forget
from voicebot.dialogue.event import Channel
from voicebot.dialogue.flow import Flows
from voicebot.handoff import ticket as handoff
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record
from voicebot.store.keys import RECORD_TTL_S, PersonKeys
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Threads
from voicebot.store.tickets import Tickets
from voicebot.turns.runner import ConversationRef, Reply, Runner

PERSON = "p1"
ANSWERS = ("un ordinateur", "oui", "seul", "avec quelqu'un", "non", "oui")


@pytest.fixture
def tickets(redis: Redis, privacy: Privacy) -> Tickets:
    return waiting_room(redis, privacy)


@pytest.fixture
async def runner(
    redis: Redis,
    privacy: Privacy,
    tickets: Tickets,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Runner:
    sessions = Sessions(redis, privacy, tickets.announce)
    await sessions.people.keep_number(PERSON, "+33639980001")
    found = all_lookups(redis, privacy, tickets, tmp_path, lambda: 2.0)
    say = partial(wording, prompts)
    return one_edition(flows, understanding, sessions, lambda: 2.0, say, found)


async def talk(runner: Runner, session: str, *said: str, channel: Channel = "voice") -> Reply:
    """A call in which this is said."""
    who = ConversationRef(PERSON, session)
    reply = await runner.start(who, channel, f"{session}:start", textable=True)
    for number, text in enumerate(said):
        reply = await runner.hear(who, text, f"{session}:{number}")
    return reply


def asked(reply: Reply) -> str:
    return reply.says[-1].prompt


async def opened(runner: Runner, tickets: Tickets, channel: str = "voice") -> None:
    content = {"person": PERSON, "session": "CA0", "channel": channel, "reason": "asked", "topic": "rsa"}
    record = Record.of(
        {"kind": "ticket", "id": "t1", "at": 1.0, **content, "priority": "normal", "slots": {}}
    )
    await runner.sessions.add(PERSON, record)
    await tickets.change("t1", lambda one: handoff.claim(one, "awa", 1.0))


async def test_the_result_goes_onto_the_open_ticket_once(runner: Runner, tickets: Tickets) -> None:
    await opened(runner, tickets)
    await talk(runner, "CA1", "le bilan numérique", *ANSWERS)
    await talk(runner, "CA2", "le bilan numérique", *ANSWERS)
    ticket = await tickets.get("t1")
    assert ticket
    kept = ("bilan_niveau", "bilan_formation", "bilan_demarches")
    assert [ticket.slots[name] for name in kept] == ["accompagne", "yes", "demarches_aide"]
    assert [(e.what, e.detail) for e in ticket.history if e.what == "assessed"] == [
        ("assessed", "accompagne")
    ]


async def test_practice_leaves_nothing_on_the_ticket(runner: Runner, tickets: Tickets) -> None:
    await opened(runner, tickets)
    reply = await talk(runner, "CA1", "je voudrais m'entraîner", "le bilan numérique", *ANSWERS)
    assert (reply.session.practice, reply.session.slots["bilan_niveau"]) == (True, "accompagne")
    ticket = await tickets.get("t1")
    assert ticket
    assert "bilan_niveau" not in ticket.slots


async def test_a_closed_ticket_stays_as_it_is(runner: Runner, tickets: Tickets) -> None:
    await opened(runner, tickets)
    await tickets.change("t1", lambda one: handoff.close(one, "awa", "helped", 1.0))
    reply = await talk(runner, "CA1", "le bilan numérique", *ANSWERS)
    ticket = await tickets.get("t1")
    assert ticket
    assert "bilan_niveau" not in ticket.slots
    assert reply.session.slots["bilan_niveau"] == "accompagne"


async def test_what_a_mediator_asked_for_is_offered_at_the_next_contact_and_only_then(
    runner: Runner,
) -> None:
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    reply = await talk(runner, "CA1")
    assert (asked(reply), reply.says[-1].slots["topic"]) == ("common.proposed", "bilan_numerique")
    assert asked(await talk(runner, "CA2")) == "accueil.question"


async def test_yes_begins_it_and_no_asks_what_the_person_came_for(runner: Runner) -> None:
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    assert asked(await talk(runner, "CA1", "oui")) == "bilan_numerique.equipement"
    await runner.hang_up(ConversationRef(PERSON, "CA1"), "end")
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    assert asked(await talk(runner, "CA2", "non")) == "accueil.question"


async def test_a_procedure_that_broke_off_goes_first(runner: Runner) -> None:
    await talk(runner, "CA1", "le rsa", "je veux le demander", "trente ans")
    await runner.hang_up(ConversationRef(PERSON, "CA1"), "end")
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    assert asked(await talk(runner, "CA2")) == "common.resume"
    assert await runner.sessions.people.proposed(PERSON) == "bilan_numerique"


async def test_the_keyword_of_the_text_begins_it(runner: Runner) -> None:
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    assert asked(await talk(runner, "SM1", "BILAN", channel="sms")) == "bilan_numerique.equipement"


async def test_a_call_of_ours_begins_with_it(runner: Runner) -> None:
    await talk(runner, "CA1", "le rsa", "je veux le demander", "trente ans")
    await runner.hang_up(ConversationRef(PERSON, "CA1"), "end")
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    reply = await runner.start(ConversationRef(PERSON, "CA2"), "voice", "s", textable=True, resumes=True)
    assert asked(reply) == "common.proposed"


async def test_who_is_texting_with_a_mediator_is_answered_by_us_until_the_end(
    runner: Runner, tickets: Tickets, redis: Redis, privacy: Privacy
) -> None:
    await opened(runner, tickets, "sms")
    threads = Threads(redis, privacy)
    assert await threads.held(PERSON) == "t1"
    await talk(runner, "SM1", "BILAN", *ANSWERS, channel="sms")
    assert await threads.held(PERSON) is None


async def test_what_is_proposed_is_sealed_expires_and_is_forgotten(runner: Runner, redis: Redis) -> None:
    await runner.sessions.people.propose(PERSON, "bilan_numerique")
    key = PersonKeys(PERSON).proposed()
    assert "bilan" not in str(await redis.get(key))
    assert 0 < await redis.ttl(key) <= RECORD_TTL_S
    reply = await talk(runner, "CA1", "non", "oubliez-moi", "oui")
    assert any(isinstance(action, Forget) for action in reply.actions)
    assert not await redis.exists(key)
