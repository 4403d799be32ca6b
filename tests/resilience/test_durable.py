"""A store that is frozen for ten minutes: what Twilio was told with 2xx is neither missing nor done twice."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import fromstring

import httpx
import pytest
from fastapi import FastAPI

from tests.deployment import TOKEN, KeypadCaller, MortalRedis
from tests.resilience.conftest import KEYS, ORIGIN, Clock, on
from voicebot.channels import deliveries, sms
from voicebot.channels.durable import Durable
from voicebot.channels.service import Service
from voicebot.channels.sms import SMS_PATH, TextDesk
from voicebot.channels.voice import webhooks as voice_webhooks
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.outbox.requests import address
from voicebot.records import Record, TextOrder
from voicebot.store.outbox import Allowance, Ref
from voicebot.store.server import connect
from voicebot.store.spool import Spool
from voicebot.telephony import Signature, sign
from voicebot.telephony.delivery import claim, of_texts, took

TEN_MINUTES = 600.0
IMPATIENT_S, PATIENT_S = 0.3, 30.0
SOMEBODY = "+33639980360"
SENT = "SM" + "ab" * 16
_ids = count(1)


@dataclass
class Frozen:
    """The service on a store that a test freezes, and what Twilio does with it."""

    service: Service
    client: httpx.AsyncClient
    durable: Durable
    mortal: MortalRedis
    patch: pytest.MonkeyPatch

    async def freeze(self) -> None:
        await self.mortal.signal(signal.SIGSTOP)
        self._is_patient_for(IMPATIENT_S)

    def thaw(self) -> None:
        os.kill(self.mortal.pid, signal.SIGCONT)
        self._is_patient_for(PATIENT_S)

    def _is_patient_for(self, seconds: float) -> None:
        """A store that does not answer is not waited for; one that does has all the time it needs."""
        object.__setattr__(self.durable, "within_s", seconds)
        self.patch.setattr(sms, "_ANSWER_WITHIN_S", seconds)
        self.patch.setattr(sms, "_DANGER_WITHIN_S", seconds)

    async def posted(self, address_: str, form: dict[str, str]) -> httpx.Response:
        headers = {"X-Twilio-Signature": sign(ORIGIN + address_, form, TOKEN)}
        return await self.client.post(address_, data=form, headers=headers)

    async def texted(self, body: str) -> str:
        form = {"MessageSid": f"SM{next(_ids):032x}", "From": SOMEBODY, "To": "+33939000001", "Body": body}
        answer = await self.posted(SMS_PATH, form)
        assert answer.status_code == 200
        return "\n".join(message.text or "" for message in fromstring(answer.text))

    @property
    def person(self) -> str:
        return self.service.privacy.pseudonym(SOMEBODY)


@asynccontextmanager
async def frozen_service(
    built: Service, clock: Clock, folder: Path, spooled: bool = True
) -> AsyncIterator[Frozen]:
    mortal = MortalRedis(folder / "redis")
    try:
        async with connect(mortal.url, mortal.data) as redis:
            service = on(built, redis, clock)
            durable = Durable(Spool(folder / "spool", service.privacy) if spooled else None, PATIENT_S)
            app, signature, desk = FastAPI(), Signature(TOKEN), CallHandler(service)
            app.include_router(voice_webhooks.routes(desk, signature, ORIGIN, durable=durable))
            app.include_router(deliveries.routes(service, desk, signature, durable))
            texts = TextDesk.of(service)
            app.include_router(sms.routes(texts, signature, durable))
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
                with pytest.MonkeyPatch.context() as patch:
                    yield Frozen(service, client, durable, mortal, patch)
    finally:
        if hasattr(mortal, "pid"):
            os.kill(mortal.pid, signal.SIGCONT)
        mortal.stop()


async def test_hang_ups_reports_and_texts_are_taken_after_ten_minutes(
    built: Service, clock: Clock, tmp_path: Path
) -> None:
    async with frozen_service(built, clock, tmp_path) as world:
        callers = [KeypadCaller(ORIGIN, f"+3363998037{n}", client=world.client) for n in range(4)]
        for caller in callers:
            await caller.dial()
            await caller.press(KEYS[0])
            await caller.press(KEYS[1])
        ref = await a_text_on_its_way(world, clock)
        await world.freeze()

        for caller in callers:
            await caller.hang_up()
        report = address("/twilio/sms/status", world.service.privacy, ref, 0)
        told = await world.posted(report, {"MessageSid": SENT, "MessageStatus": "delivered"})
        assert told.status_code == 204
        kept = await world.texted("RSA")
        assert "112" in kept
        assert "répondons bient" in kept

        clock.now += TEN_MINUTES
        world.thaw()
        assert await world.durable.replay() == 6
        assert await world.durable.replay() == 0
        broken_off = {record.id for record in await world.service.runner.sessions.records("sms")}
        late = {name for name in broken_off if name.endswith(":late")}
        assert broken_off - late - {ref.id} == {f"{caller.call}:broken" for caller in callers}
        assert len(late) == 1, "who texted is answered, once"
        delivered = await world.service.outbox.open(ref)
        assert delivered is not None
        assert delivered.delivery is not None
        assert delivered.delivery.state == "delivered"
        assert "déclaration" in await world.texted("RSA"), "the conversation goes on at its question"


async def a_text_on_its_way(world: Frozen, clock: Clock) -> Ref:
    """A text that Twilio has, and will report on."""
    ref, outbox = Ref("sms", world.person, "CA1:7"), world.service.outbox
    await world.service.runner.sessions.add(
        ref.person, Record(ref.id, clock.now, TextOrder(person=ref.person))
    )
    laid = of_texts(("Bonjour",), clock.now)
    await outbox.begin(ref, laid, Allowance("sms", "2026-11-28", 6), laid)
    await outbox.change(ref, claim(0, clock.now))
    await outbox.change(ref, took(0, SENT, clock.now))
    return ref


async def test_what_comes_again_from_the_spool_is_not_done_twice(
    built: Service, clock: Clock, tmp_path: Path
) -> None:
    """A frozen server carries out late what it was sent; a process may die before it removes a file."""
    async with frozen_service(built, clock, tmp_path) as world:
        caller = KeypadCaller(ORIGIN, SOMEBODY, client=world.client)
        await caller.dial()
        await caller.press(KEYS[0])
        await caller.press(KEYS[1])
        await world.freeze()
        await caller.hang_up()
        world.thaw()
        assert world.durable.spool is not None
        (file,) = world.durable.spool.waiting()
        kept = file.read_bytes()
        assert await world.durable.replay() == 1
        file.write_bytes(kept)
        assert await world.durable.replay() == 1
        assert len(await world.service.runner.sessions.records("sms")) == 1
        turns = await world.service.runner.sessions.turns(world.person, caller.call)
        assert [turn.event for turn in turns].count("HungUp") == 1


async def test_that_twilio_repeats_a_webhook_would_not_suffice(
    built: Service, clock: Clock, tmp_path: Path
) -> None:
    """Five times within 15 seconds, as `#rc=5&rp=5xx` asks for; the outage lasts ten minutes."""
    async with frozen_service(built, clock, tmp_path, spooled=False) as world:
        caller = KeypadCaller(ORIGIN, SOMEBODY, client=world.client)
        await caller.dial()
        await caller.press(KEYS[0])
        await caller.press(KEYS[1])
        await world.freeze()
        form = {"CallSid": caller.call, "From": SOMEBODY, "CallStatus": "completed"}
        for _ in range(6):
            assert (await world.posted("/twilio/voice/status", form)).status_code == 503
            clock.now += 3
        clock.now += TEN_MINUTES
        world.thaw()
        assert await world.service.runner.sessions.records("sms") == []


async def test_without_a_disk_twilio_is_told_to_repeat(built: Service, clock: Clock, tmp_path: Path) -> None:
    async with frozen_service(built, clock, tmp_path, spooled=False) as world:
        await world.freeze()
        form = {"CallSid": "CA" + "0a" * 16, "From": SOMEBODY, "CallStatus": "completed"}
        assert (await world.posted("/twilio/voice/status", form)).status_code == 503


async def test_a_danger_is_answered_at_once_and_not_again_later(
    built: Service, clock: Clock, tmp_path: Path
) -> None:
    async with frozen_service(built, clock, tmp_path) as world:
        await world.freeze()
        assert "3114" in await world.texted("Je veux mourir")
        world.thaw()
        assert await world.durable.replay() == 1
        records = await world.service.runner.sessions.records("sms")
        assert [record.id for record in records if record.id.endswith(":late")] == []
