"""Texting with the real service: keywords, conversations, opting out, call-backs, what cannot be read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from fastapi import FastAPI
from redis.asyncio import Redis

from tests import left, parts
from tests.parts import one_edition
from voicebot.app import all_lookups, waiting_room
from voicebot.channels import sms
from voicebot.channels.service import Service, wording
from voicebot.channels.sms import TextDesk
from voicebot.dialogue.flow import Flows
from voicebot.handoff.ticket import claim, close
from voicebot.nlu import Understanding
from voicebot.outbox.summary import summary_texts
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Message, Threads
from voicebot.telephony import Signature, sign

ORIGIN, TOKEN = "https://voicebot.test", "a-token"
SOMEBODY, NEIGHBOUR = "+33639980011", "+33639980012"

Text = Callable[..., Awaitable[str]]


@pytest.fixture
def service(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
) -> Service:
    said = partial(wording, prompts)
    found = all_lookups(redis, privacy, waiting_room(redis, privacy), tmp_path, lambda: 100.0)
    sessions = Sessions(redis, privacy)
    runner = one_edition(flows, understanding, sessions, lambda: 100.0, said, found, missed_call_s=5.0)
    tickets = waiting_room(redis, privacy)
    connects = parts.switches(redis, privacy, tickets, sessions, lambda: 100.0)
    made = {"runner": runner, "prompts": prompts, "understanding": understanding, "switches": connects}
    return parts.service(redis, privacy, tmp_path, **made)


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    texts = TextDesk.of(service)
    app.include_router(sms.routes(texts, Signature(TOKEN)))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


@pytest.fixture
def text(client: httpx.AsyncClient) -> Text:
    """Text something; the messages that come back, one a line."""
    numbers = count(1)

    async def send(body: str, *, of: str = SOMEBODY, message_id: str = "", **fields: str) -> str:
        sid = message_id or f"SM{next(numbers):032x}"
        form = {"MessageSid": sid, "From": of, "To": "+33939000001", "Body": body, "NumMedia": "0", **fields}
        signature = sign(ORIGIN + sms.SMS_PATH, form, TOKEN)
        answer = await client.post(sms.SMS_PATH, data=form, headers={"X-Twilio-Signature": signature})
        assert answer.status_code == 200
        return "\n".join(message.text or "" for message in fromstring(answer.text))

    return send


async def test_a_keyword_starts_a_procedure_at_once(text: Text) -> None:
    assert "déclaration" in await text("RSA")


async def test_a_greeting_is_answered_by_the_welcome(text: Text) -> None:
    answer = await text("bonjour")
    assert "assistant automatique" in answer
    assert "CONSEILLER" in answer


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("jé perdu ma cart vital", "perdue"),
        ("CARTE VITALE", "carte Vitale"),
        ("g perdu ma carte vitale!!! 😭", "perdue"),
    ],
)
async def test_phonetic_spelling_is_understood(text: Text, body: str, told: str) -> None:
    assert told in await text(body)


async def test_choices_are_numbered_and_numbers_are_understood(text: Text) -> None:
    await text("demander le RSA")
    assert "\n1 oui\n2 non" in await text("61")
    assert "1 francaise" in await text("1")
    assert "rien" in await text("1")


async def test_another_keyword_starts_another_procedure_after_asking(text: Text) -> None:
    await text("RSA")
    assert "changer de sujet" in await text("CARTE VITALE")
    assert "Que se passe-t-il" in await text("oui")


async def test_two_people_do_not_mix(text: Text) -> None:
    await text("demander le RSA")
    assert "carte Vitale" in await text("carte vitale", of=NEIGHBOUR)
    assert "France" in await text("61 ans")


async def test_the_same_message_twice_gets_the_same_answer_and_changes_nothing(text: Text) -> None:
    await text("demander le RSA")
    first = await text("61", message_id="SM" + "a" * 32)
    assert await text("61", message_id="SM" + "a" * 32) == first
    assert "nationalité" in await text("oui")


@pytest.mark.parametrize("word", ["STOP", "arrêt", "désabonner"])
async def test_stop_is_confirmed_once_and_then_there_is_silence_until_start(text: Text, word: str) -> None:
    await text("RSA")
    assert "START" in await text(word)
    assert await text("RSA") == ""
    assert await text("vous êtes là ?") == ""
    assert "de nouveau" in await text("DÉBUT")
    assert "déclaration" in await text("RSA")


async def test_oubli_erases_everything_and_says_so(text: Text, redis: Redis, service: Service) -> None:
    await text("RSA")
    await text("61")
    assert "effacé" in await text("OUBLI")
    person = service.privacy.pseudonym(SOMEBODY)
    assert await service.runner.sessions.people.number(person) is None
    assert await service.runner.sessions.turns(person, "SM" + "0" * 31 + "1") == []


@pytest.mark.parametrize("word", ["RAPPEL", "bip", "rappelez moi svp"])
async def test_a_call_back_is_noted_where_the_texter_is(text: Text, service: Service, word: str) -> None:
    await text("RSA")
    assert "nous vous appelons" in await text(word)
    (record,) = await service.runner.sessions.records("callback")
    assert record.order.person == service.privacy.pseudonym(SOMEBODY)


async def test_conseiller_leaves_a_ticket(text: Text, service: Service) -> None:
    await text("RSA")
    await text("CONSEILLER")
    assert [ticket.order.topic for ticket in await service.runner.sessions.records("ticket")] == ["rsa"]


async def test_pictures_and_empty_messages_get_a_kind_way_forward(text: Text) -> None:
    assert "pas pu recevoir" in await text("", NumMedia="1")
    assert "vide" in await text("  ")
    assert await text("🙂🙂🙂") != ""


async def test_a_very_long_message_and_a_foreign_language_are_answered(text: Text) -> None:
    assert await text("bla " * 900) != ""
    assert await text("Hello, I would like some help please") != ""


async def test_a_hidden_sender_gets_no_answer(text: Text) -> None:
    assert await text("RSA", of="anonymous") == ""


async def test_a_wrong_signature_is_refused(client: httpx.AsyncClient) -> None:
    form = {"MessageSid": "SM" + "0" * 32, "From": SOMEBODY, "Body": "RSA"}
    answer = await client.post(sms.SMS_PATH, data=form, headers={"X-Twilio-Signature": "wrong"})
    assert answer.status_code == 403


async def test_whatever_breaks_the_texter_gets_a_sentence(text: Text, redis: Redis, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    async def broken(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr(Sessions, "ask", broken)
    assert "petit souci" in await text("RSA")


async def test_a_summary_holds_papers_and_numbers_in_at_most_three_messages(
    text: Text, service: Service
) -> None:
    answers = "RSA|1|61|oui|1|1|non|1 3|3|sms"
    for body in answers.split("|"):
        await text(body)
    (record,) = await service.runner.sessions.records("sms")
    told = summary_texts(service.prompts, record.order)
    assert 1 <= len(told) <= 3
    assert "3230" in " ".join(told)
    assert "RIB" in " ".join(told)
    assert (list(record.order.missing), "Il manque le RIB" in " ".join(told)) == (["rib", "logement"], True)


async def test_a_flood_is_answered_once_politely_and_then_dropped(service: Service, text: Text) -> None:
    for _ in range(service.limits.texts.of_one):
        await service.limits.texts.judge(service.privacy.pseudonym(SOMEBODY), 100.0)
    assert "dix minutes" in await text("RSA")
    assert await text("RSA") == ""
    assert await service.limits.texts.dropped(100.0) == 1


async def test_danger_is_answered_even_in_a_flood(service: Service, text: Text) -> None:
    for _ in range(service.limits.texts.of_one + 5):
        await service.limits.texts.judge(service.privacy.pseudonym(SOMEBODY), 100.0)
    assert "18" in await text("il y a le feu chez moi")


@pytest.mark.parametrize("sender", ["INFO-CAF", "38338", "+3200", ""])
async def test_who_cannot_be_texted_back_gets_no_answer(text: Text, sender: str) -> None:
    assert await text("bonjour", of=sender) == ""


@pytest.fixture
async def thread(service: Service, privacy: Privacy) -> Threads:
    """Somebody's texts go to the mediator who has ticket "t1"."""
    await service.switches.threads.hold(privacy.pseudonym(SOMEBODY), "t1")
    return service.switches.threads


