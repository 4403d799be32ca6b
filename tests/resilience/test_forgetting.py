"""Being forgotten, by voice and by text: every key that is left is looked at, opened where it is sealed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import count

import httpx
import pytest
from redis.asyncio import Redis

from tests import left
from tests.deployment import TOKEN, KeypadCaller
from tests.resilience.conftest import KEYS, ORIGIN, Clock, on, webhooks, with_ears
from tests.resilience.wire import OpenCall
from tests.speech.room import ScriptedRecognizer, silence
from voicebot.app import waiting_room
from voicebot.channels.service import Limits, Service
from voicebot.channels.sms import SMS_PATH
from voicebot.dialogue.session import Session
from voicebot.handoff import ticket as handoff
from voicebot.outbox.queue import OutboxQueue
from voicebot.speech.tts.pico import Pico
from voicebot.store.figures import Figures
from voicebot.store.person_snapshot import Memory
from voicebot.store.rate_limiter import RateLimiter
from voicebot.store.sessions import Change, Sessions
from voicebot.store.threads import Message
from voicebot.telephony import sign
from voicebot.turns.runner import ConversationRef

NUMBER = "+33639980350"
WORDS = "j'ai perdu mon travail, Zoubida"
#: What may stay, by design: limits that being forgotten does not lift, an empty session against repeats.
STAYS = {"flood", "count", "session"}
_ids = count(1)


@pytest.fixture
def whole(built: Service, redis: Redis, clock: Clock) -> Service:
    """The service with all that it keeps: figures, queue, tickets, threads, limits."""
    queue, tickets = OutboxQueue(redis), waiting_room(redis, built.privacy)

    async def announce(kind: str, person: str, record_id: str) -> None:
        await tickets.announce(kind, person, record_id)
        await queue.announce(kind, person, record_id)

    service = on(
        built, redis, clock, queue=queue, limits=Limits(texts=RateLimiter(redis), calls=RateLimiter(redis))
    )
    sessions = Sessions(redis, built.privacy, announce)
    return replace(service, runner=replace(service.runner, sessions=sessions, count=Figures(redis).count))


@pytest.fixture
async def person(whole: Service, redis: Redis) -> AsyncIterator[str]:
    """Somebody of whom everything is kept that can be: the pseudonym."""
    async with webhooks(whole) as client:
        caller = KeypadCaller(ORIGIN, NUMBER, client=client)
        await caller.dial()
        for keys in KEYS[:2]:
            await caller.press(keys)
        await caller.hang_up()
        for body in ("RSA", "21", WORDS, "CONSEILLER", "RAPPEL"):
            await texted(client, body)
    person = whole.privacy.pseudonym(NUMBER)
    await a_mediator_answers(whole, person)
    session, version = await whole.runner.sessions.load(person, "CA-memory")
    await whole.runner.sessions.commit(remembered(session, version))
    kept = {key.split("}:")[-1].split(":")[0] for key in await left.of(redis, whole.privacy, person)}
    assert {"session", "turns", "number", "sms", "callback", "ticket", "handoff", "thread", "memory"} <= kept
    assert len(await left.of(redis, whole.privacy, NUMBER, "Zoubida")) >= 3, "what is sealed is opened here"
    yield person
    assert whole.queue
    await whole.queue.close()


def remembered(session: Session, version: int) -> Change:
    return Change(session, version, memory=Memory(True, {"postal_code": "75018", "age": 21}))


async def a_mediator_answers(service: Service, person: str) -> None:
    (ticket,) = await service.switches.tickets.of(person)
    await service.switches.tickets.change(ticket.id, lambda one: handoff.claim(one, "m1", 200.0))
    await service.switches.threads.hold(person, ticket.id)
    await service.switches.threads.add(person, Message("m1", ticket.id, 200.0, "m1", "Bonjour Zoubida"))


async def texted(client: httpx.AsyncClient, body: str) -> str:
    form = {"MessageSid": f"SM{next(_ids):032x}", "From": NUMBER, "To": "+33939000001", "Body": body}
    signature = sign(ORIGIN + SMS_PATH, form, TOKEN)
    return (await client.post(SMS_PATH, data=form, headers={"X-Twilio-Signature": signature})).text


async def nothing_is_left(redis: Redis, service: Service, person: str) -> None:
    found = await left.of(redis, service.privacy, person, NUMBER, NUMBER[1:], "Zoubida", "perdu mon travail")
    jobs = {key for key in found if key.startswith("saq:")}
    mine = found - jobs
    assert {key.split("}:")[-1].split(":")[0] for key in mine} <= STAYS, mine
    kept = await left.everything(redis, service.privacy)
    for key in mine:
        if ":session:" in key:
            assert "'slots'" not in kept[key], "what is as by default is not written, so there are none"
            assert "'trail'" not in kept[key]
            assert 0 < await redis.ttl(key) <= 3600
    for key in jobs:
        assert NUMBER not in kept[key], "a job knows a name, until it finds that there is nothing to do"


async def test_by_text(whole: Service, redis: Redis, person: str) -> None:
    async with webhooks(whole) as client:
        assert "OUI OUBLI" in await texted(client, "OUBLI"), "a request is waiting, and would vanish"
        assert "effac" in await texted(client, "OUI OUBLI")
    await nothing_is_left(redis, whole, person)


async def test_by_voice(whole: Service, redis: Redis, person: str) -> None:
    said = await asyncio.to_thread(Pico().speak, "oubliez-moi", "normal")
    hearing = with_ears(whole, ScriptedRecognizer(("oubliez-moi", "oui")))
    async with webhooks(hearing) as client:
        call = await OpenCall.begun(hearing, KeypadCaller(ORIGIN, NUMBER, client=client))
        await call.until("mark")
        await call.hear(silence(0.3), said, silence(1.2))
        await call.until("mark")
        await call.hear(silence(0.3), said, silence(1.2))
        await call.until("nothing more")
        await call.call.close()
    await nothing_is_left(redis, whole, person)


async def test_a_message_that_comes_at_the_same_time_is_forgotten_too_or_begins_anew(
    whole: Service, redis: Redis, person: str
) -> None:
    """Whatever the order: no old answer is left, and the store holds together."""
    async with webhooks(whole) as client:
        await asyncio.gather(texted(client, "OUI OUBLI"), texted(client, "RSA"), texted(client, "OUI OUBLI"))
        await texted(client, "OUI OUBLI")
    await nothing_is_left(redis, whole, person)


async def test_erased_by_somebody_else(whole: Service, redis: Redis, person: str) -> None:
    """As the console does it; the person can call again, and begins anew."""
    await whole.runner.sessions.erase(person)
    await nothing_is_left(redis, whole, person)
    begun = await whole.runner.start(ConversationRef(person, "CA-new"), "keypad", "e1", True)
    assert begun.listen is not None
    assert "age" not in begun.session.slots
    assert begun.session.remembered == {}


async def test_the_index_outlives_what_it_names(whole: Service, redis: Redis, person: str) -> None:
    """Or something could not be erased any more: once, a thread shortened it to thirty days."""
    own = [key for key in await redis.keys(f"*{person}*") if not key.endswith(":keys")]
    index = next(key for key in await redis.keys(f"*{person}*") if key.endswith(":keys"))
    lasts = await redis.ttl(index)
    assert max([await redis.ttl(key) for key in own]) <= lasts
