"""A thread of texts: what was asked, promised or told before is remembered, and nothing is answered twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests.texting import NEIGHBOUR, ORIGIN, SOMEBODY, Clock, Texting, texted_app, texted_service
from voicebot.channels.service import Service
from voicebot.dialogue.flow import Flows
from voicebot.nlu import Understanding
from voicebot.outbox.summary import summary_texts
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.telephony.sms_text import units

#: A Tuesday at ten in the morning in Paris.
TUESDAY = 1_764_666_000.0
DAY_S = 24 * 3600.0


@pytest.fixture
def clock() -> Clock:
    return Clock(TUESDAY)


@pytest.fixture
def service(
    redis: Redis,
    privacy: Privacy,
    understanding: Understanding,
    flows: Flows,
    prompts: Prompts,
    tmp_path: Path,
    clock: Clock,
) -> Service:
    return texted_service(redis, privacy, understanding, flows, prompts, tmp_path, clock)


@pytest.fixture
async def text(service: Service) -> AsyncIterator[Texting]:
    transport = httpx.ASGITransport(texted_app(service))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield Texting(client)


async def ticket_is_open(service: Service) -> None:
    for record in await service.runner.sessions.records("ticket"):
        await service.switches.tickets.announce("ticket", record.order.person, record.id)


async def test_papers_are_asked_in_one_list_and_answered_by_numbers(text: Texting) -> None:
    await text("carte vitale")
    await text("perdue")
    assert "1 la photo d'identité\n2 la pièce d'identité\n0 rien" in await text("par telephone")
    answer = await text("1")
    assert "Il manque la pièce d'identité" in answer
    assert "soins" in answer


@pytest.mark.parametrize(
    ("body", "lacking"),
    [
        ("1 2", ()),
        ("1 et 2", ()),
        ("tout", ()),
        ("oui jai tout", ()),
        ("12", ()),
        ("0", ("photo", "piece_identite")),
        ("rien", ("photo", "piece_identite")),
        ("jai la photo", ("piece_identite",)),
        ("tout sauf la photo", ("photo",)),
        ("identité mais pas de photo", ("photo",)),
    ],
)
async def test_papers_in_words(text: Texting, service: Service, body: str, lacking: tuple[str, ...]) -> None:
    for said in ("carte vitale", "perdue", "par telephone", body):
        answer = await text(said)
    assert ("Il manque une photo" in answer, "Il manque la pièce" in answer) == (
        "photo" in lacking,
        "piece_identite" in lacking,
    )


async def test_a_paper_is_explained_on_request(text: Texting) -> None:
    for said in ("carte vitale", "perdue", "par telephone"):
        await text(said)
    assert "votre photo et votre nom" in await text("c'est quoi 2")
    assert "photo d'identité" in await text("1")


async def test_a_text_holds_no_more_than_one_segment(text: Texting) -> None:
    for said in ("rsa", "1", "35", "oui", "1", "1", "non", "0", "1"):
        assert all(units(message) <= 160 for message in await text.messages(said))


async def test_a_place_comes_whole(text: Texting) -> None:
    await text("un lieu d'aide près de chez vous")
    await text("1")
    place = await text("93200")
    assert "Tél : " in place
    assert "km : " in place
    assert "heures" not in place


@pytest.mark.parametrize("body", ["1", "2", "oui", "n°1"])
async def test_an_answer_without_a_question_is_asked_about(text: Texting, body: str) -> None:
    assert "Que puis-je faire" in await text(body)


@pytest.mark.parametrize("body", ["ok", "👍", "d'accord"])
async def test_a_mere_ok_is_left_alone(text: Texting, body: str) -> None:
    assert await text(body) == ""


async def test_thanks_begin_nothing(text: Texting) -> None:
    assert await text("merci beaucoup") == "De rien."


async def test_the_topic_of_two_days_ago_is_offered(
    text: Texting, clock: Clock, redis: Redis, service: Service
) -> None:
    await text("carte vitale")
    await expired(redis, service, clock)
    assert "carte Vitale. On continue ?" in await text("bonjour")
    assert "Que se passe-t-il" in await text("oui")


async def test_a_bare_number_two_days_later_answers_nothing(
    text: Texting, clock: Clock, redis: Redis, service: Service
) -> None:
    await text("carte vitale")
    await expired(redis, service, clock)
    assert "On continue ?" in await text("1")


async def test_another_need_two_days_later_begins_at_once(
    text: Texting, clock: Clock, redis: Redis, service: Service
) -> None:
    await text("carte vitale")
    await expired(redis, service, clock)
    assert "RSA" in await text("je veux le rsa")


async def expired(redis: Redis, service: Service, clock: Clock) -> None:
    """Two days pass: sessions are gone, as Redis would have it."""
    clock.at += 2 * DAY_S
    person = service.privacy.pseudonym(SOMEBODY)
    for key in await redis.keys(f"*{{{person}}}*"):
        if ":session:" in key or key.endswith((":latest", ":texting")):
            await redis.delete(key)


async def test_conseiller_says_what_happens_next_and_when(text: Texting) -> None:
    await text("rsa")
    answer = await text("CONSEILLER")
    assert "vous répond ici ou vous appelle" in answer
    assert "mardi 2 décembre" in answer


async def test_who_waits_is_told_and_what_they_add_reaches_the_mediator(
    text: Texting, service: Service
) -> None:
    await text("rsa")
    await text("CONSEILLER")
    await ticket_is_open(service)
    assert "Votre demande attend" in await text("vous êtes là ??")
    assert "Votre demande attend" in await text("allo")
    await text("mon fils est malade, j'ai besoin vite")
    person = service.privacy.pseudonym(SOMEBODY)
    (ticket,) = await service.switches.tickets.of(person)
    told = [message.text for message in await service.switches.threads.of(person, ticket.id)]
    assert "mon fils est malade, j'ai besoin vite" in told


async def test_who_waits_may_ask_for_something_else(text: Texting, service: Service) -> None:
    await text("rsa")
    await text("CONSEILLER")
    await ticket_is_open(service)
    assert "carte Vitale" in await text("carte vitale")


async def test_a_noted_call_is_remembered(text: Texting) -> None:
    await text("RAPPEL")
    await text("STOP")
    await text("START")
    assert "rappel est noté" in await text("vous êtes là ?")


async def test_oubli_with_an_open_request_waits_for_a_second_word(text: Texting, service: Service) -> None:
    await text("rsa")
    await text("CONSEILLER")
    await ticket_is_open(service)
    assert "OUI OUBLI" in await text("OUBLI")
    person = service.privacy.pseudonym(SOMEBODY)
    assert await service.switches.tickets.of(person) != []
    assert "effacé" in await text("oui oubli")
    assert await service.switches.tickets.of(person) == []


async def test_oubli_after_stop_needs_no_second_word(text: Texting, service: Service) -> None:
    await text("rsa")
    await text("CONSEILLER")
    await ticket_is_open(service)
    await text("STOP")
    await text("OUBLI")
    assert await service.switches.tickets.of(service.privacy.pseudonym(SOMEBODY)) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("rappelez-moi demain matin", "mercredi 3 décembre"),
        ("rappelez moi lundi", "lundi 8 décembre"),
        ("rappelez moi a 16h", "mardi 2 décembre"),
    ],
)
async def test_a_time_for_the_call_is_kept_and_said_back(
    text: Texting, service: Service, body: str, said: str
) -> None:
    await text("rsa")
    assert said in await text(body)
    (record,) = await service.runner.sessions.records("ticket")
    assert record.order.slots["rappel_at"] > TUESDAY
    assert await service.runner.sessions.records("callback") == []


async def test_a_time_at_which_nobody_works_is_refused_kindly(text: Texting) -> None:
    await text("rsa")
    answer = await text("rappelez moi dimanche")
    assert "personne ne peut" in answer
    assert "mardi 2 décembre" in answer


async def test_a_summary_leaves_once(text: Texting, service: Service) -> None:
    assert "rien à résumer" in await text("carte vitale") + await text("sms")
    await text("perdue")
    await text("par telephone")
    assert "part par SMS" in await text("sms")
    for _ in range(7):
        assert "déjà parti" in await text("sms")
    assert len(await service.runner.sessions.records("sms")) == 1


async def test_a_summary_holds_each_number_once_and_only_their_own_office(
    text: Texting, service: Service
) -> None:
    for said in ("rsa", "1", "35", "oui", "1", "1", "oui", "0", "1", "sms"):
        await text(said)
    (record,) = await service.runner.sessions.records("sms")
    summary = " ".join(summary_texts(service.prompts, record.order))
    assert "MSA" in summary
    assert "3230" not in summary


async def test_a_foreign_number_gets_one_sentence(service: Service, text: Texting) -> None:
    transport = httpx.ASGITransport(texted_app(replace(service, reach=("+33",))))
    async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        abroad = Texting(client, "+32470123456")
        assert "numéros de France" in await abroad("bonjour")
        assert await abroad("bonjour") == ""
        assert "17" in await abroad("mon mari me frappe")


async def test_ten_texts_at_once_are_answered_in_their_order(text: Texting, service: Service) -> None:
    await text("rsa")
    bodies = ["1", "35", "oui", "1", "1", "non", "0", "1", "carte vitale", "oui"]
    answers = await asyncio.gather(*(text(body) for body in bodies))
    assert not any("petit souci" in answer for answer in answers)
    person = service.privacy.pseudonym(SOMEBODY)
    turns = await service.runner.sessions.turns(person, f"SM{1:032x}")
    assert [turn.heard for turn in turns if turn.event == "Heard"][1:] == bodies


async def test_two_people_at_once_do_not_wait_for_each_other(text: Texting) -> None:
    answers = await asyncio.gather(text("rsa"), text("carte vitale", of=NEIGHBOUR))
    assert "RSA" in answers[0]
    assert "Vitale" in answers[1]


async def test_sixty_texts_in_ten_minutes_are_answered(service: Service, text: Texting) -> None:
    person = service.privacy.pseudonym(SOMEBODY)
    for _ in range(59):
        await service.limits.texts.judge(person, TUESDAY)
    assert "RSA" in await text("rsa")
    assert "dix minutes" in await text("rsa")