async def passed_on(thread: Threads, privacy: Privacy) -> list[str]:
    return [message.text for message in await thread.of(privacy.pseudonym(SOMEBODY), "t1")]


async def test_the_assistant_is_silent_while_a_mediator_answers(
    text: Text, thread: Threads, privacy: Privacy
) -> None:
    assert await text("merci, et pour le rdv du 12/03 ?", message_id=f"SM{7:032x}") == ""
    assert await text("merci, et pour le rdv du 12/03 ?", message_id=f"SM{7:032x}") == "", "delivered twice"
    assert await passed_on(thread, privacy) == ["merci, et pour le rdv du 12/03 ?"]
    assert await text("RSA", of=NEIGHBOUR) != "", "others are answered as ever"


async def test_the_assistant_answers_again_afterwards(text: Text, thread: Threads, privacy: Privacy) -> None:
    await thread.let_go(privacy.pseudonym(SOMEBODY), "another")
    assert await text("RSA") == ""
    await thread.let_go(privacy.pseudonym(SOMEBODY), "t1")
    assert await text("RSA") != ""


async def test_danger_is_answered_even_in_a_thread(text: Text, thread: Threads, privacy: Privacy) -> None:
    assert "3114" in await text("je veux me suicider")
    assert len(await passed_on(thread, privacy)) == 1


