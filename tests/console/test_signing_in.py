"""Signing in: who may, who may not, how often one may try, what the audit log says of it."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest

from tests.console.conftest import PASSWORD, Browser, Clock, Hire, OpenBrowser
from voicebot.console import passwords
from voicebot.console.desk import Desk
from voicebot.console.guard import DEVICE_COOKIE
from voicebot.console.pages import local
from voicebot.store.audit import Deed
from voicebot.store.signins import MOST_ATTEMPTS


def where(browser: Browser) -> str:
    return browser.page.url.path


async def deeds(desk: Desk) -> list[str]:
    return [deed.did for deed in await desk.audit.latest()]


async def test_a_mediator_signs_in_and_out(browser: OpenBrowser, hire: Hire, desk: Desk) -> None:
    awa = await hire("Awa Diallo")
    async with browser() as hers:
        await hers.sign_in(awa.email)
        assert where(hers) == "/mediation/"
        assert "Awa Diallo" in hers.page.text
        await hers.send("/sign-out")
        assert where(hers) == "/mediation/sign-in"
        assert "Vous êtes déconnecté" in hers.page.text
        await hers.open("/")
        assert where(hers) == "/mediation/sign-in"
    assert await deeds(desk) == ["signed_out", "signed_in"]


async def test_the_message_of_an_action_is_shown_once(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.send("/sign-out")
        assert "Vous êtes déconnecté" in hers.page.text
        assert "Vous êtes déconnecté" not in (await hers.open("/sign-in")).text


async def test_a_wrong_password_and_an_unknown_address_look_the_same(
    browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa = await hire()
    async with browser() as theirs:
        known = await theirs.sign_in(awa.email, "autre-mot-de-passe")
        unknown = await theirs.sign_in("personne@example.org", "autre-mot-de-passe")
    assert known.status_code == unknown.status_code == 401
    blank = known.text.replace(awa.email, "…"), unknown.text.replace("personne@example.org", "…")
    assert blank[0] == blank[1]
    assert await deeds(desk) == ["wrong_password", "wrong_password"]


async def test_the_address_may_be_written_in_capitals(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(f" {awa.email.upper()} ")
        assert where(hers) == "/mediation/"


async def test_a_closed_account_cannot_sign_in_and_is_out_at_once(
    browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await desk.guard.accounts.save(replace(awa, active=False))
        await hers.open("/")
        assert where(hers) == "/mediation/sign-in"
        assert (await hers.sign_in(awa.email)).status_code == 401


async def test_guessing_ends_after_a_few_attempts(browser: OpenBrowser, hire: Hire, desk: Desk) -> None:
    awa = await hire()
    async with browser() as theirs:
        for _ in range(MOST_ATTEMPTS["pair"]):
            assert (await theirs.sign_in(awa.email, "faux-mot-de-passe")).status_code == 401
        refused = await theirs.sign_in(awa.email)
        assert refused.status_code == 429
        assert "quart d’heure" in refused.text
    assert (await deeds(desk))[0] == "too_many_attempts"
    async with browser(address="192.0.2.99") as hers:
        await hers.sign_in(awa.email)
        assert where(hers) == "/mediation/", "the guesser locked her out of her own machine"


async def test_one_machine_cannot_try_many_accounts(browser: OpenBrowser) -> None:
    async with browser() as theirs:
        for number in range(MOST_ATTEMPTS["machine"]):
            answer = await theirs.sign_in(f"nom{number}@example.org", "a-very-common-password")
            assert answer.status_code == 401
        assert (await theirs.sign_in("encore@example.org")).status_code == 429


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing, slow on purpose, is not what many tries are about."""

    async def verified(password: str, hashed: str | None) -> bool:
        return hashed is not None and password == PASSWORD

    monkeypatch.setattr(passwords, "verified", verified)


