"""One's own account, the team, the audit log; the first administrator from the command line."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from pathlib import Path

import pyotp
import pytest
from redis.asyncio import Redis

from tests.console.conftest import PASSWORD, Clock, Hire, OpenBrowser
from voicebot.cli import main
from voicebot.console import passwords
from voicebot.console.desk import Desk
from voicebot.privacy import Privacy
from voicebot.store.accounts import Accounts
from voicebot.store.server import connect

NEW = "correct cheval pile agrafe"


async def test_a_new_password_signs_out_everywhere_else(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers, browser() as lost:
        await hers.sign_in(awa.email)
        await lost.sign_in(awa.email)
        await hers.open("/me")
        await hers.send("/me/password", password=PASSWORD, new=NEW, again=NEW)
        assert "mot de passe est changé" in hers.page.text
        await lost.open("/me")
        assert lost.page.url.path == "/mediation/sign-in"
        assert (await lost.sign_in(awa.email)).status_code == 401
        assert (await lost.sign_in(awa.email, NEW)).status_code == 200


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"password": "pas le bon mot", "new": NEW, "again": NEW}, "ancien mot de passe"),
        ({"password": PASSWORD, "new": "court", "again": "court"}, "douze signes"),
        ({"password": PASSWORD, "new": "a" * 20, "again": "a" * 20}, "douze signes"),
        ({"password": PASSWORD, "new": NEW, "again": NEW + "s"}, "différents"),
    ],
)
async def test_a_password_that_cannot_be_changed_so(
    browser: OpenBrowser, hire: Hire, fields: dict[str, str], told: str
) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/me")
        answer = await hers.send("/me/password", **fields)
        assert answer.status_code == 422
        assert told in answer.text
        assert (await hers.sign_in(awa.email)).status_code == 200, "the old one still goes"


async def test_guessing_the_password_of_who_left_the_room_ends_too(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.open("/me")
        for _ in range(6):
            await hers.send("/me/password", password="deviné faux", new=NEW, again=NEW)
        answer = await hers.send("/me/password", password=PASSWORD, new=NEW, again=NEW)
        assert answer.status_code == 422


async def test_six_digits_are_added_and_taken_away(
    browser: OpenBrowser, hire: Hire, desk: Desk, clock: Clock
) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        page = await hers.open("/me/code")
        secret = re.search(r"<code>([A-Z2-7]+)</code>", page.text)
        sealed = re.search(r'name="sealed" value="([^"]+)"', page.text)
        assert secret
        assert sealed
        assert "<svg" in page.text
        wrong = await hers.send("/me/code", sealed=sealed[1], password=PASSWORD, code="000000")
        assert wrong.status_code == 422
        code = pyotp.TOTP(secret[1]).at(int(clock.now))
        await hers.send("/me/code", sealed=sealed[1], password=PASSWORD, code=code)
        assert "sera demandé" in hers.page.text
        changed = await desk.guard.accounts.get(awa.id)
        assert changed
        assert changed.totp == secret[1]
        await hers.send("/me/code/off", password=PASSWORD)
        assert (await desk.guard.accounts.get(awa.id)) == awa


async def test_nobody_gets_the_secret_that_was_offered_to_another(
    browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa, leo = await hire("Awa Diallo"), await hire("Léo Martin")
    async with browser() as his:
        await his.sign_in(leo.email)
        await his.open("/me/code")
        sealed = desk.privacy.seal([awa.id, "JBSWY3DPEHPK3PXP"])
        answer = await his.send("/me/code", sealed=sealed, password=PASSWORD, code="000000")
        assert answer.status_code == 403
        assert (await desk.guard.accounts.get(leo.id)) == leo


async def test_an_administrator_hires_somebody_who_then_signs_in(browser: OpenBrowser, hire: Hire) -> None:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers, browser() as his:
        await hers.sign_in(chief.email)
        await hers.open("/team")
        await hers.send("/team", name="Léo Martin", email="leo@example.org", role="mediator")
        password = re.search(r"<code>([^<]+)</code>", hers.page.text)
        assert password
        await his.sign_in("leo@example.org", password[1])
        assert "Léo Martin" in his.page.text
        assert password[1] not in (await hers.open("/team")).text
        await hers.send("/team", name="Encore Léo", email="LEO@example.org", role="mediator")
        assert "existe déjà" in hers.page.text
        await hers.send("/team", name="", email="zoe@example.org", role="mediator")
        assert "manque le nom" in hers.page.text


async def test_somebody_leaves_and_comes_back(browser: OpenBrowser, hire: Hire) -> None:
    chief, leo = await hire("Chantal Roy", "administrator"), await hire("Léo Martin")
    async with browser() as hers, browser() as his:
        await hers.sign_in(chief.email)
        await his.sign_in(leo.email)
        await hers.open(f"/team/{leo.id}")
        await hers.send(f"/team/{leo.id}/close")
        assert "Le compte est fermé" in hers.page.text
        await his.open("/me")
        assert his.page.url.path == "/mediation/sign-in"
        await hers.send(f"/team/{leo.id}/open")
        assert (await his.sign_in(leo.email)).status_code == 200


async def test_a_forgotten_password_is_renewed(browser: OpenBrowser, hire: Hire, desk: Desk) -> None:
    chief, leo = await hire("Chantal Roy", "administrator"), await hire("Léo Martin")
    await desk.guard.accounts.save(replace(leo, totp="JBSWY3DPEHPK3PXP"))
    async with browser() as hers, browser() as his:
        await hers.sign_in(chief.email)
        await hers.open(f"/team/{leo.id}")
        await hers.send(f"/team/{leo.id}/password")
        password = re.search(r"<code>([^<]+)</code>", hers.page.text)
        assert password
        assert (await his.sign_in(leo.email)).status_code == 401
        await his.sign_in(leo.email, password[1])
        assert his.page.url.path == "/mediation/", "the second step was lost with the telephone"


async def test_the_last_administrator_stays(browser: OpenBrowser, hire: Hire, desk: Desk) -> None:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        await hers.open(f"/team/{chief.id}")
        for path, fields in {"": {"name": "Chantal", "role": "mediator"}, "/close": {"now": "1"}}.items():
            await hers.send(f"/team/{chief.id}{path}", **fields)
            assert "au moins un administrateur" in hers.page.text
    assert (await desk.guard.accounts.get(chief.id)) == chief


async def test_the_log_says_who_did_what(browser: OpenBrowser, hire: Hire) -> None:
    chief, leo = await hire("Chantal Roy", "administrator"), await hire("Léo Martin")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        await hers.open(f"/team/{leo.id}")
        await hers.send(f"/team/{leo.id}/close")
        page = await hers.open("/audit")
    unlinked = re.sub(r"</?a\b[^>]*>", "", page.text)
    rows = re.findall(r"<td>([^<]*)</td>\s*<td>([^<]*)</td>\s*<td>\s*([^<]*?)\s*</td>", unlinked)
    assert rows[0] == ("Chantal Roy", "a fermé un compte", "Léo Martin")
    assert rows[-1] == ("Chantal Roy", "s’est connecté", "")


async def test_accounts_are_sealed(redis: Redis, hire: Hire) -> None:
    awa = await hire("Awa Diallo")
    kept = [await redis.get(key) async for key in redis.scan_iter("*account*") if "accounts" not in key]
    assert len(kept) == 2
    assert not any(word in str(kept) for word in ("Awa", awa.email, "argon2"))


async def test_the_first_administrator_comes_from_the_command_line(
    tmp_path: Path, privacy: Privacy, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "u3s6Yk7r2mC0c9o6l0e5bT1XqQ0n9t8w7v6u5s4r3q0="
    settings = {"DATA": str(tmp_path), "DATA_KEYS": key, "PSEUDONYM_KEY": "pepper"}
    for name, value in settings.items():
        monkeypatch.setenv(f"VOICEBOT_{name}", value)
    monkeypatch.delenv("REDIS_URL", raising=False)
    async with connect(None, tmp_path) as redis:  # the service runs meanwhile, on the same data
        assert await asyncio.to_thread(main, ["console", "admin", "chef@example.org"]) == 0
        password = capsys.readouterr().out.rsplit(" ", 1)[1].strip()
        account = await Accounts(redis, Privacy("pepper", [key])).by_email("chef@example.org")
        assert account
        assert account.administers
        assert await passwords.verified(password, account.password)
        assert await asyncio.to_thread(main, ["console", "admin", "nobody"]) == 2
