"""Whoever tells of a danger gets the number, whatever is broken and whoever they are."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest

from tests.deployment import TOKEN, MortalRedis
from tests.resilience.conftest import ORIGIN, Clock, on, webhooks
from voicebot.channels.media.call_turns import CallTurns
from voicebot.channels.service import Service
from voicebot.channels.sms import SMS_PATH
from voicebot.dialogue.action import Say
from voicebot.sound import Speech
from voicebot.speech.stt.recognizer import Transcript
from voicebot.store.server import connect
from voicebot.telephony import sign
from voicebot.turns.runner import ConversationRef

#: What is promised: the number within three seconds.
SOON_S = 3.0
SOMEBODY = "+33639980330"
NUMBERS = count(1)
Text = Callable[..., Awaitable[str]]


@asynccontextmanager
async def texting(service: Service) -> AsyncIterator[Speech]:
    async with webhooks(service) as client:

        async def text(body: str, of: str = SOMEBODY) -> str:
            sid = f"SM{next(NUMBERS):032x}"
            form = {"MessageSid": sid, "From": of, "To": "+33939000001", "Body": body, "NumMedia": "0"}
            headers = {"X-Twilio-Signature": sign(ORIGIN + SMS_PATH, form, TOKEN)}
            async with asyncio.timeout(SOON_S):
                answer = await client.post(SMS_PATH, data=form, headers=headers)
            assert answer.status_code == 200
            return "\n".join(message.text or "" for message in fromstring(answer.text))

        yield text


@pytest.fixture
def mortal(tmp_path_factory: pytest.TempPathFactory) -> MortalRedis:
    return MortalRedis(tmp_path_factory.mktemp("r"))


@asynccontextmanager
async def without_store(
    built: Service, clock: Clock, mortal: MortalRedis, how: signal.Signals
) -> AsyncIterator[Service]:
    """A service whose store has just gone, or does not move any more."""
    try:
        async with connect(mortal.url, Path("unused")) as redis:
            service = on(built, redis, clock)
            await mortal.signal(how)
            yield service
            if how == signal.SIGSTOP:
                os.kill(mortal.pid, signal.SIGCONT)
    finally:
        mortal.stop()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "frozen"])
async def test_a_text_in_danger_needs_no_store(
    built: Service, clock: Clock, mortal: MortalRedis, how: signal.Signals
) -> None:
    async with without_store(built, clock, mortal, how) as service, texting(service) as text:
        assert "3114" in await text("Je veux mourir")
        assert "17" in await text("mon mari me frappe")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "frozen"])
async def test_a_call_in_danger_needs_no_store(
    built: Service, clock: Clock, mortal: MortalRedis, how: signal.Signals
) -> None:
    async with without_store(built, clock, mortal, how) as service:
        turns = CallTurns(service, ConversationRef("p1", "CA1"), "MZ1", textable=True)
        hearing = asyncio.ensure_future(turns.hear(Transcript("je veux mourir", 0.9)))
        await asyncio.sleep(0)
        said = [piece for each in (turns.hold_on(), turns.fail()) for piece in each.sounds]
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
    assert sum("3114" in piece.text for piece in said if isinstance(piece, Speech)) == 2


@pytest.mark.parametrize("of", ["+32470123456", "+447700900123", "36180", "", "anonymous"])
async def test_danger_is_answered_to_every_sender(service: Service, of: str) -> None:
    async with texting(service) as text:
        assert "3114" in await text("je veux mourir", of)


@pytest.mark.parametrize("of", ["36180", ""])
async def test_what_is_no_danger_is_not_sent_to_what_is_no_number(service: Service, of: str) -> None:
    async with texting(replace(service, reach=("+33",))) as text:
        assert await text("demander le rsa", of) == ""


async def test_who_is_out_of_reach_is_told_once_and_nothing_more(service: Service) -> None:
    abroad = "+32470123456"
    async with texting(replace(service, reach=("+33",))) as text:
        assert "112" in await text("demander le rsa", abroad)
        assert await text("demander le rsa", abroad) == ""


async def test_every_apology_carries_the_numbers(service: Service) -> None:
    prompts = service.prompts
    for channel in ("voice", "keypad", "sms"):
        apology = prompts.text(prompts.render(Say("common.again_later"), channel))
        assert "112" in apology
        assert "3114" in apology
