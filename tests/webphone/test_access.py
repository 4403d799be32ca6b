"""Who may try: everybody in a demonstration, elsewhere who knows the key."""

from __future__ import annotations

import httpx
import pytest
from pydantic import ValidationError

from tests.webphone.conftest import KEY, ORIGIN, Clock, Site
from voicebot.app import create_app
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.simulator.rehearsal import new_secrets

WIDE_OPEN = 200
LATER = 25 * 3600


async def test_a_demonstration_lets_everybody_in(site: Site) -> None:
    async with site() as browser:
        page = await browser.get("/essai")
        assert "Appeler" in page.text
        assert (await browser.post("/essai/call", json={})).status_code == WIDE_OPEN


async def test_a_key_is_asked_for_and_opens(site: Site) -> None:
    async with site(KEY) as browser:
        page = await browser.get("/essai")
        assert "La clé pour entrer" in page.text
        assert "Appeler" not in page.text
        assert (await browser.post("/essai/call", json={})).status_code == 403
        wrong = await browser.post("/essai/cle", data={"cle": KEY[:-1]})
        assert (wrong.status_code, "ne va pas" in wrong.text) == (403, True)
        assert (await browser.post("/essai/call", json={})).status_code == 403
        page = await browser.post("/essai/cle", data={"cle": KEY}, follow_redirects=True)
        assert "Appeler" in page.text
        assert (await browser.post("/essai/call", json={})).status_code == WIDE_OPEN


async def test_the_key_may_stand_in_the_address_and_does_not_stay_there(site: Site) -> None:
    async with site(KEY) as browser:
        page = await browser.get("/essai", params={"cle": KEY}, follow_redirects=True)
        assert "Appeler" in page.text
        assert "cle" not in str(page.url)
    async with site(KEY) as browser:
        assert (await browser.get("/essai", params={"cle": "sésame, ferme-toi"})).status_code == 403


async def test_after_a_day_the_key_is_asked_for_again(site: Site, clock: Clock) -> None:
    async with site(KEY) as browser:
        await browser.post("/essai/cle", data={"cle": KEY})
        clock.now += LATER
        assert "La clé pour entrer" in (await browser.get("/essai")).text
        assert (await browser.post("/essai/call", json={})).status_code == 403


async def test_the_cookie_is_for_this_page_only(site: Site) -> None:
    async with site() as browser:
        cookie = (await browser.get("/essai")).headers["set-cookie"].lower()
    for property_ in ("path=/essai", "httponly", "secure", "samesite=strict"):
        assert property_ in cookie


async def test_another_site_cannot_call_in_somebodys_name(site: Site) -> None:
    async with site() as browser:
        await browser.get("/essai")
        assert (await browser.post("/essai/call", data={"a": "b"})).status_code == 415


async def test_nothing_of_others_is_let_into_the_page(site: Site) -> None:
    async with site() as browser:
        page = await browser.get("/essai")
        script = await browser.get("/essai/static/essai.js")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["connect-src"] == "'self' wss://voicebot.test"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "microphone=(self)" in page.headers["permissions-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert script.headers["content-security-policy"] == page.headers["content-security-policy"]
    assert " style=" not in page.text
    assert "http" not in page.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("demo", "key", "there"), [(False, "", False), (False, KEY, True), (True, "", True), (True, KEY, True)]
)
async def test_the_page_is_there_in_a_demonstration_or_with_a_key(
    redis_socket: str, service: Service, demo: bool, key: str, there: bool
) -> None:
    settings = Settings(recognizer="none", public_url=ORIGIN, demo_key=key, twilio_token="t").model_copy(
        update={**new_secrets(), "redis_url": f"unix://{redis_socket}"}
    )
    app = create_app(settings, lambda settings, redis: service, demo=demo)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as browser,
    ):
        page = await browser.get("/essai")
        assert (page.status_code != 404) == there
        assert ("content-security-policy" in page.headers) == there
        assert "content-security-policy" not in (await browser.get("/health")).headers


def test_a_key_that_is_easily_guessed_is_refused() -> None:
    with pytest.raises(ValidationError, match="12 characters"):
        Settings(demo_key="1234")
