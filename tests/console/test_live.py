"""Real browsers: a ticket arrives, is taken, worked on and closed; two people at once; a line that breaks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

import pytest
from fastapi import FastAPI
from playwright.async_api import Browser, Page, Route, expect
from redis.asyncio import Redis

from tests.console.conftest import PASSWORD, SOMEBODY, Ask, Clock, Hire
from tests.console.open_site import PATIENCE_MS, PHONE, WIDE, barriers, chromium, new_page, served, sign_in
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.console.running import Groups, Running, Told
from voicebot.dialogue.session import Place, Session
from voicebot.handoff import calling, exchange
from voicebot.handoff.ticket import claim
from voicebot.records import TurnRecord
from voicebot.store.sessions import Change
from voicebot.store.threads import Message

pytestmark = pytest.mark.xdist_group("browser")
expect.set_options(timeout=PATIENCE_MS)
#: A whole first view; a page over 3G is there within a few seconds.
MOST_BYTES = 100_000
#: Every page, in each of its states.
PATHS = (
    "",
    "?tab=mine",
    "?tab=today",
    "?tab=closed&q=rsa&topic=rsa",
    "tickets/mine",
    "tickets/waiting",
    "tickets/closed",
    "answers",
    "tickets/mine/flow",
    "tickets/mine/report",
    "search",
    "figures",
    "figures?period=day",
    "more",
    "me",
    "me/code",
    "team",
    "hours",
    "studio",
    "studio?group=all&state=stale",
    "audit",
    "faits",
    "service",
)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Without TLS, as browsers only take secure cookies from https; everything can be asked."""

    async def told() -> Groups:
        return {"store": [Told("redis", "8.1", fine=True)], "outbox": [Told("given_up_sms", "3", fine=False)]}

    async def examine() -> list[Told]:
        return [Told("Twilio numbers", "leads nowhere", fine=False)]

    async def try_number(how: str, number: str) -> bool:
        return True

    async def retry() -> int:
        return 0

    async def backup() -> AsyncIterator[bytes]:
        yield b"sealed"

    running = Running(told, examine, try_number, retry, backup)
    return replace(desk, guard=replace(desk.guard, https=False), running=running)


@pytest.fixture
async def origin(desk: Desk) -> AsyncIterator[str]:
    app = FastAPI()
    app.router.routes.append(site.routes(desk))
    async with served(app) as origin:
        yield origin


@pytest.fixture
async def browsers(origin: str) -> AsyncIterator[Browser]:
    """Closed before the server, as people close them."""
    async with chromium() as browser:
        yield browser


async def said(desk: Desk, *texts: str) -> None:
    """A conversation about the RSA, up to the question of nationality."""
    await desk.sessions.people.keep_number(desk.privacy.pseudonym(SOMEBODY), SOMEBODY)
    for turn, text in enumerate(texts):
        here = Place("rsa", "nationalite")
        record = TurnRecord(
            turn=turn,
            at=desk.clock() - 60 + turn,
            event="Heard",
            channel="voice",
            status="open",
            heard=text,
            asked=here,
            place=here,
            text="Quelle est votre nationalité ?",
        )
        session = Session("CA:t1", desk.privacy.pseudonym(SOMEBODY))
        assert await desk.sessions.commit(Change(session, turn, record))


