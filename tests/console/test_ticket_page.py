"""The ticket's page and what is done there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest
from fastapi import FastAPI

from tests.conftest import PASSWORD
from tests.console.conftest import (
    NEIGHBOUR,
    ORIGIN,
    SOMEBODY,
    TOKEN,
    Ask,
    Browser,
    Clock,
    Hire,
    OpenBrowser,
)
from voicebot.console import site
from voicebot.console.desk import Desk
from voicebot.dialogue.meaning import Value
from voicebot.dialogue.session import Session
from voicebot.handoff import calling
from voicebot.handoff import ticket as handoff
from voicebot.records import TurnRecord
from voicebot.store.accounts import Account
from voicebot.store.outbox import Ref
from voicebot.store.sessions import Change
from voicebot.store.threads import Message

#: Answers that tell where somebody lives.
SAINT_DENIS = {"ville": "Saint-Denis", "code_postal": "93200"}


@pytest.fixture
async def awa(hire: Hire) -> Account:
    return await hire("Awa Diallo")


@pytest.fixture
async def leo(hire: Hire) -> Account:
    return await hire("Léo Martin")


@pytest.fixture
async def hers(browser: OpenBrowser, awa: Account) -> AsyncIterator[Browser]:
    async with browser() as hers:
        await hers.sign_in(awa.email)
        yield hers


@pytest.fixture
async def person(desk: Desk) -> str:
    """Somebody who can be reached by telephone and text."""
    person = desk.privacy.pseudonym(SOMEBODY)
    await desk.sessions.people.keep_number(person, SOMEBODY)
    return person


async def did(desk: Desk) -> list[tuple[str, str]]:
    return [(deed.did, deed.about) for deed in await desk.audit.latest()]


async def test_the_most_urgent_come_first(hers: Browser, ticket: Ask, clock: Clock) -> None:
    await ticket("old", topic="impots", at=clock.now - 4)
    await ticket("new", topic="rsa", at=clock.now - 3)
    await ticket("roof", topic="hebergement_urgence", priority="high", at=clock.now - 2)
    await ticket("danger", topic="urgence", priority="danger", at=clock.now - 1)
    page = (await hers.open("/")).text
    places = [page.index(f'id="t-{name}"') for name in ("danger", "roof", "old", "new")]
    assert places == sorted(places)


async def test_the_number_is_for_who_has_the_ticket(
    hers: Browser, ticket: Ask, person: str, desk: Desk, awa: Account
) -> None:
    await ticket("t1")
    assert "06 39 98 00 11" not in (await hers.open("/tickets/t1")).text
    await hers.send("/tickets/t1/claim")
    assert "06 39 98 00 11" in hers.page.text
    assert ("saw_ticket", "t1") in await did(desk)
    assert ("claim", "t1") in await did(desk)


async def test_what_a_colleague_has_is_left_to_them(
    hers: Browser, ticket: Ask, person: str, desk: Desk, leo: Account
) -> None:
    before = await ticket("t1", state="claimed", mediator=leo.id)
    await hers.open("/tickets/t1")
    forms = {
        "release": {},
        "note": {"note": "x"},
        "transfer": {"to": leo.id, "why": "CAF"},
        "close": {"outcome": "helped"},
        "text": {"text": "bonjour"},
        "later": {"day": "2030-01-01", "time": "10:00"},
    }
    for action, fields in forms.items():
        await hers.send(f"/tickets/t1/{action}", **fields)
        assert "n’est plus à vous" in hers.page.text, action
    assert await desk.tickets.get("t1") == before
    assert await desk.threads.of(person, "t1") == []
    assert {name for name, _ in await did(desk)} == {"signed_in", "saw_ticket"}


async def test_a_ticket_is_taken_noted_handed_over_and_closed(
    browser: OpenBrowser, hers: Browser, ticket: Ask, desk: Desk, leo: Account
) -> None:
    await ticket("t1")
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/claim")
    await hers.send("/tickets/t1/note", note="Elle préfère\nle matin.")
    await hers.send("/tickets/t1/transfer", to=leo.id, why="Tu connais la CAF.")
    assert "confiée à votre collègue" in hers.page.text
    async with browser() as his:
        await his.sign_in(leo.email)
        await his.open("/tickets/t1")
        assert "Elle préfère" in his.page.text
        await his.send("/tickets/t1/close", outcome="appointment")
        assert "La demande est close." in his.page.text
        assert "/tickets/t1/reopen" in his.page.text
    closed = await desk.tickets.get("t1")
    assert closed
    assert (closed.state, closed.outcome) == ("closed", "appointment")


@pytest.mark.parametrize(
    ("action", "fields", "told"),
    [
        ("note", {"note": "  "}, "rien à envoyer"),
        ("transfer", {"to": "nobody", "why": "CAF"}, "Choisissez un collègue"),
        ("close", {"outcome": "vanished"}, "Choisissez ce qui a été fait"),
        ("text", {"text": "x" * 700}, "trop long"),
        ("later", {"day": "2020-01-01", "time": "10:00"}, "à venir"),
        ("later", {"day": "demain", "time": "10:00"}, "à venir"),
    ],
)
async def test_what_is_filled_in_wrong_is_told_on_the_page(
    hers: Browser,
    ticket: Ask,
    awa: Account,
    person: str,
    desk: Desk,
    action: str,
    fields: dict[str, str],
    told: str,
) -> None:
    before = await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    answer = await hers.send(f"/tickets/t1/{action}", **fields)
    assert answer.status_code == 422
    assert told in answer.text
    assert await desk.tickets.get("t1") == before


async def test_a_text_is_kept_for_the_outbox_and_silences_the_assistant(
    hers: Browser, ticket: Ask, awa: Account, person: str, desk: Desk
) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/text", text="Bonjour, c’est Awa.")
    (message,) = await desk.threads.of(person, "t1")
    letter = await desk.outbox.open(Ref("sms", person, message.id))
    assert letter
    assert letter.record.order.text == "Bonjour, c’est Awa."
    assert await desk.threads.held(person) == "t1"
    await hers.send("/tickets/t1/close", outcome="helped")
    assert await desk.threads.held(person) is None, "the assistant answers again"


async def test_a_ticket_by_text_silences_the_assistant_when_it_is_taken(
    hers: Browser, ticket: Ask, person: str, desk: Desk
) -> None:
    await ticket("t1", channel="sms")
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/claim")
    assert await desk.threads.held(person) == "t1"
    await hers.send("/tickets/t1/release")
    assert await desk.threads.held(person) is None


async def test_who_has_a_landline_or_no_number_is_not_texted(
    hers: Browser, ticket: Ask, awa: Account, desk: Desk
) -> None:
    await desk.sessions.people.keep_number(desk.privacy.pseudonym("landline"), "+33199001234")
    await ticket("t1", state="claimed", mediator=awa.id, person=desk.privacy.pseudonym("landline"))
    await ticket("t2", state="claimed", mediator=awa.id, person="hidden")
    assert "Votre message" not in (await hers.open("/tickets/t1")).text
    page = (await hers.open("/tickets/t2")).text
    assert "Votre message" not in page
    assert "Numéro caché" in page
    assert "Appeler la personne" not in page


async def test_a_call_back_is_agreed_on(hers: Browser, ticket: Ask, awa: Account, desk: Desk) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/later", day="2030-07-01", time="10:30")
    assert hers.page.text.count("1 juillet 2030 à 10 h 30") >= 3, "summary, person, history"
    planned = await desk.tickets.get("t1")
    assert planned
    assert planned.wishes.call_back_at == datetime(2030, 7, 1, 8, 30, tzinfo=UTC).timestamp()


async def test_a_call_is_made_from_the_page(ticket: Ask, awa: Account, person: str, desk: Desk) -> None:
    rung: list[tuple[str, str]] = []

    async def ring(mediator: str, ticket_id: str) -> None:
        rung.append((mediator, ticket_id))

    app = FastAPI()
    app.router.routes.append(site.routes(replace(desk, ring=ring)))
    await ticket("t1", state="claimed", mediator=awa.id)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        hers = Browser(client)
        await hers.sign_in(awa.email)
        await hers.open("/tickets/t1")
        await hers.send("/tickets/t1/call")
        assert "Ajoutez d’abord votre numéro" in hers.page.text
        await hers.send("/me/number", number="0639980050")
        await hers.open("/tickets/t1")
        await hers.send("/tickets/t1/call")
        assert "Votre téléphone sonne" in hers.page.text
    assert rung == [(awa.id, "t1")]


async def test_who_holds_the_line_is_seen(hers: Browser, ticket: Ask, desk: Desk, leo: Account) -> None:
    await ticket("t1")
    await desk.tickets.change("t1", lambda one: calling.hold_line(one, "CA1", desk.clock()))
    await desk.tickets.change("t1", lambda one: calling.offer(one, leo.id, desk.clock()))
    page = (await hers.open("/")).text
    assert "Attend en ligne" in page
    assert "Sonne chez Léo Martin" in page


async def test_what_was_erased_is_gone(hers: Browser) -> None:
    answer = await hers.open("/tickets/erased")
    assert answer.status_code == 404
    assert "effacée à la demande de la personne" in answer.text


async def test_a_person_is_found_by_number_however_it_is_typed(
    hers: Browser, ticket: Ask, person: str, desk: Desk
) -> None:
    await ticket("t1", topic="impots")
    await ticket("t2", topic="rsa", person=desk.privacy.pseudonym(NEIGHBOUR))
    await hers.open("/search")
    for typed in ("06 39 98 00 11", "+33 6 39 98 00 11", "0033639980011"):
        page = (await hers.send("/search", number=typed)).text
        assert "Les impôts" in page
        assert "Le RSA" not in page
        assert "39 98" not in page, "the number is not shown again"
    assert "Aucune demande" in (await hers.send("/search", number="0639980099")).text
    assert "numéro de téléphone complet" in (await hers.send("/search", number="12")).text
    assert ("searched", "") in await did(desk)


async def test_the_report_is_filled_in_and_corrected(hers: Browser, ticket: Ask) -> None:
    await ticket("t1", state="closed", outcome="oriented", slots={"age": 61, **SAINT_DENIS})
    page = (await hers.open("/tickets/t1/report")).text
    text = page[page.index("readonly>") : page.index("</textarea>")]
    assert "Thèmes : Social et santé" in text
    assert "Autonomie : à préciser" in text
    assert "Matériel : à préciser" in text
    assert "Orientation : Vers l’administration concernée" in text
    assert not any(personal in text for personal in ("61", "Saint-Denis"))
    page = (
        await hers.send(
            "/tickets/t1/report", themes=["logement", "argent"], autonomy="autonomous", equipment="tablet"
        )
    ).text
    text = page[page.index("readonly>") : page.index("</textarea>")]
    assert "Thèmes : Logement, Argent et impôts" in text
    assert "Autonomie : Autonome" in text
    assert "votre âge : 61" in text
    assert "Lieu : Saint-Denis (93)" in text


async def test_who_has_no_number_yet_cannot_go_on_duty(hers: Browser, desk: Desk, awa: Account) -> None:
    await hers.open("/")
    await hers.send("/me/duty", on="1")
    assert "Ajoutez d’abord votre numéro" in hers.page.text
    await hers.send("/me/number", number="12")
    assert "pas un numéro de téléphone complet" in hers.page.text
    await hers.send("/me/number", number="06 39 98 00 50")
    await hers.send("/me/duty", on="1")
    assert "Vous êtes de permanence." in hers.page.text
    profile = await desk.mediator(awa)
    assert (profile.phone, profile.on_duty) == ("+33639980050", True)
    await hers.send("/me/duty", on="")
    assert (await desk.mediator(awa)).on_duty is False
    await hers.send("/me/duty", on="1")
    await hers.open("/me")
    await hers.send("/me/number", number="")
    assert (await desk.mediator(awa)).on_duty is False, "nowhere to ring"


async def test_an_administrator_says_where_and_with_what_a_mediator_helps(
    browser: OpenBrowser, hire: Hire, desk: Desk, leo: Account
) -> None:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        await hers.open(f"/team/{leo.id}")
        await hers.send(f"/team/{leo.id}/profile", territories="93, 75 2a;974 93 zz", skills=["rsa", "magic"])
    profile = await desk.mediator(leo)
    assert profile.territories == ("93", "75", "2A", "974")
    assert profile.skills == ("rsa",)


async def test_the_needs_check_is_proposed_by_text_by_call_or_next_time(
    hers: Browser, ticket: Ask, person: str, desk: Desk
) -> None:
    await ticket("t1", channel="sms")
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/claim")
    assert await desk.threads.held(person) == "t1"
    await hers.send("/tickets/t1/assess", how="next")
    assert "Bilan numérique proposé" in hers.page.text
    assert await desk.sessions.people.proposed(person) == "bilan_numerique"
    assert await desk.sessions.records("sms") == []
    await hers.send("/tickets/t1/assess", how="text")
    (text,) = await desk.sessions.records("sms")
    assert (list(text.order.notes), await desk.threads.held(person)) == (["sms.bilan"], None)
    await hers.send("/tickets/t1/assess", how="call")
    (call,) = await desk.sessions.records("callback")
    assert call.order.person == person
    assert ("assess", "t1") in await did(desk)


async def test_the_needs_check_is_not_proposed_for_what_a_colleague_has(
    hers: Browser, ticket: Ask, person: str, desk: Desk, leo: Account
) -> None:
    await ticket("t1", state="claimed", mediator=leo.id)
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/assess", how="text")
    assert await desk.sessions.people.proposed(person) == ""
    assert await desk.sessions.records("sms") == []


async def test_the_result_of_the_needs_check_is_shown_and_fills_the_report(
    hers: Browser, ticket: Ask, person: str
) -> None:
    await ticket("t1", slots={"bilan_niveau": "eloigne", "bilan_materiel": "yes"})
    page = (await hers.open("/tickets/t1")).text
    assert "Bilan numérique" in page
    assert "a besoin de quelqu’un à côté" in page
    report = (await hers.open("/tickets/t1/report")).text
    assert "Autonomie : Entièrement accompagnée" in report


async def test_a_text_survives_the_end_of_the_session(
    hers: Browser, ticket: Ask, awa: Account, person: str, desk: Desk
) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    await desk.guard.signins.close_all(awa.id)
    await hers.send("/tickets/t1/text", text="Bonjour, avez-vous la lettre de la CAF ?")
    assert "Votre session est terminée" in hers.page.text
    await hers.send("/sign-in", email=awa.email, password=PASSWORD, next="/tickets/t1")
    assert "Bonjour, avez-vous la lettre de la CAF ?</textarea>" in hers.page.text
    assert await desk.threads.of(person, "t1") == [], "nothing was sent by itself"
    assert "lettre de la CAF" not in (await hers.open("/tickets/t1")).text, "once"


async def test_a_draft_is_kept_until_it_is_sent(
    hers: Browser, ticket: Ask, awa: Account, person: str, desk: Desk
) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    token = TOKEN.search(hers.page.text)
    assert token
    await hers.client.post("/mediation/tickets/t1/draft", data={"token": token[1], "text": "à moitié écr"})
    await hers.send("/sign-out")
    assert "lettre" not in (await hers.sign_in(awa.email)).text
    assert "à moitié écr</textarea>" in (await hers.open("/tickets/t1")).text
    await hers.send("/tickets/t1/text", text="à moitié écrit")
    assert "à moitié écr</textarea>" not in (await hers.open("/tickets/t1")).text


async def test_everything_is_one_thread_in_the_order_in_which_it_happened(
    hers: Browser, ticket: Ask, awa: Account, person: str, desk: Desk, clock: Clock
) -> None:
    said = [
        TurnRecord(1, clock.now - 90, "Heard", "voice", "open", "c'est pour la lettre", text="Quel âge ?"),
        TurnRecord(2, clock.now - 80, "Pressed", "keypad", "open", pressed="61", value="61", text="Merci."),
    ]
    for version, record in enumerate(said):
        assert await desk.sessions.commit(Change(Session("CA:t1", person), version, record))
    await ticket("t1", state="claimed", mediator=awa.id, at=clock.now - 70)
    clock.now += 10
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/text", text="Bonjour, c’est Awa.")
    clock.now += 10
    await desk.threads.add(person, Message("SM1", "t1", clock.now, "", "bonjour madame"))
    await desk.tickets.change("t1", lambda one: handoff.note(one, awa.id, "Parle peu.", clock.now + 1))
    page = (await hers.open("/tickets/t1")).text
    thread = page[page.index('role="log"') :]
    told = ("c&#39;est pour la lettre", "Quel âge ?", "Touche 61", "Prise", "Bonjour, c’est Awa.")
    places = [thread.index(words) for words in (*told, "bonjour madame", "Parle peu.")]
    assert places == sorted(places)
    assert '<li class="turn mine">' in thread
    assert '<li class="turn person">' in thread
    assert '<li class="turn note">' in thread


async def test_ready_answers_steps_and_places_are_there_to_insert(
    ticket: Ask, awa: Account, person: str, desk: Desk, browser: OpenBrowser
) -> None:
    asked: list[object] = []

    async def near(slots: Mapping[str, Value]) -> Mapping[str, Value]:
        asked.append(slots)
        return {
            "place_1_name": "Maison Lumière",
            "place_1_address": "3 rue du Port",
            "place_1_town": "Nantes",
        }

    app = FastAPI()
    app.router.routes.append(site.routes(replace(desk, places=near)))
    await ticket("t1", state="claimed", mediator=awa.id, slots=SAINT_DENIS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ORIGIN) as client:
        hers = Browser(client)
        await hers.sign_in(awa.email)
        await hers.open("/answers")
        await hers.send("/answers", name="Rendez-vous", text="{prenom} vous attend à {lieu} pour {demarche}.")
        assert "Bonjour" in hers.page.text, "what we suggest stays"
        page = (await hers.open("/tickets/t1")).text
    assert "Awa vous attend à Saint-Denis (93) pour le RSA." in page
    assert "Maison Lumière, 3 rue du Port, Nantes" in page
    assert asked == [{"code_postal": "93200", "ville": "Saint-Denis"}]
    assert '<optgroup label="Étapes de la démarche">' in page


async def test_a_call_back_when_nobody_works_is_warned_of(
    hers: Browser, ticket: Ask, awa: Account, person: str, desk: Desk
) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    sunday = {"day": "2030-06-30", "time": "03:00"}
    answer = await hers.send("/tickets/t1/later", **sunday)
    assert answer.status_code == 422
    assert "personne ne travaille" in answer.text
    await hers.send("/tickets/t1/later", **sunday, anyway="1")
    assert "Attention : personne ne travaille à cette heure-là." in hers.page.text
    planned = await desk.tickets.get("t1")
    assert planned
    assert planned.wishes.call_back_at == datetime(2030, 6, 30, 1, 0, tzinfo=UTC).timestamp()


async def test_closing_and_undoing_keeps_the_call_back(
    hers: Browser, ticket: Ask, awa: Account, desk: Desk
) -> None:
    await ticket("t1", state="claimed", mediator=awa.id)
    await hers.open("/tickets/t1")
    await hers.send("/tickets/t1/later", day="2030-07-01", time="10:30")
    await hers.send("/tickets/t1/close", outcome="helped")
    assert "Envoyer" not in hers.page.text
    assert "Clore la demande" not in hers.page.text
    await hers.send("/tickets/t1/reopen")
    assert "1 juillet 2030 à 10 h 30" in hers.page.text


async def test_only_its_mediator_or_an_administrator_erases(
    browser: OpenBrowser, hers: Browser, ticket: Ask, leo: Account, hire: Hire, desk: Desk
) -> None:
    chief = await hire("Chantal Roy", "administrator")
    await ticket("t1", state="claimed", mediator=leo.id)
    assert "Tout effacer" not in (await hers.open("/tickets/t1")).text
    await hers.send("/tickets/t1/erase", asked="yes")
    assert "Seul le médiateur de la demande" in hers.page.text
    assert await desk.tickets.get("t1") is not None
    async with browser() as theirs:
        await theirs.sign_in(chief.email)
        await theirs.open("/tickets/t1")
        await theirs.send("/tickets/t1/erase", asked="yes")
    assert await desk.tickets.get("t1") is None
