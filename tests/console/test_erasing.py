"""A mediator erases a person who asks for it: nothing of them is left, who did it is."""

from __future__ import annotations

from redis.asyncio import Redis

from tests import left
from tests.console.conftest import SOMEBODY, Ask, Hire, OpenBrowser
from voicebot.console.desk import Desk
from voicebot.store.threads import Message


async def test_everything_of_a_person_goes_and_the_deed_is_noted(
    browser: OpenBrowser, hire: Hire, ticket: Ask, desk: Desk, redis: Redis
) -> None:
    awa = await hire()
    asked = await ticket("t1", state="claimed", mediator=awa.id)
    neighbour = await ticket("t2", person="p2")
    await desk.sessions.people.keep_number(asked.person, SOMEBODY)
    await desk.sessions.calls.bind("CA1", asked.person)
    await desk.threads.add(asked.person, Message("m1", "t1", 1.0, awa.id, "Bonjour Zoubida"))
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/tickets/t1")
        assert "Tout est effacé" in hers.page.text
        await hers.send("/tickets/t1/erase", asked="yes")
        assert "Tout ce que l’on savait de cette personne est effacé." in hers.page.text
        assert (await hers.open("/tickets/t1")).status_code == 404
        assert (await hers.open("/tickets/t2")).status_code == 200
    assert await left.of(redis, desk.privacy, asked.person, SOMEBODY, "Zoubida") == set()
    assert await desk.tickets.get(neighbour.id) is not None
    assert ("erase", "t1") in [(deed.did, deed.about) for deed in await desk.audit.latest()]


async def test_without_the_tick_nothing_is_erased(
    browser: OpenBrowser, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa = await hire()
    await ticket("t1", state="claimed", mediator=awa.id)
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/tickets/t1")
        await hers.send("/tickets/t1/erase")
        assert "seule la personne peut demander à être oubliée" in hers.page.text
    assert await desk.tickets.get("t1") is not None


async def test_what_is_gone_cannot_be_erased_again(browser: OpenBrowser, hire: Hire, ticket: Ask) -> None:
    awa = await hire()
    await ticket("t1")
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/tickets/t1")
        assert (await hers.send("/tickets/t9/erase", asked="yes")).status_code == 404


async def test_only_who_has_the_ticket_or_an_administrator_erases(
    browser: OpenBrowser, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa, chief = await hire(), await hire("Zoé Chef", "administrator")
    await ticket("t1")
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/tickets/t1")
        await hers.send("/tickets/t1/erase", asked="yes")
        assert await desk.tickets.get("t1") is not None
    async with browser() as theirs:
        await theirs.sign_in(chief.email)
        await theirs.open("/tickets/t1")
        await theirs.send("/tickets/t1/erase", asked="yes")
        assert await desk.tickets.get("t1") is None
