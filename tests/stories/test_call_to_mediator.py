"""Done when: who says "je veux parler à quelqu'un" stands in the open browser within a second, and a mediator
accepts by keypad and talks with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect
from redis.asyncio import Redis

from tests.calls import inside
from tests.conftest import VAR
from tests.console.conftest import PASSWORD
from tests.console.open_site import PATIENCE_MS, chromium, new_page, sign_in
from tests.twiml_schema.validate import problems
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.simulator import CallerVoice, CallOptions, SayText, place_call
from voicebot.simulator.mediator import standing_by
from voicebot.simulator.rehearsal import Rehearsal, carried, rehearse
from voicebot.simulator.twilio_api import TwilioAccount
from voicebot.store.accounts import Accounts

pytestmark = pytest.mark.xdist_group("audio")
expect.set_options(timeout=PATIENCE_MS)
#: From the moment the ticket is opened until it can be read on the page, in seconds.
MOST_S = 1.0
#: When the first waiting ticket stands on the page, in milliseconds since 1970.
APPEARS = """new Promise((done) => {
  const look = () => document.querySelector("[data-waiting]") && done(Date.now());
  new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
  look();
})"""


@pytest.fixture
async def running(tmp_path: Path, password_hash: str) -> AsyncIterator[tuple[Rehearsal, TwilioAccount]]:
    """The real service with its real recognizer, and Awa on duty, who has an account."""
    stores: list[Redis] = []

    def made(settings: Settings, redis: Redis) -> Service:
        stores.append(redis)
        return build(settings, redis)

    with (
        carried(Settings(var=VAR)) as (settings, account),
        rehearse(settings, tmp_path / "r", make=made) as it,
    ):
        accounts = Accounts(stores[0], it.service.privacy)
        awa = await inside(it, accounts.add("awa@example.org", "Awa Diallo", "mediator", password_hash))
        assert awa
        await asyncio.to_thread(it.put_on_duty, awa.id)
        yield it, account


async def test_a_spoken_wish_stands_on_the_page_within_a_second_and_a_key_connects(
    running: tuple[Rehearsal, TwilioAccount], caller: CallerVoice
) -> None:
    service, account = running
    async with (
        chromium() as browser,
        standing_by(service.url, service.auth_token, account) as phone,
    ):
        page = await new_page(browser)
        await sign_in(page, service.url, "awa@example.org", PASSWORD)
        await expect(page.get_by_text("Personne n’attend")).to_be_visible()
        appeared = asyncio.create_task(page.evaluate(APPEARS))
        phone.talk_s = 3.0
        options = CallOptions(exchange=phone.exchange, journal=service.journal)
        said = [SayText("je veux parler à quelqu'un")]
        report = await place_call(service.url, service.auth_token, said, caller, options)
        await phone.idle()

        assert report.problems == ()
        assert report.queue
        ticket = await inside(service, service.service.switches.tickets.get(report.queue))
        assert ticket
        assert await appeared / 1000 - ticket.opened_at < MOST_S
        assert "call_started" in [entry.what for entry in ticket.history]
        await expect(page.locator(".tab-mine .count")).to_have_text("1")
    for document in phone.exchange.documents:
        assert problems(document) == [], document