async def test_nobody_stands_between_the_person_and_their_rights(
    text: Text, service: Service, thread: Threads, privacy: Privacy
) -> None:
    await text("bonjour")
    assert await text("OUBLI") != ""
    assert await passed_on(thread, privacy) == []
    assert await thread.held(privacy.pseudonym(SOMEBODY)) is None


async def test_numbers_of_cards_and_insurance_do_not_reach_the_thread(
    text: Text, thread: Threads, privacy: Privacy
) -> None:
    refused = await text("mon numéro de sécu 1 84 12 76 451 089 46 et le FR76 3000 6000 0112 3456 7890 189")
    assert "jamais ce numéro" in refused
    await text("le RIB : FR76 3000 6000 0112 3456 7890 189")
    await text("appelez le 06 39 98 00 12 avant 14h30 le 12/03/2026")
    first, second = await passed_on(thread, privacy)
    assert not any(part in first for part in ("451", "3000", "189"))
    assert second == "appelez le 06 39 98 00 12 avant 14h30 le 12/03/2026"


async def asked_how_it_went(service: Service, from_: float = 50.0) -> None:
    person = service.privacy.pseudonym(SOMEBODY)
    await service.runner.sessions.people.plan_follow_up(person, "rsa", from_)


async def test_yes_to_how_it_went_ends_it_kindly(text: Text, service: Service) -> None:
    await asked_how_it_went(service)
    assert "bravo" in await text("oui")
    assert "assistant automatique" in await text("bonjour"), "asked once"


async def test_no_to_how_it_went_offers_a_person(text: Text, service: Service) -> None:
    await asked_how_it_went(service)
    assert "conseiller" in await text("non")
    await text("oui")
    (ticket,) = await service.runner.sessions.records("ticket")
    assert ticket.order.topic == "rsa"


async def test_who_writes_of_something_else_is_asked_how_it_went_or_helped(
    text: Text, service: Service
) -> None:
    await asked_how_it_went(service)
    assert "Avez-vous pu faire votre démarche" in await text("trucmuche bidule")


async def test_before_the_question_was_sent_texts_are_what_they_were(text: Text, service: Service) -> None:
    await asked_how_it_went(service, from_=200.0)
    assert "assistant automatique" in await text("bonjour")


@pytest.mark.parametrize(
    ("body", "number"),
    [
        ("jen peux plus de la vie", "3114"),
        ("jai avaler des cachets", "15"),
        ("le voisin tape son gosse", "119"),
        ("c ma carte bleue on la volé", "0 892 705 705"),
        ("sa sen le gaz", "18"),
        ("on force ma porte", "17"),
        ("jsé pas ou dormir ce soir", "115"),
    ],
)
async def test_the_first_reply_to_a_danger_holds_its_number(text: Text, body: str, number: str) -> None:
    assert number in await text(body)


async def test_pills_get_the_15_before_the_3114(text: Text) -> None:
    answer = await text("j'ai pris trop de cachets")
    assert answer.index("15") < answer.index("3114")


async def test_the_texts_after_a_danger_stay_with_it(text: Text) -> None:
    assert "17" in await text("mon mari me frappe")
    asked = await text("oui")
    assert "112" in asked
    assert "sécurité" in asked
    assert "112" in await text("2")
    assert "sécurité" in await text("1")


async def test_another_subject_after_a_danger_is_taken_up(text: Text) -> None:
    await text("mon mari me frappe")
    await text("ok")
    assert "RSA" in await text("je veux le rsa")


