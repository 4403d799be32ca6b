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

from voicebot.app import FLOWS, PROMPTS, all_lookups, waiting_room
from voicebot.channels import sms
from voicebot.channels.service import Service, wording
from voicebot.dialogue.flow import Flows
from voicebot.flows.load import load_flows
from voicebot.nlu import Understanding
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.runner import Runner
from voicebot.speech.voice import Voice
from voicebot.store.floods import Floods
from voicebot.store.outbox import Outbox
from voicebot.store.sessions import Sessions
from voicebot.store.threads import Threads
from voicebot.summary import summary_texts
from voicebot.texting import segments
from voicebot.twilio import Signature, sign

ORIGIN, TOKEN = "https://voicebot.test", "a-token"
SOMEBODY, NEIGHBOUR = "+33639980011", "+33639980012"

Text = Callable[..., Awaitable[str]]


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding.load()


@pytest.fixture(scope="module")
def flows() -> Flows:
    return load_flows(FLOWS)


@pytest.fixture(scope="module")
def prompts() -> Prompts:
    return Prompts.load(PROMPTS)


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
    runner = Runner(flows, understanding, sessions, lambda: 100.0, said, found, missed_call_s=5.0)
    silent = Voice(PROMPTS, PROMPTS, (), ())
    outbox, floods = Outbox(redis, privacy), Floods(redis)
    threads = Threads(redis, privacy)
    return Service(
        runner, prompts, understanding, silent, privacy, None, ORIGIN, outbox, floods=floods, threads=threads
    )


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(sms.routes(service, Signature(TOKEN)))
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
    assert "1 pour oui, 2 pour non" in await text("61")
    assert "1 : francaise" in await text("1")
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
    assert await service.runner.sessions.number(person) is None
    assert await service.runner.sessions.turns(person, "SM" + "0" * 31 + "1") == []


@pytest.mark.parametrize("word", ["RAPPEL", "bip", "rappelez moi svp"])
async def test_a_call_back_is_noted_where_the_texter_is(text: Text, service: Service, word: str) -> None:
    await text("RSA")
    assert "nous vous appelons" in await text(word)
    (record,) = await service.runner.sessions.records("callback")
    assert record["person"] == service.privacy.pseudonym(SOMEBODY)


async def test_conseiller_leaves_a_ticket(text: Text, service: Service) -> None:
    await text("RSA")
    await text("CONSEILLER")
    assert [ticket["topic"] for ticket in await service.runner.sessions.records("ticket")] == ["rsa"]


async def test_pictures_and_empty_messages_get_a_kind_way_forward(text: Text) -> None:
    assert "images" in await text("", NumMedia="1")
    assert "vide" in await text("  ")
    assert await text("🙂🙂🙂") != ""


async def test_a_very_long_message_and_a_foreign_language_are_answered(text: Text) -> None:
    assert await text("bla " * 900) != ""
    assert await text("Hello, I would like some help please") != ""


async def test_a_hidden_sender_gets_no_answer(text: Text) -> None:
    assert await text("RSA", of="anonymous") == ""


async def test_every_answer_of_a_procedure_fits_two_segments(text: Text) -> None:
    for body in ("RSA", "1", "61", "oui", "1", "1", "non", "suite", "suite", "suite", "suite", "suite", "3"):
        for message in (await text(body)).split("\n\n"):
            assert segments(message) <= 2, message


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
    answers = "RSA|1|61|oui|1|1|non|oui|nn|oui|c koi|g pa|suite|3|suite|suite|suite|non|oui"
    for body in answers.split("|"):
        await text(body)
    (record,) = await service.runner.sessions.records("sms")
    told = summary_texts(service.prompts, record)
    assert 1 <= len(told) <= 3
    assert "3230" in " ".join(told)
    assert "RIB" in " ".join(told)
    assert (record["missing"], "Il manque le RIB" in " ".join(told)) == (["rib", "logement"], True)


async def test_a_flood_is_answered_once_politely_and_then_dropped(service: Service, text: Text) -> None:
    assert service.floods is not None
    for _ in range(service.floods.of_one):
        await service.floods.judge(service.privacy.pseudonym(SOMEBODY), 100.0)
    assert "dix minutes" in await text("RSA")
    assert await text("RSA") == ""
    assert await service.floods.dropped(100.0) == 1


async def test_danger_is_answered_even_in_a_flood(service: Service, text: Text) -> None:
    assert service.floods is not None
    for _ in range(service.floods.of_one + 5):
        await service.floods.judge(service.privacy.pseudonym(SOMEBODY), 100.0)
    assert "18" in await text("il y a le feu chez moi")


@pytest.mark.parametrize("sender", ["INFO-CAF", "38338", "+3200", ""])
async def test_who_cannot_be_texted_back_gets_no_answer(text: Text, sender: str) -> None:
    assert await text("bonjour", of=sender) == ""


@pytest.fixture
async def thread(service: Service, privacy: Privacy) -> Threads:
    """Somebody's texts go to the mediator who has ticket "t1"."""
    assert service.threads
    await service.threads.hold(privacy.pseudonym(SOMEBODY), "t1")
    return service.threads


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
    await text("mon numéro de sécu 1 84 12 76 451 089 46 et le FR76 3000 6000 0112 3456 7890 189")
    await text("appelez le 06 39 98 00 12 avant 14h30 le 12/03/2026")
    first, second = await passed_on(thread, privacy)
    assert not any(part in first for part in ("451", "3000", "189"))
    assert second == "appelez le 06 39 98 00 12 avant 14h30 le 12/03/2026"


async def asked_how_it_went(service: Service, from_: float = 50.0) -> None:
    person = service.privacy.pseudonym(SOMEBODY)
    await service.runner.sessions.plan_follow_up(person, "rsa", from_)


async def test_yes_to_how_it_went_ends_it_kindly(text: Text, service: Service) -> None:
    await asked_how_it_went(service)
    assert "bravo" in await text("oui")
    assert "assistant automatique" in await text("bonjour"), "asked once"


async def test_no_to_how_it_went_offers_a_person(text: Text, service: Service) -> None:
    await asked_how_it_went(service)
    assert "conseiller" in await text("non")
    await text("oui")
    (ticket,) = await service.runner.sessions.records("ticket")
    assert ticket["topic"] == "rsa"


async def test_who_writes_of_something_else_is_asked_how_it_went_or_helped(
    text: Text, service: Service
) -> None:
    await asked_how_it_went(service)
    assert "Avez-vous pu faire votre démarche" in await text("trucmuche bidule")


async def test_before_the_question_was_sent_texts_are_what_they_were(text: Text, service: Service) -> None:
    await asked_how_it_went(service, from_=200.0)
    assert "assistant automatique" in await text("bonjour")
