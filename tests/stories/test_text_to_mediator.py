"""The whole service with its console: somebody texts for help, a mediator answers from an open page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from playwright.async_api import expect
from redis.asyncio import Redis

from tests.console.conftest import PASSWORD, SOMEBODY
from tests.console.open_site import PATIENCE_MS, chromium, new_page, sign_in
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.channels.sms import SMS_PATH
from voicebot.config import Settings
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.store.accounts import Accounts
from voicebot.telephony import sign

pytestmark = pytest.mark.xdist_group("browser")
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
async def running(tmp_path: Path, password_hash: str) -> AsyncIterator[Rehearsal]:
    """The service, and Awa who works in its console."""
    stores: list[Redis] = []

    def made(settings: Settings, redis: Redis) -> Service:
        stores.append(redis)
        return build(settings, redis)

    settings = Settings(recognizer="none", var=Path("var"))
    with rehearse(settings, tmp_path / "redis", make=made) as rehearsal:
        accounts = Accounts(stores[0], rehearsal.service.privacy)
        hired = accounts.add("awa@example.org", "Awa Diallo", "mediator", password_hash)
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(hired, rehearsal.loop))
        yield rehearsal


class Telephone:
    """Somebody's mobile: what they text goes to the real webhook, signed as Twilio signs."""

    def __init__(self, rehearsal: Rehearsal, client: httpx.AsyncClient) -> None:
        self._rehearsal, self._client, self._numbers = rehearsal, client, count(1)

    async def text(self, body: str) -> str:
        form = {
            "MessageSid": f"SM{next(self._numbers):032x}",
            "From": SOMEBODY,
            "To": "+33939000001",
            "Body": body,
        }
        address = self._rehearsal.url + SMS_PATH
        signature = sign(address, form, self._rehearsal.auth_token)
        answer = await self._client.post(address, data=form, headers={"X-Twilio-Signature": signature})
        return " ".join(fromstring(answer.text).itertext())


@asynccontextmanager
async def telephone(rehearsal: Rehearsal) -> AsyncIterator[Telephone]:
    async with httpx.AsyncClient(timeout=60) as client:
        yield Telephone(rehearsal, client)


async def test_somebody_texts_for_help_and_a_mediator_answers(running: Rehearsal) -> None:
    async with chromium() as browser, telephone(running) as theirs:
        page = await new_page(browser)
        await sign_in(page, running.url, "awa@example.org", PASSWORD)
        await expect(page.get_by_text("Personne n’attend")).to_be_visible()

        await theirs.text("demander le RSA")
        await theirs.text("61 ans")
        await theirs.text("je veux parler à quelqu'un")
        await page.get_by_role("button", name="Prendre la demande : Le RSA").click()
        await expect(page.get_by_text("La demande est à vous.")).to_be_visible()
        await expect(page.locator("#person-card")).to_contain_text("61")
        await expect(page.get_by_role("log")).to_contain_text("je veux parler à quelqu'un")

        assert await theirs.text("vous etes la ?") == "", "the assistant is silent"
        await expect(page.get_by_role("log")).to_contain_text("vous etes la ?")
        await page.get_by_label("Votre message").fill("Bonjour, c'est Awa.")
        await page.get_by_role("button", name="Envoyer").click()
        await expect(page.get_by_role("log")).to_contain_text("Bonjour, c'est Awa.")

        await page.keyboard.press("c")
        await page.get_by_label("La personne a eu sa réponse").check()
        await page.get_by_role("button", name="Clore la demande").click()
        await expect(page.get_by_text("La demande est close.")).to_be_visible()
        assert await theirs.text("RSA") != "", "the assistant answers again"


async def test_who_asks_to_be_forgotten_vanishes_from_the_page(running: Rehearsal) -> None:
    async with chromium() as browser, telephone(running) as theirs:
        page = await new_page(browser)
        await sign_in(page, running.url, "awa@example.org", PASSWORD)
        await theirs.text("je veux parler à quelqu'un")
        await page.get_by_role("button", name="Prendre la demande").click()
        await expect(page.get_by_text("La demande est à vous.")).to_be_visible()
        assert "OUI OUBLI" in await theirs.text("OUBLI"), "one word typed by mistake erases nothing"
        assert await theirs.text("OUI OUBLI") != ""
        await page.reload()
        await expect(page.get_by_role("heading", name="Page introuvable")).to_be_visible()