async def test_who_is_safe_may_ask_for_something_else(text: Text) -> None:
    await text("mon mari me frappe")
    await text("ok")
    assert "conseiller" in await text("1")
    assert "déclaration" in await text("RSA")


async def test_who_denies_an_unsure_danger_was_told_the_number(text: Text) -> None:
    assert "3114" in await text("jen peux plus de la vie")
    assert "3114" not in await text("non")


async def test_stop_and_oubli_work_whatever_the_limit(text: Text, service: Service) -> None:
    for _ in range(service.limits.texts.of_one + 5):
        await service.limits.texts.judge(service.privacy.pseudonym(SOMEBODY), 100.0)
    assert "plus de messages" in await text("STOP")
    assert await service.runner.sessions.people.has_opted_out(service.privacy.pseudonym(SOMEBODY))
    assert await text("demander le rsa") == ""


async def test_oubli_after_stop_erases(text: Text, service: Service, redis: Redis) -> None:
    person = service.privacy.pseudonym(SOMEBODY)
    await text("demander le rsa")
    await text("STOP")
    assert await service.runner.sessions.people.number(person) is not None
    assert await text("OUBLI")
    assert await service.runner.sessions.people.number(person) is None


async def test_a_machine_gets_no_answer_and_files_nothing(text: Text, service: Service) -> None:
    answers = [await text("Je suis en réunion, je vous rappelle plus tard.") for _ in range(6)]
    assert answers == [""] * 6
    assert await service.runner.sessions.records("ticket") == []


async def test_a_message_passed_on_is_doubted(text: Text) -> None:
    assert "n'ouvrez pas le lien" in await text("CPAM: nouvelle carte vitale https://ameli-vitale.info")


async def test_secret_numbers_are_refused_and_not_kept(text: Text, service: Service, redis: Redis) -> None:
    assert "jamais ce numéro" in await text("ma carte 4539 1488 0343 6467")
    assert "personne" in await text("Votre code de vérification est 482913")
    assert await left.of(redis, service.privacy, "482913", "6467") == set()


@pytest.fixture
async def closed_after_texts(text: Text, service: Service, privacy: Privacy) -> str:
    """Awa texted with somebody about a request, and closed it; its id."""
    tickets, person = service.switches.tickets, privacy.pseudonym(SOMEBODY)
    await text("CONSEILLER")
    (ticket,) = await tickets.waiting()
    await tickets.change(ticket.id, lambda one: claim(one, "awa", 100.0))
    asked = Message("m1", ticket.id, 100.0, "awa", "Avez-vous la lettre ?")
    await service.switches.threads.add(person, asked)
    await text("oui je l'ai")
    await tickets.change(ticket.id, lambda one: close(one, "awa", "helped", 100.0))
    return ticket.id


@pytest.mark.parametrize(
    "body",
    [
        "merci mais j'ai une autre question",
        "et la lettre je l'envoie ou",
        "on m'a repondu que non, je fais quoi maintenant",
    ],
)
async def test_a_text_after_closing_is_back_with_the_mediator(
    text: Text, service: Service, closed_after_texts: str, body: str
) -> None:
    assert "transmis à la personne qui vous a aidé" in await text(body)
    ticket = await service.switches.tickets.get(closed_after_texts)
    assert ticket
    assert (ticket.state, ticket.claimed_by, ticket.unread, ticket.words) == ("claimed", "awa", True, body)
    assert await text("et aussi autre chose") == "", "from then on the mediator answers"


@pytest.mark.parametrize(
    ("body", "told"), [("merci", ""), ("RSA", "déclaration"), ("j'ai peur il me frappe", "17")]
)
async def test_what_the_assistant_answers_after_closing_reopens_nothing(
    text: Text, service: Service, closed_after_texts: str, body: str, told: str
) -> None:
    assert told in await text(body)
    ticket = await service.switches.tickets.get(closed_after_texts)
    assert ticket
    assert ticket.state == "closed"


async def test_an_answer_in_a_thread_is_new_to_its_mediator(
    text: Text, service: Service, privacy: Privacy
) -> None:
    await text("CONSEILLER")
    (ticket,) = await service.switches.tickets.waiting()
    await service.switches.tickets.change(ticket.id, lambda one: claim(one, "awa", 100.0))
    assert await text("oui je l'ai, mon numéro est le 06 39 98 00 11") == ""
    known = await service.switches.tickets.get(ticket.id)
    assert known
    assert known.unread
    assert known.words.startswith("oui je l'ai")
    assert "06 39 98" not in known.words
