"""Tickets in a real Redis: opened whatever dies, taken once whoever tries, forgotten with the person."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path

import pytest
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from tests.handoff.people import RECORD
from voicebot.dialogue.session import Session
from voicebot.errors import StoreError, TicketMissing, TicketRefused
from voicebot.handoff.calling import hold_line
from voicebot.handoff.ticket import Ticket, claim, close, note, reopen
from voicebot.privacy import Privacy
from voicebot.records import Record, TurnRecord
from voicebot.store.figures import Figures
from voicebot.store.keys import TURNS_TTL_S, PersonKeys, changes, closed, rewrite_wanted, ticket_of, waiting
from voicebot.store.sessions import Change, Sessions
from voicebot.store.tickets import Tickets

SESSION = Session("CA1", "p1", status="handed_off")


def asked(number: str = "CA1:4", at: float = 1000.0, **content: object) -> Record:
    kept = {name: value for name, value in RECORD.items() if name not in ("kind", "id", "at")}
    return Record.of(
        {"kind": "ticket", "id": number, "at": at, **kept, "session": number.partition(":")[0], **content}
    )


@pytest.fixture
def heard() -> list[tuple[Ticket | None, Ticket]]:
    return []


@pytest.fixture
def tickets(redis: Redis, privacy: Privacy, heard: list[tuple[Ticket | None, Ticket]]) -> Tickets:
    async def told(before: Ticket | None, after: Ticket) -> None:
        heard.append((before, after))

    return Tickets(redis, privacy, told, lambda: 2000.0)


@pytest.fixture
def sessions(redis: Redis, privacy: Privacy, tickets: Tickets) -> Sessions:
    return Sessions(redis, privacy, tickets.announce)


async def test_a_ticket_is_there_as_soon_as_the_turn_is_written(
    sessions: Sessions, tickets: Tickets, heard: list[tuple[Ticket | None, Ticket]]
) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    ticket = await tickets.get("CA1:4")
    assert ticket is not None
    assert (ticket.person, ticket.state, ticket.territory) == ("p1", "waiting", "93")
    assert heard == [(None, ticket)]
    assert await tickets.waiting() == [ticket]


async def test_a_process_that_dies_before_it_opens_the_ticket_loses_nothing(
    redis: Redis, privacy: Privacy, tickets: Tickets
) -> None:
    await Sessions(redis, privacy).commit(Change(SESSION, 0, records=(asked(),)))
    assert await tickets.get("CA1:4") is None
    assert [one.id for one in await tickets.waiting()] == ["CA1:4"]
    assert await tickets.get("CA1:4") is not None


async def test_a_name_whose_record_is_being_written_stays_and_an_old_one_goes(
    redis: Redis, tickets: Tickets
) -> None:
    await redis.zadd(waiting("ticket"), {"p1/CA1:4": 1990.0, "p2/CA2:4": 1000.0})
    assert await tickets.waiting() == []
    assert await redis.zrange(waiting("ticket"), 0, -1) == ["p1/CA1:4"]


async def test_who_asks_again_in_the_same_conversation_has_one_ticket(
    sessions: Sessions, tickets: Tickets, redis: Redis
) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await sessions.commit(Change(SESSION, 1, records=(asked("CA1:6", 1100.0, priority="danger"),)))
    (ticket,) = await tickets.waiting()
    assert (ticket.id, ticket.priority) == ("CA1:4", "danger")
    assert await redis.zcard(waiting("ticket")) == 1


async def test_after_a_closed_ticket_there_is_a_new_one(sessions: Sessions, tickets: Tickets) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await tickets.change("CA1:4", lambda t: close(claim(t, "ada", 1.0), "ada", "solved", 2.0))
    await sessions.commit(Change(SESSION, 1, records=(asked("CA1:6", 1100.0),)))
    assert [one.id for one in await tickets.waiting()] == ["CA1:6"]
    assert [one.id for one in await tickets.closed()] == ["CA1:4"]
    assert [one.id for one in await tickets.of("p1")] == ["CA1:4", "CA1:6"]


async def test_a_ticket_comes_back_as_it_was_written(sessions: Sessions, tickets: Tickets) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    after = await tickets.change("CA1:4", partial(hold_line, call="CA1", at=1005.0))
    after = await tickets.change("CA1:4", partial(claim, who="ada", at=1010.0))
    after = await tickets.change("CA1:4", partial(note, who="ada", text="Zoé, 40 ans", at=1020.0))
    assert await tickets.get("CA1:4") == after
    assert [entry.what for entry in after.history] == ["opened", "on_line", "claimed", "noted"]


async def test_closed_and_reopened(sessions: Sessions, tickets: Tickets) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await tickets.change("CA1:4", lambda t: close(claim(t, "ada", 1.0), "ada", "solved", 2.0))
    assert await tickets.waiting() == []
    await tickets.change("CA1:4", partial(reopen, who="bea", at=3.0))
    assert [one.claimed_by for one in await tickets.waiting()] == ["bea"]
    assert await tickets.closed() == []


async def test_a_ticket_that_was_closed_by_a_process_that_died_leaves_the_queue(
    sessions: Sessions, tickets: Tickets, redis: Redis
) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await tickets.change("CA1:4", lambda t: close(claim(t, "ada", 1.0), "ada", "solved", 2.0))
    await redis.zadd(waiting("ticket"), {"p1/CA1:4": 1000.0})
    await redis.delete(closed())
    assert await tickets.waiting() == []
    assert [one.id for one in await tickets.closed()] == ["CA1:4"]


async def test_history_cannot_be_rewritten(sessions: Sessions, tickets: Tickets) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))

    def rewrite(ticket: Ticket) -> Ticket:
        claimed = claim(ticket, "ada", 1.0)
        return type(claimed)(**{**vars(claimed), "history": claimed.history[1:]})

    with pytest.raises(StoreError, match="only grows"):
        await tickets.change("CA1:4", rewrite)


async def test_what_is_refused_is_said_and_changes_nothing(
    sessions: Sessions, tickets: Tickets, heard: list[tuple[Ticket | None, Ticket]]
) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await tickets.change("CA1:4", partial(claim, who="ada", at=1.0))
    with pytest.raises(TicketRefused, match="ada"):
        await tickets.change("CA1:4", partial(claim, who="bea", at=1.0))
    assert len(heard) == 2
    with pytest.raises(TicketMissing):
        await tickets.change("CA9:1", partial(claim, who="bea", at=1.0))


async def test_of_many_at_once_one_gets_it(sessions: Sessions, tickets: Tickets) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    tries = [tickets.change("CA1:4", partial(claim, who=f"m{n}", at=1.0)) for n in range(8)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(result, Ticket) for result in results) == 1
    assert sum(isinstance(result, TicketRefused) for result in results) == 7


CLAIMER = """
import asyncio, sys
from functools import partial
from redis.asyncio import Redis
from voicebot.errors import TicketRefused
from voicebot.handoff.ticket import claim
from voicebot.privacy import Privacy
from voicebot.store.tickets import Tickets

