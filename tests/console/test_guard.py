"""Every route asks who is there, what they may do, where the form comes from. Answers are armoured."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from tests.console.conftest import Ask, Browser, Hire, OpenBrowser
from voicebot.console.desk import Desk
from voicebot.console.headers import POLICY

#: Where nobody needs to be signed in.
OPEN = {"/sign-in", "/sign-in/code"}
ADMINISTRATORS = {"/team", "/audit", "/hours", "/studio", "/faits"}


def routes(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of everything the console serves, static files aside."""
    mount = next(route for route in app.router.routes if isinstance(route, Mount))
    console = mount.app._app  # type: ignore[attr-defined]
    for route in console.router.routes:
        if isinstance(route, Route):
            yield from ((method, route.path) for method in (route.methods or set()) - {"HEAD"})


def filled(path: str) -> str:
    return path.replace("{id}", "t1").replace("{name}", "volume")


async def ask(browser: Browser, method: str, path: str, **fields: str) -> httpx.Response:
    return await browser.client.request(method, f"/mediation{filled(path)}", data=fields or None)


async def test_without_signing_in_nothing_is_shown_or_done(
    app: FastAPI, browser: OpenBrowser, ticket: Ask
) -> None:
    await ticket("t1")
    served = [one for one in routes(app) if one[1] not in OPEN]
    assert len(served) > 25
    async with browser() as theirs:
        for method, path in served:
            answer = await ask(theirs, method, path, token="x")
            if path.endswith("stream"):
                assert answer.status_code == 401, path
            else:
                assert answer.status_code == 303, path
                assert answer.headers["location"].startswith("/mediation/sign-in"), path


async def test_a_password_without_its_six_digits_opens_nothing(
    app: FastAPI, browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    awa = await hire()
    async with browser() as theirs:
        theirs.client.cookies.set("mediation", await desk.guard.signins.open(awa.id, "code"))
        for method, path in routes(app):
            if path not in OPEN:
                assert (await ask(theirs, method, path, token="x")).status_code in (303, 401), path


async def test_no_form_is_taken_without_its_token(
    app: FastAPI, browser: OpenBrowser, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    chief = await hire("Chantal Roy", "administrator")
    before = await ticket("t1")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        for method, path in routes(app):
            if method == "POST" and path != "/sign-in/code":  # she is past that door
                for token in ("", "0" * 24):
                    assert (await ask(hers, method, path, token=token)).status_code == 403, path
    assert await desk.tickets.get("t1") == before


async def test_only_administrators_administer(app: FastAPI, browser: OpenBrowser, hire: Hire) -> None:
    leo = await hire("Léo Martin")
    reserved = [one for one in routes(app) if any(one[1].startswith(path) for path in ADMINISTRATORS)]
    assert len(reserved) >= 8
    async with browser() as his:
        await his.sign_in(leo.email)
        for method, path in reserved:
            assert (await ask(his, method, path, token="x")).status_code == 403, path
        page = await his.open("/")
        assert not any(f"/mediation{path}" in page.text for path in ADMINISTRATORS)


async def test_every_answer_is_armoured(browser: OpenBrowser, hire: Hire) -> None:
    awa = await hire()
    async with browser() as hers:
        await hers.sign_in(awa.email)
        for path in ("/", "/sign-in", "/nowhere", "/figures.csv", "/static/icon.svg", "/figures/none.svg"):
            headers = (await hers.open(path)).headers
            assert headers["content-security-policy"] == POLICY, path
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
            assert "strict-transport-security" in headers
            kept = "immutable" if "static" in path else "no-store"
            assert kept in headers["cache-control"]


def test_the_policy_lets_nothing_in() -> None:
    directives = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert not any(word in POLICY for word in ("unsafe", "http:", "https:", "*"))


@pytest.mark.parametrize("path", ["/", "/tickets/t1", "/figures", "/me", "/search", "/sign-in"])
async def test_no_page_needs_script_or_style_within(
    browser: OpenBrowser, hire: Hire, ticket: Ask, path: str
) -> None:
    awa = await hire()
    await ticket("t1")
    async with browser() as hers:
        await hers.sign_in(awa.email)
        page = (await hers.open(path)).text
    assert " style=" not in page
    assert "<style" not in page
    assert "onclick" not in page
    assert all("src=" in tag for tag in page.split("<script")[1:])


async def test_what_people_say_cannot_become_part_of_the_page(
    browser: OpenBrowser, hire: Hire, ticket: Ask
) -> None:
    awa = await hire("Awa <b>Diallo</b>")
    await ticket("t1", topic="<script>alert(1)</script>", slots={"nom": "<i>x</i>", "ville": '"><img src=x>'})
    async with browser() as hers:
        await hers.sign_in(awa.email)
        for path in ("/", "/tickets/t1"):
            page = (await hers.open(path)).text
            assert not any(tag in page for tag in ("<script>alert", "<img src=x", "<i>x", "<b>Diallo"))


async def test_a_form_that_is_too_large_or_no_form_is_refused(browser: OpenBrowser) -> None:
    async with browser() as theirs:
        await theirs.open("/sign-in")
        assert (await theirs.post("/sign-in", email="x" * 70_000)).status_code == 413
        many = {f"f{number}": "x" for number in range(300)}
        assert (await theirs.post("/sign-in", **many)).status_code == 413
        answer = await theirs.client.post("/mediation/sign-in", json={"email": "x"})
        assert answer.status_code == 415
        assert "Le service ne répond pas" in answer.text


async def test_a_failure_of_ours_shows_no_trace(
    app: FastAPI, browser: OpenBrowser, hire: Hire, desk: Desk
) -> None:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers:
        await hers.sign_in(chief.email)

        async def fails(most: int = 0) -> list[object]:
            raise RuntimeError("secret détail")

        object.__setattr__(desk.audit, "latest", fails)
        answer = await hers.open("/audit")
        assert answer.status_code == 503
        assert "Le service ne répond pas" in answer.text
        assert "secret" not in answer.text
        assert answer.headers["content-security-policy"] == POLICY
