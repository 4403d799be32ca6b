"""The store on a real Redis Cluster of three nodes: each person's keys share a slot, so it works there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio.cluster import RedisCluster

from tests.redis_cluster import three_nodes
from voicebot.dialogue.session import Session
from voicebot.handoff import ticket as handoff
from voicebot.privacy import Privacy
from voicebot.records import Record, TextOrder, TicketRequest
from voicebot.store.arrivals import Arrivals
from voicebot.store.figures import Figures
from voicebot.store.lease import Lease
from voicebot.store.opening import Opening
from voicebot.store.outbox import Allowance, Outbox, Ref
from voicebot.store.person_snapshot import Memory
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Change, Sessions
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.store.threads import Message, Threads
from voicebot.store.tickets import Tickets
from voicebot.store.turn_queue import TurnQueue
from voicebot.telephony.delivery import claim, of_texts

PEOPLE = [f"{number:024x}" for number in range(6)]


@pytest.fixture
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RedisCluster]:
    async with three_nodes(tmp_path_factory.mktemp("nodes")) as cluster:
        yield cluster


async def everything_of(person: str, redis: RedisCluster, privacy: Privacy) -> None:
    """A call, a request, its claim, texts, a thread, a spoken file."""
    tickets = Tickets(redis, privacy)  # type: ignore[arg-type]
    sessions = Sessions(redis, privacy, tickets.announce)  # type: ignore[arg-type]
    call, name = f"CA{person}", f"CA{person}:4"
    await sessions.people.keep_number(person, "+33639980001")
    await sessions.calls.bind(call, person)
    asked = Record(name, 1000.0, TicketRequest(person=person, reason="asked", session=call))
    memory = Memory(True, {"age": 61})
    assert await sessions.commit(
        Change(Session(call, person, status="open"), 0, None, (asked,), memory=memory)
    )
    assert not await sessions.commit(Change(Session(call, person), 0)), "another was quicker"
    assert (await tickets.change(name, lambda one: handoff.claim(one, "m1", 2000.0))).claimed_by == "m1"
    outbox, ref = Outbox(redis, privacy), Ref("sms", person, "text")  # type: ignore[arg-type]
    await sessions.add(person, Record("text", 1000.0, TextOrder(person=person)))
    laid = of_texts(("Bonjour",), 1000.0)
    assert await outbox.begin(ref, laid, Allowance("sms", "2026-11-28", 6), laid) == laid
    assert await outbox.change(ref, claim(0, 1000.0)) is not None
    assert await Threads(redis, privacy).add(person, Message("m", name, 1.0, "", "oui"))  # type: ignore[arg-type]
    files = SpokenFiles(redis, privacy)  # type: ignore[arg-type]
    await files.keep(files.ref(person, "4821"), Steps("rsa", 1.0))
    arrived = await Arrivals(sessions, RateLimiter(redis)).arrive(person, "SM1", 1000.0)  # type: ignore[arg-type]
    assert arrived.known
    assert arrived.known.memory == memory


async def test_a_person_s_life_on_whichever_node(cluster: RedisCluster, privacy: Privacy) -> None:
    await asyncio.gather(*(everything_of(person, cluster, privacy) for person in PEOPLE))
    counts = [
        int(await cluster.execute_command("DBSIZE", target_nodes=node)) for node in cluster.get_primaries()
    ]
    assert min(counts) > 10, "they live on all three"
    tickets = Tickets(cluster, privacy)  # type: ignore[arg-type]
    assert len(await tickets.waiting()) == len(PEOPLE)
    sessions = Sessions(cluster, privacy)  # type: ignore[arg-type]
    for person in PEOPLE:
        await sessions.erase(person)
    assert await tickets.waiting() == []
    keys = [str(key) for key in await cluster.keys("*", target_nodes=RedisCluster.ALL_NODES)]
    left = {key for key in keys for person in PEOPLE if person in key}
    assert {key.split("}:")[-1].split(":")[0] for key in left} <= {"count", "flood"}


async def test_what_everybody_shares_works_too(cluster: RedisCluster) -> None:
    figures = Figures(cluster)  # type: ignore[arg-type]
    await figures.count(1000.0, {"calls": 2})
    assert await figures.of(["1970-01-01"]) == [{"calls": 2}]
    lease = Lease(cluster, "switchboard", 5)  # type: ignore[arg-type]
    assert await lease.held()
    await Opening(cluster).change(lambda week: week)  # type: ignore[arg-type]
    taken = list[int]()

    async def one(number: int) -> None:
        async with TurnQueue(cluster).turn("p1"):  # type: ignore[arg-type]
            taken.append(number)

    await asyncio.gather(*(one(number) for number in range(5)))
    assert sorted(taken) == list(range(5))