@pytest.mark.usefixtures("quick")
async def test_tries_are_counted_and_push_no_deed_out_of_the_audit_log(
    browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa = await hire()
    await desk.audit.note(Deed(desk.clock(), awa.id, "erase", "t1"))
    async with browser() as theirs:
        for number in range(250):
            await theirs.sign_in(f"nom{number}@example.org", "a-very-common-password")
    told = await deeds(desk)
    assert "erase" in told
    assert told.count("wrong_password") == told.count("too_many_attempts") == 1
    (counts,) = await desk.figures.of([day_of(desk)])
    assert counts["signin:wrong_password"] + counts["signin:too_many_attempts"] == 250


def day_of(desk: Desk) -> str:
    return local(desk.clock()).date().isoformat()


@pytest.mark.usefixtures("quick")
async def test_a_known_browser_is_not_locked_out_by_what_others_try(browser: OpenBrowser, hire: Hire) -> None:
    """From her own office, and at her own account from everywhere."""
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        await hers.send("/sign-out")
        async with browser() as at_the_next_desk:
            for number in range(MOST_ATTEMPTS["machine"] + 1):
                await at_the_next_desk.sign_in(f"nom{number}@example.org", "a-very-common-password")
        for number in range(MOST_ATTEMPTS["account"]):
            async with browser(address=f"198.51.100.{number}") as stranger:
                await stranger.sign_in(awa.email, "a-very-common-password")
        async with browser() as unknown:
            assert (await unknown.sign_in(awa.email)).status_code == 429
        assert (await hers.sign_in(awa.email)).status_code == 200
        assert where(hers) == "/mediation/"


@pytest.mark.usefixtures("quick")
async def test_a_stolen_or_forged_mark_of_a_browser_opens_no_more_tries_than_ten(
    browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa, leo = await hire(), await hire("Léo Martin")
    async with browser() as hers:
        await hers.sign_in(awa.email)
        mark = hers.client.cookies[DEVICE_COOKIE]
    async with browser() as theirs:
        theirs.client.cookies.set(DEVICE_COOKIE, mark, domain="voicebot.test", path="/mediation")
        for _ in range(MOST_ATTEMPTS["known"]):
            assert (await theirs.sign_in(awa.email, "a-very-common-password")).status_code == 401
        assert (await theirs.sign_in(awa.email)).status_code == 429
        for _ in range(MOST_ATTEMPTS["pair"]):
            await theirs.sign_in(leo.email, "a-very-common-password")
        assert (await theirs.sign_in(leo.email)).status_code == 429, "it is a mark of one account"


async def test_an_office_behind_one_address_signs_in(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    for _ in range(MOST_ATTEMPTS["machine"] + 2):
        async with browser() as hers:
            assert (await hers.sign_in(awa.email)).status_code == 200


async def test_signing_in_gives_a_new_cookie(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.open("/sign-in")
        before = hers.client.cookies["mediation"]
        await hers.send("/sign-in", email=awa.email, password=PASSWORD)
        assert hers.client.cookies["mediation"] != before


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: OpenBrowser) -> None:
    async with browser() as theirs:
        answer = await theirs.open("/sign-in")
    cookie = answer.headers["set-cookie"].lower()
    assert all(flag in cookie for flag in ("httponly", "samesite=lax", "secure", "path=/mediation"))


async def test_after_signing_in_one_is_where_one_wanted(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.open("/me")
        assert 'name="next" value="/me"' in hers.page.text
        await hers.send("/sign-in", email=awa.email, password=PASSWORD, next="/me")
        assert where(hers) == "/mediation/me"


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example", "/\\evil.example", "/a?b=c"])
async def test_nobody_is_sent_elsewhere(browser: OpenBrowser, hire: Hire, elsewhere: str) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.open("/sign-in")
        await hers.send("/sign-in", email=awa.email, password=PASSWORD, next=elsewhere)
        assert hers.page.url.host == "voicebot.test"
        assert where(hers) == "/mediation/"


async def test_a_second_step_asks_for_six_digits(
    browser: OpenBrowser, hire: Hire, desk: Desk, clock: Clock
) -> None:
    awa = await hire()
    secret = pyotp.random_base32()
    await desk.guard.accounts.save(replace(awa, totp=secret))
    async with browser() as hers:
        await hers.sign_in(awa.email)
        assert where(hers) == "/mediation/sign-in/code"
        await hers.open("/")
        assert where(hers) == "/mediation/sign-in", "the password alone opens nothing"
        await hers.sign_in(awa.email)
        assert (await hers.send("/sign-in/code", code="000000")).status_code == 401
        code = pyotp.TOTP(secret).at(int(clock.now))
        await hers.send("/sign-in/code", code=f"{code[:3]} {code[3:]}")
        assert where(hers) == "/mediation/"
    async with browser() as theirs:
        await theirs.sign_in(awa.email)
        assert (await theirs.send("/sign-in/code", code=code)).status_code == 401, "used twice"
    assert (await deeds(desk)).count("wrong_code") == 1, "tries that repeat are counted, not listed"


async def test_a_form_of_another_site_is_refused(browser: OpenBrowser, hire: Hire, desk: Desk) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.open("/sign-in")
        assert (await hers.post("/sign-in", email=awa.email, password=PASSWORD)).status_code == 403
        await hers.sign_in(awa.email)
        assert (await hers.post("/sign-out", other="1")).status_code == 403
        assert (await hers.post("/sign-out", token="0" * 24)).status_code == 403
        await hers.open("/")
        assert where(hers) == "/mediation/", "still signed in"
