"""Streams of open pages, without a browser: what they send, and that they leave nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from tests.console.conftest import Ask, Hire
from tests.console.open_site import served
from voicebot.console.desk import Desk
from voicebot.console.live import MOST_PAGES
from voicebot.handoff.ticket import claim
from voicebot.store import keys


@pytest.fixture
async def signed_in(app: FastAPI, hire: Hire, desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """Awa's connection to the running console."""
    awa = await hire()
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        client.cookies.set("mediation", await desk.guard.signins.open(awa.id, "full"))
        yield client


@asynccontextmanager
async def listening(client: httpx.AsyncClient, path: str) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """The events of a stream: name and data."""
    async with client.stream("GET", f"/mediation{path}") as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        yield _events(answer)


async def _events(answer: httpx.Response) -> AsyncIterator[tuple[str, str]]:
    name, data = "", list[str]()
    async for line in answer.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            data.append(value)
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []


async def test_an_open_queue_hears_at_once(signed_in: httpx.AsyncClient, ticket: Ask) -> None:
    async with listening(signed_in, "/stream") as events:
        assert "Personne n’attend" in (await anext(events))[1]
        await ticket("t1")
        name, data = await anext(events)
        assert name == "queue"
        assert 'id="t-t1"' in data


async def test_an_open_ticket_hears_of_itself_and_of_the_list_beside_it(
    signed_in: httpx.AsyncClient, ticket: Ask, desk: Desk
) -> None:
    await ticket("t1")
    async with listening(signed_in, "/tickets/t1/stream") as events:
        parts = {"state", "thread", "history", "queue"}
        assert {(await anext(events))[0] for _ in parts} == parts
        await ticket("t2")
        name, data = await anext(events)
        assert (name, 'id="t-t2"' in data) == ("queue", True), "the rest is as it was"
        await desk.tickets.change("t1", lambda one: claim(one, "awa", desk.clock()))
        assert {(await anext(events))[0] for _ in parts} == parts


async def test_a_ticket_that_is_erased_ends_its_page(
    signed_in: httpx.AsyncClient, ticket: Ask, desk: Desk, redis: Redis
) -> None:
    made = await ticket("t1")
    async with listening(signed_in, "/tickets/t1/stream") as events:
        for _ in range(4):
            await anext(events)
        await redis.delete(keys.PersonKeys(made.person).ticket("t1"))
        await desk.news.tell("t1")
        assert await anext(events) == ("over", "")
        with pytest.raises(StopAsyncIteration):
            await anext(events)


async def test_who_leaves_leaves_nothing_behind(
    signed_in: httpx.AsyncClient, ticket: Ask, redis: Redis
) -> None:
    for _ in range(3):
        async with listening(signed_in, "/stream") as events:
            await anext(events)
    async with asyncio.timeout(30):
        while dict(await redis.pubsub_numsub(keys.news()))[keys.news()]:  # noqa: ASYNC110 - Redis tells nobody
            await asyncio.sleep(0.02)


async def test_who_signs_out_sees_nothing_more_on_any_page(
    signed_in: httpx.AsyncClient, ticket: Ask, desk: Desk
) -> None:
    """At once, not at the next look ten seconds later."""
    await ticket("t1")
    async with listening(signed_in, "/stream") as queue, listening(signed_in, "/tickets/t1/stream") as page:
        await anext(queue)
        for _ in range(4):
            await anext(page)
        await desk.guard.signins.close(signed_in.cookies["mediation"])
        async with asyncio.timeout(5):
            assert await anext(queue) == ("over", "")
            assert await anext(page) == ("over", "")


async def test_all_pages_of_a_process_share_one_subscription(
    signed_in: httpx.AsyncClient, redis: Redis
) -> None:
    read = []  # a page whose events nobody holds any more is closed
    async with AsyncExitStack() as open_pages:
        for _ in range(MOST_PAGES):
            read.append(await open_pages.enter_async_context(listening(signed_in, "/stream")))
            await anext(read[-1])
        assert dict(await redis.pubsub_numsub(keys.news()))[keys.news()] == 1
        assert (await signed_in.get("/mediation/stream")).status_code == 429, "one page too many"


async def test_who_listens_to_a_ticket_is_in_the_audit_log(
    app: FastAPI, hire: Hire, desk: Desk, ticket: Ask
) -> None:
    """Once, a second mediator read the private note by the page's stream, and nobody knew."""
    leo = await hire("Léo Martin")
    await ticket("t1")
    async with served(app) as address, httpx.AsyncClient(base_url=address, timeout=60) as client:
        client.cookies.set("mediation", await desk.guard.signins.open(leo.id, "full"))
        async with listening(client, "/tickets/t1/stream") as events:
            await anext(events)
        await client.get("/mediation/tickets/t1/flow")
    seen = [(deed.who, deed.did, deed.about) for deed in await desk.audit.latest()]
    assert seen == [(leo.id, "saw_ticket", "t1")], "one view is one line"
