"""Pictures that people sent: seen by mediators in the thread of the request, and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.console.conftest import Ask, Hire, OpenBrowser
from voicebot.console.desk import Desk
from voicebot.store.pictures import Picture
from voicebot.store.threads import Message

PHOTO = b"\x89PNG\r\n\x1a\n" + b"a letter" * 10


@pytest.fixture
async def signed_in(browser: OpenBrowser, hire: Hire) -> AsyncIterator[httpx.AsyncClient]:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        yield hers.client


async def sent(desk: Desk, person: str, ticket: str) -> str:
    """A picture in the thread of a request; where the page shows it."""
    await desk.pictures.keep(person, Picture("SM1-0", 100.0, "image/png", PHOTO))
    await desk.threads.add(person, Message("SM1-0:picture", ticket, 100.0, "", "ma lettre", "SM1-0"))
    return f"/mediation/tickets/{ticket}/pictures/SM1-0"


async def test_a_picture_stands_in_the_thread_and_is_shown(
    signed_in: httpx.AsyncClient, ticket: Ask, desk: Desk
) -> None:
    address = await sent(desk, (await ticket("t1")).person, "t1")
    page = await signed_in.get("/mediation/tickets/t1")
    assert f'<img src="{address}"' in page.text
    assert "ma lettre" in page.text
    shown = await signed_in.get(address)
    assert (shown.status_code, shown.headers["content-type"], shown.content) == (200, "image/png", PHOTO)
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in shown.headers["content-security-policy"]


async def test_it_belongs_to_its_request_alone(signed_in: httpx.AsyncClient, ticket: Ask, desk: Desk) -> None:
    first = await ticket("t1")
    await ticket("t2", person="another")
    address = await sent(desk, first.person, "t1")
    assert (await signed_in.get(address.replace("/t1/", "/t2/"))).status_code == 404
    assert (await signed_in.get(address + "9")).status_code == 404


async def test_nobody_sees_it_without_signing_in(browser: OpenBrowser, ticket: Ask, desk: Desk) -> None:
    address = await sent(desk, (await ticket("t1")).person, "t1")
    async with browser() as theirs:
        assert (await theirs.client.get(address)).status_code in (303, 401)
