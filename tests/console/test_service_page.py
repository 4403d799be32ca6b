"""Administrators see what runs and how it is, and call themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI

from tests.console.conftest import ORIGIN, Browser, Hire
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.console.running import Groups, Running, Told


async def look() -> Groups:
    return {
        "store": [Told("redis", "8.1", fine=True)],
        "outbox": [Told("given_up_sms", "3 (30003: 3)", fine=False)],
    }


async def examine() -> Sequence[Told]:
    return [Told("Twilio numbers", "leads nowhere", fine=False)]


@pytest.mark.parametrize("role", ["administrator", "mediator", "author"])
async def test_only_administrators_see_it(desk: Desk, hire: Hire, role: str) -> None:
    tried: list[tuple[str, str]] = []

    async def try_number(how: str, number: str) -> bool:
        tried.append((how, number))
        return number.startswith("+33")

    app = FastAPI()
    app.router.routes.append(site.routes(replace(desk, running=Running(look, examine, try_number))))
    somebody = await hire("Zoé", role)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        browser = Browser(client)
        await browser.sign_in(somebody.email)
        shown = await browser.open("/service")
        if role != "administrator":
            assert shown.status_code == 403
            return
        assert "SMS abandonnés ce mois-ci" in shown.text
        assert "À voir" in shown.text
        assert "leads nowhere" in (await browser.send("/service/examen")).text
        await browser.open("/service")
        assert (
            "L’essai part" in (await browser.send("/service/essai", number="06 39 98 00 11", how="call")).text
        )
        assert (
            "pas dans les pays"
            in (await browser.send("/service/essai", number="+1 212 555 0100", how="text")).text
        )
        assert "pas un numéro" in (await browser.send("/service/essai", number="12", how="text")).text
    assert tried == [("call", "+33639980011"), ("text", "+12125550100")]


async def test_without_an_account_nothing_can_be_tried(desk: Desk, hire: Hire) -> None:
    app = FastAPI()
    app.router.routes.append(site.routes(replace(desk, running=Running(look))))
    chief = await hire("Zoé", "administrator")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        browser = Browser(client)
        await browser.sign_in(chief.email)
        shown = await browser.open("/service")
        assert "M’appeler" not in shown.text
        assert "Examiner" not in shown.text


async def test_what_was_given_up_is_sent_again_and_a_backup_downloaded(desk: Desk, hire: Hire) -> None:
    counts = [3, 0]

    async def retry() -> int:
        return counts.pop(0)

    async def pieces() -> AsyncIterator[bytes]:
        yield b"sealed"

    app = FastAPI()
    running = Running(look, retry=retry, backup=pieces)
    app.router.routes.append(site.routes(replace(desk, running=running)))
    chief, other = await hire("Zoé", "administrator"), await hire("Awa Diallo")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        browser = Browser(client)
        await browser.sign_in(chief.email)
        await browser.open("/service")
        assert "C’est reparti" in (await browser.send("/service/renvoi")).text
        assert "Rien n’a été abandonné" in (await browser.send("/service/renvoi")).text
        saved = await browser.open("/service/sauvegarde")
        assert saved.content == b"sealed"
        assert "attachment" in saved.headers["content-disposition"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        browser = Browser(client)
        await browser.sign_in(other.email)
        assert (await browser.open("/service/sauvegarde")).status_code == 403
    deeds = [deed.did for deed in await desk.audit.latest()]
    assert deeds.count("retried") == 2
    assert deeds.count("backed_up") == 1