async def main(socket, key, who):
    redis = Redis(unix_socket_path=socket, decode_responses=True)
    tickets = Tickets(redis, Privacy("pepper", [key]))
    print("ready", flush=True)
    sys.stdin.readline()
    for ticket in await tickets.waiting():
        try:
            await tickets.change(ticket.id, partial(claim, who=who, at=1.0))
        except TicketRefused:
            continue
        print(ticket.id, flush=True)
    await redis.aclose()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_of_two_processes_that_claim_the_same_tickets_each_gets_its_own(
    sessions: Sessions, tickets: Tickets, redis_socket: str, root: Path
) -> None:
    numbers = [f"CA{n}:1" for n in range(30)]
    for number in numbers:
        session = Session(number.partition(":")[0], "p1")
        await sessions.commit(Change(session, 0, records=(asked(number),)))
    claimers = [await _claimer(redis_socket, who, root) for who in ("ada", "bea")]
    for claimer in claimers:
        assert claimer.stdout is not None
        assert await claimer.stdout.readline() == b"ready\n"
    told = await asyncio.gather(*(claimer.communicate(b"go\n") for claimer in claimers))
    taken = [set(out.decode().split()) for out, _ in told]
    assert taken[0] | taken[1] == set(numbers)
    assert not taken[0] & taken[1]
    kept = {one.id: one.claimed_by for one in await tickets.waiting()}
    assert kept == {**dict.fromkeys(taken[0], "ada"), **dict.fromkeys(taken[1], "bea")}


async def _claimer(socket: str, who: str, root: Path) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    arguments = (sys.executable, "-c", CLAIMER, socket, DATA_KEY, who)
    return await asyncio.create_subprocess_exec(*arguments, stdin=pipe, stdout=pipe, cwd=root)


async def test_two_processes_that_open_the_same_ticket_open_one(
    redis: Redis, privacy: Privacy, heard: list[tuple[Ticket | None, Ticket]], tickets: Tickets
) -> None:
    records = (asked(), asked("CA1:6", 1100.0))
    await Sessions(redis, privacy).commit(Change(SESSION, 0, records=records))
    await asyncio.gather(*(tickets.waiting() for _ in range(4)))
    (ticket,) = await tickets.waiting()
    assert [entry.what for entry in ticket.history] == ["opened", "asked_again"]
    assert [before for before, _ in heard].count(None) == 1