async def test_a_ticket_arrives_is_taken_seen_by_another_noted_and_closed(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa, leo = await hire("Awa Diallo"), await hire("Léo Martin")
    hers, his = await new_page(browsers), await new_page(browsers)
    await sign_in(hers, origin, awa.email, PASSWORD)
    await sign_in(his, origin, leo.email, PASSWORD)
    await expect(hers.get_by_text("Personne n’attend")).to_be_visible()

    await said(desk, "je sais pas")
    await ticket("t1", priority="danger", reason="danger", slots={"age": 61})
    for page in (hers, his):
        await expect(page.get_by_role("link", name="Le RSA")).to_be_visible()
        await expect(page).to_have_title("(⚠ 1) Demandes · Médiation")
        await expect(page.get_by_role("status").get_by_text("Nouvelle demande : danger.")).to_be_attached()
        assert await page.evaluate("document.body.dataset.rang") == "1", "the bell"

    await hers.get_by_role("button", name="Prendre la demande : Le RSA").click()
    await expect(hers.get_by_text("La demande est à vous.")).to_be_visible()
    await expect(hers.locator(".own-words")).to_have_text("« je sais pas »")
    await hers.get_by_text("La personne", exact=True).first.click()
    await expect(hers.get_by_text("06 39 98 00 11")).to_be_visible()
    await expect(his.get_by_role("button", name="Prendre")).to_have_count(0)
    await expect(his).to_have_title("Demandes · Médiation")
    await expect(his.locator(".tab-colleagues")).to_have_text("Aux collègues 1")

    await hers.keyboard.press("n")
    await hers.keyboard.type("Elle préfère le matin.")
    await hers.get_by_role("button", name="Garder la note").click()
    await expect(hers.get_by_role("log")).to_contain_text("Elle préfère le matin.")
    await hers.keyboard.press("c")
    await hers.get_by_label("La personne a eu sa réponse").check()
    await hers.get_by_role("button", name="Clore la demande").click()
    await expect(hers.get_by_text("La demande est close.")).to_be_visible()
    await expect(his.locator(".tab-closed")).to_have_text("Closes 1")

    await hers.get_by_role("button", name="Annuler").click()
    await expect(hers.get_by_text("La demande est rouverte.")).to_be_visible()
    await expect(his.locator(".tab-colleagues")).to_have_text("Aux collègues 1")


async def test_two_who_take_the_same_ticket_are_told_who_has_it(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa, leo = await hire("Awa Diallo"), await hire("Léo Martin")
    await ticket("t1")
    his = await new_page(browsers)
    await sign_in(his, origin, leo.email, PASSWORD)
    await his.route("**/mediation/stream", lambda route: route.abort())
    await his.reload()  # his page hears nothing in the moment before his click
    await desk.tickets.change("t1", lambda one: claim(one, awa.id, desk.clock()))
    await his.get_by_role("button", name="Prendre la demande : Le RSA").click()
    await expect(his.get_by_text("Un collègue a été plus rapide")).to_be_visible()
    await expect(his.get_by_text("Awa Diallo s’en occupe.")).to_be_visible()


async def test_texts_go_both_ways_while_the_page_is_open(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa = await hire("Awa Diallo")
    person = desk.privacy.pseudonym(SOMEBODY)
    await desk.sessions.people.keep_number(person, SOMEBODY)
    await ticket("t1", channel="sms", state="claimed", mediator=awa.id)
    hers = await new_page(browsers)
    await sign_in(hers, origin, awa.email, PASSWORD)
    await hers.goto(f"{origin}/mediation/tickets/t1")
    await hers.get_by_label("Votre message").fill("Bonjour, avez-vous votre carte ?")
    await expect(hers.locator("[data-segments]")).to_have_text("1 SMS")
    await hers.get_by_role("button", name="Envoyer").click()
    await expect(hers.get_by_role("log")).to_contain_text("Bonjour, avez-vous votre carte ?")
    await expect(hers.get_by_role("log")).to_contain_text("En attente d’envoi")
    assert await desk.threads.held(person) == "t1"

    await hers.get_by_label("Votre message").fill("à moitié écrit")
    await desk.threads.add(person, Message("SM2", "t1", desk.clock(), "", "oui je l'ai"))
    await desk.news.tell("t1")
    await expect(hers.get_by_role("log")).to_contain_text("oui je l'ai")
    assert await hers.get_by_label("Votre message").input_value() == "à moitié écrit"


async def test_everything_is_done_by_keyboard_alone(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask
) -> None:
    awa = await hire()
    await ticket("t1")
    page = await new_page(browsers)
    await page.goto(f"{origin}/mediation/sign-in")
    await expect(page.get_by_label("Adresse e-mail")).to_be_focused()
    await page.keyboard.type(awa.email)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/mediation/")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Aller au contenu"
    await page.keyboard.press("j")
    await page.keyboard.press("Tab")
    assert await focused(page) == "Prendre"
    await ticket("t2", topic="impots")
    await expect(page.get_by_role("button", name="1 nouvelle")).to_be_visible()
    assert await focused(page) == "Prendre", "a ticket that arrives takes the focus from nobody"
    await page.keyboard.press("k")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Le RSA")).to_be_visible()
    await page.keyboard.press("?")
    await expect(page.get_by_role("heading", name="Raccourcis du clavier")).to_be_visible()


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.textContent")).strip()


async def test_a_broken_line_is_shown_and_mends_itself(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask
) -> None:
    awa = await hire()
    page = await new_page(browsers)
    await sign_in(page, origin, awa.email, PASSWORD)

    async def cut(route: Route) -> None:
        await route.abort()

    await page.route("**/mediation/stream", cut)
    await page.reload()
    await expect(page.get_by_text("La connexion est coupée.")).to_be_visible()
    await ticket("t1")
    await page.unroute("**/mediation/stream")
    await expect(page.get_by_role("link", name="Le RSA")).to_be_visible()
    await expect(page.get_by_text("La connexion est coupée.")).to_be_hidden()


async def test_who_is_signed_out_elsewhere_sees_nothing_more(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa = await hire()
    page = await new_page(browsers)
    await sign_in(page, origin, awa.email, PASSWORD)
    await expect(page.locator("[data-queue]")).to_be_visible()
    await desk.guard.signins.close_all(awa.id)
    await ticket("t1")
    await page.wait_for_url("**/mediation/sign-in")
    await expect(page.get_by_text("Votre session est terminée.")).to_be_visible()


async def test_the_step_where_the_person_stopped_is_in_view(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa = await hire()
    await said(desk, "euh", "je sais pas")
    await ticket("t1")
    page = await new_page(browsers)
    await sign_in(page, origin, awa.email, PASSWORD)
    await page.goto(f"{origin}/mediation/tickets/t1")
    await page.get_by_text("La démarche", exact=True).click()
    lit = page.locator(".flow .current")
    await expect(lit).to_be_in_viewport()
    await expect(lit).to_contain_text("Quelle est votre nationalité")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_no_page_has_a_barrier_nor_scrolls_sideways_nor_breaks_its_policy(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk, clock: Clock, size: tuple[int, int]
) -> None:
    chief, leo = await hire("Chantal Roy", "administrator"), await hire("Léo Martin")
    await said(desk, "je sais pas")
    await ticket(
        "mine",
        state="claimed",
        mediator=chief.id,
        slots={"age": 61, "ville": "Saint-Denis", "code_postal": "93200"},
    )
    await ticket("waiting", priority="danger", reason="danger", topic="urgence")
    await ticket("closed", state="closed", mediator=leo.id)
    await ticket("his", state="in_call", mediator=leo.id, priority="high")
    await desk.notices.add("La CAF est fermée aujourd’hui.", clock.now, "2099-01-01")
    await desk.figures.count(clock.now, {"calls": 40, "topic:rsa": 20, "understood": 90, "misunderstood": 9})
    page = await new_page(browsers, size)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{origin}/mediation/sign-in")
    assert await barriers(page) == []
    await sign_in(page, origin, chief.email, PASSWORD)
    for path in (*PATHS, f"team/{leo.id}"):
        await page.goto(f"{origin}/mediation/{path}")
        assert await barriers(page) == [], path
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(overflow) <= 0, path
        assert complaints == [], path
    await page.goto(f"{origin}/mediation/nowhere")
    assert await barriers(page) == []


async def test_the_first_view_is_light(browsers: Browser, origin: str, hire: Hire, ticket: Ask) -> None:
    awa = await hire()
    for number in range(20):
        await ticket(f"t{number}", topic="rsa", slots={"ville": "Saint-Denis", "code_postal": "93200"})
    page = await new_page(browsers, PHONE)
    await sign_in(page, origin, awa.email, PASSWORD)
    await expect(page.locator("[data-queue]")).to_be_visible()
    loaded = await page.evaluate("JSON.stringify(performance.getEntriesByType('resource').map(e => e.name))")
    assert all(name.startswith(origin) for name in json.loads(loaded)), "something came from elsewhere"
    fresh = await new_page(browsers, PHONE)
    await fresh.context.add_cookies(await page.context.cookies())
    line = await fresh.context.new_cdp_session(fresh)
    await line.send("Network.enable")
    sizes: list[float] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    await fresh.goto(f"{origin}/mediation/")
    await expect(fresh.locator("[data-queue]")).to_be_visible()
    assert len(sizes) >= 5
    assert sum(sizes) < MOST_BYTES, sizes


async def test_a_broken_store_is_told_kindly(
    browsers: Browser, origin: str, hire: Hire, redis: Redis, desk: Desk
) -> None:
    awa = await hire()
    page = await new_page(browsers)
    await sign_in(page, origin, awa.email, PASSWORD)
    await page.goto(f"{origin}/mediation/me")
    await redis.config_set("maxmemory", 1)
    try:
        await page.get_by_role("button", name="Quitter").click()
        await expect(page.get_by_role("heading", name="Le service ne répond pas")).to_be_visible()
    finally:
        await redis.config_set("maxmemory", 0)


async def test_nothing_moves_under_the_pointer(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk
) -> None:
    awa = await hire()
    await ticket("t1")
    page = await new_page(browsers)
    await sign_in(page, origin, awa.email, PASSWORD)
    button = page.get_by_role("button", name="Prendre la demande : Le RSA")
    await button.hover()
    before = await button.bounding_box()
    await ticket("t2", topic="urgence", priority="danger", reason="danger")
    await ticket("t3", topic="impots")
    await desk.tickets.change("t3", lambda one: calling.hold_line(one, "CA3", desk.clock()))
    news = page.get_by_role("button", name="2 nouvelles")
    await expect(news).to_be_visible()
    await expect(page).to_have_title("(⚠ 3) Demandes · Médiation")
    assert await button.bounding_box() == before
    await news.click()
    await expect(page.get_by_role("link", name="Une urgence")).to_be_visible()
    await expect(page.locator(".on-line")).to_contain_text("Les impôts")


async def test_a_busy_morning(
    browsers: Browser, origin: str, hire: Hire, ticket: Ask, desk: Desk, clock: Clock
) -> None:
    """Sixty requests, two mediators, three live callers, one danger, a lost session, a transfer, an undo."""
    awa, leo = await hire("Awa Diallo"), await hire("Léo Martin")
    person = desk.privacy.pseudonym(SOMEBODY)
    await desk.sessions.people.keep_number(person, SOMEBODY)
    for number in range(60):
        at = clock.now - 60 * number
        await ticket(f"t{number}", topic=("energie", "rsa", "impots")[number % 3], at=at, person=f"p{number}")
    for name in ("live0", "live1", "live2"):
        await ticket(name, topic="banque", person=name, at=clock.now)
        await desk.tickets.change(name, partial(calling.hold_line, call=f"CA:{name}", at=clock.now))
    await said(desk, "j'ai peur de mon mari")
    await ticket("danger", topic="urgence", priority="danger", reason="danger", session="CA:t1")
    await ticket("text", channel="sms", state="claimed", mediator=awa.id)

    hers, his = await new_page(browsers), await new_page(browsers)
    await sign_in(hers, origin, awa.email, PASSWORD)
    await sign_in(his, origin, leo.email, PASSWORD)
    for page in (hers, his):
        await expect(page.locator(".on-line li")).to_have_count(3)
        await expect(page.locator(".tab-waiting .count")).to_have_text("64")
        await expect(page.locator(".inbox-rows li").nth(3)).to_contain_text("j'ai peur de mon mari")
        await expect(page.get_by_text("Page 1 sur 2")).to_be_visible()

    await his.get_by_role("button", name="Prendre la demande : Une urgence").click()
    await expect(his.locator(".own-words")).to_have_text("« j'ai peur de mon mari »")
    await expect(hers.locator(".tab-waiting .count")).to_have_text("63")
    await desk.tickets.change("live0", lambda one: calling.start_call(one, leo.id, clock.now))
    await expect(hers.locator(".on-line li")).to_have_count(2)

    await hers.goto(f"{origin}/mediation/tickets/text?tab=mine")
    await hers.get_by_label("Votre message").fill("Bonjour, avez-vous reçu la lettre ?")
    await desk.guard.signins.close_all(awa.id)
    await hers.wait_for_url("**/mediation/sign-in?**")
    await expect(hers.get_by_text("Votre session est terminée.")).to_be_visible()
    await hers.get_by_label("Adresse e-mail").fill(awa.email)
    await hers.get_by_label("Mot de passe").fill(PASSWORD)
    await hers.get_by_role("button", name="Se connecter").click()
    await expect(hers.get_by_label("Votre message")).to_have_value("Bonjour, avez-vous reçu la lettre ?")
    await hers.get_by_role("button", name="Envoyer").click()
    await expect(hers.get_by_role("log")).to_contain_text("Bonjour, avez-vous reçu la lettre ?")

    await hers.get_by_text("Confier", exact=True).first.click()
    await hers.get_by_label("À quel collègue ?").select_option(label="Léo Martin")
    await hers.get_by_label("Pourquoi ? Votre collègue le lit.").fill("Tu parles portugais.")
    await hers.get_by_role("button", name="Confier").click()
    await expect(his.locator(".tab-mine")).to_contain_text("dont 1 avec du nouveau")
    await hers.get_by_role("button", name="Annuler").click()
    await expect(hers.get_by_text("La demande est de nouveau à vous.")).to_be_visible()
    await desk.threads.add(person, Message("SM9", "text", clock.now + 1, "", "oui je l'ai reçue"))
    await desk.tickets.change("text", lambda one: exchange.wrote(one, "oui je l'ai reçue", clock.now + 1))
    await expect(hers.get_by_role("log")).to_contain_text("oui je l'ai reçue")


async def test_an_administrator_looks_after_the_service(browsers: Browser, origin: str, hire: Hire) -> None:
    chief = await hire("Zoé Roy", "administrator")
    page = await new_page(browsers)
    await sign_in(page, origin, chief.email, PASSWORD)
    await page.get_by_role("link", name="Service").click()
    await expect(page.get_by_text("SMS abandonnés ce mois-ci")).to_be_visible()
    await page.get_by_role("button", name="Examiner").click()
    await expect(page.get_by_text("leads nowhere")).to_be_visible()
    await page.get_by_role("button", name="Renvoyer").click()
    await expect(page.get_by_text("Rien n’a été abandonné")).to_be_visible()
    await page.get_by_label("Votre numéro").fill("06 39 98 00 11")
    await page.get_by_role("button", name="M’écrire").click()
    await expect(page.get_by_text("L’essai part")).to_be_visible()
    async with page.expect_download() as downloading:
        await page.get_by_role("button", name="Télécharger").click()
    saved = await (await downloading.value).path()
    assert saved.read_bytes() == b"sealed"
    await page.get_by_role("link", name="Journal").click()
    for deed in ("a téléchargé une sauvegarde", "a renvoyé ce qui avait été abandonné"):
        await expect(page.get_by_text(deed).first).to_be_visible()