async def test_a_ticket_that_another_process_opens_at_the_same_moment_stays_in_the_queue(
    redis: Redis, privacy: Privacy, tickets: Tickets, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, looked = Tickets(redis, privacy, clock=lambda: 2000.0), tickets.of_session
    await Sessions(redis, privacy).commit(Change(SESSION, 0, records=(asked(),)))

    async def just_after_the_other(person: str, session_id: str) -> Ticket | None:
        await other.waiting()
        return await looked(person, session_id)

    monkeypatch.setattr(tickets, "of_session", just_after_the_other)
    opened_by_both = await tickets.waiting()
    assert await other.waiting() == opened_by_both != []


async def test_forgetting_a_person_erases_their_tickets_and_keeps_counts(
    sessions: Sessions, tickets: Tickets, redis: Redis
) -> None:
    figures = Figures(redis)
    await sessions.commit(Change(SESSION, 0, records=(asked(), asked("CA2:4"))))
    await tickets.change("CA2:4", lambda t: close(claim(t, "ada", 1.0), "ada", "solved", 2.0))
    await figures.count(1000.0, {"waited": 1})
    assert await redis.exists(ticket_of("CA1:4"))
    assert await sessions.commit(Change(SESSION, 1, forget=True))
    assert await tickets.waiting() == await tickets.closed() == await tickets.of("p1") == []
    assert await tickets.get("CA1:4") is None
    left = {str(key) for key in await redis.keys("*")}
    counts = {changes(), rewrite_wanted(), *(key for key in left if ":figures:" in key)}
    assert left == {PersonKeys("p1").session("CA1"), *counts}


async def test_nothing_readable_lies_in_redis_and_all_of_it_expires(
    sessions: Sessions, tickets: Tickets, redis: Redis
) -> None:
    await sessions.commit(Change(SESSION, 0, records=(asked(),)))
    await tickets.change("CA1:4", partial(claim, who="ada", at=1.0))
    await tickets.change("CA1:4", partial(note, who="ada", text="Zoé habite au 93200", at=1.0))
    keys = [PersonKeys("p1").ticket("CA1:4"), PersonKeys("p1").history("CA1:4")]
    dump = str(await redis.hgetall(keys[0])) + str(await redis.lrange(keys[1], 0, -1))
    assert "Zoé" not in dump
    assert "93200" not in dump
    expiring = [*keys, PersonKeys("p1").tickets(), ticket_of("CA1:4")]
    assert all([await redis.ttl(key) > 0 for key in expiring])


async def test_what_is_kept_in_memory_follows_other_processes(
    tickets: Tickets, sessions: Sessions, redis: Redis, privacy: Privacy
) -> None:
    await sessions.add("p1", asked())
    other = Tickets(redis, privacy, clock=lambda: 2000.0)
    assert [one.state for one in await tickets.waiting()] == [one.state for one in await other.waiting()]
    await other.change("CA1:4", lambda one: claim(one, "bea", 2000.0))
    assert [one.claimed_by for one in await tickets.waiting()] == ["bea"]
    await other.change("CA1:4", lambda one: note(one, "bea", "vu", 2001.0))
    assert len((await tickets.waiting())[0].notes) == 1
    await sessions.erase("p1")
    assert await tickets.waiting() == await other.waiting() == []


async def test_what_did_not_change_is_not_read_again(
    tickets: Tickets, sessions: Sessions, redis: Redis
) -> None:
    for number in range(20):
        await sessions.add(f"p{number}", asked(f"CA{number}:4", person=f"p{number}", session=f"CA{number}"))
    await tickets.waiting()
    before = (await redis.info("commandstats"))["cmdstat_lrange"]["calls"]
    assert len(await tickets.waiting()) == 20
    assert (await redis.info("commandstats"))["cmdstat_lrange"]["calls"] == before


async def test_the_words_of_a_person_are_kept_for_a_day_only(
    tickets: Tickets, sessions: Sessions, redis: Redis
) -> None:
    heard = TurnRecord(1, 1000.0, "Heard", "voice", "open", "on m'a coupé le courant")
    assert await sessions.commit(Change(SESSION, 0, heard, records=(asked(),)))
    known = await tickets.get("CA1:4") or (await tickets.waiting())[0]
    assert (await tickets.with_words([known]))[0].words == "on m'a coupé le courant"
    assert 0 < await redis.ttl(PersonKeys("p1").words("CA1:4")) <= TURNS_TTL_S
    await redis.delete(PersonKeys("p1").words("CA1:4"))
    (later,) = await tickets.with_words(await tickets.waiting())
    assert later.words == ""
