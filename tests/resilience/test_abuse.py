"""People who mean it ill: floods of calls, dear numbers, requests played again, sockets that hold or lie."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from tests.deployment import KeypadCaller
from tests.resilience.conftest import KEYS, ORIGIN, Clock, known, webhooks, with_ears
from tests.resilience.wire import Wire, rung
from tests.speech.room import ScriptedRecognizer
from voicebot.channels.media import stream as media_stream
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.errors import ConfigError
from voicebot.simulator.messages import Inbound
from voicebot.store.rate_limiter import RateLimiter
from voicebot.telephony.phone_numbers import may_be_dialled

MINUTE = 60.0
FRANCE = Settings(_env_file=None).beginnings
#: Messages of a fuzzed stream, and how many streams.
MESSAGES, STREAMS = 150, 12


@pytest.fixture
def limited(service: Service, redis: Redis) -> Service:
    """Three calls in ten minutes from one person, eight a minute from all; French numbers only."""
    return replace(
        service, limits=replace(service.limits, calls=RateLimiter(redis, 3, 8, "calls")), reach=FRANCE
    )


def calls(client: Any, number: str) -> KeypadCaller:
    return KeypadCaller(ORIGIN, number, client=client)


async def answered(client: Any, number: str) -> str:
    """What becomes of a call: "question", "told" (a sentence and the end) or "busy"."""
    caller = calls(client, number)
    await caller.dial()
    assert caller.document is not None
    if caller.document.find("Reject") is not None:
        return "busy"
    return "question" if caller.gather is not None else "told"


async def test_who_calls_again_and_again_is_told_once_then_the_line_is_busy(
    limited: Service, clock: Clock
) -> None:
    async with webhooks(limited) as client:
        outcomes = [await answered(client, "+33639980340") for _ in range(6)]
        assert outcomes == ["question"] * 3 + ["told", "busy", "busy"]
        assert await answered(client, "+33639980341") == "question", "others are answered"
        clock.now += 10 * MINUTE
        assert await answered(client, "+33639980340") == "question"


async def test_a_flood_from_many_numbers_is_damped(limited: Service) -> None:
    async with webhooks(limited) as client:
        outcomes = [await answered(client, f"+3363998{number:04}") for number in range(12)]
    assert outcomes.count("question") == 8
    assert outcomes[8:] == ["told"] * 4, "each of them hears why, and where to call in danger"


@pytest.mark.parametrize(
    ("number", "allowed"),
    [
        ("+33639980001", True),
        ("+262692123456", True),
        ("+33142345678", True),
        ("+33899123456", False),
        ("+33892123456", False),
        ("+447911123456", False),
        ("+88213000000", False),
        ("+2348031234567", False),
        ("not a number", False),
    ],
)
def test_only_numbers_that_cost_no_fortune_are_dialled(number: str, allowed: bool) -> None:
    assert may_be_dialled(number, FRANCE) is allowed


@pytest.mark.parametrize("reach", ["33", "+", "+33,", "+0", "0033"])
def test_beginnings_that_are_none_are_refused(reach: str) -> None:
    with pytest.raises((ConfigError, ValueError)):
        Settings(_env_file=None, reach=reach)


async def test_a_refused_call_from_a_dear_number_is_not_returned(limited: Service) -> None:
    """The number that rings may be invented: we would pay for calling it."""
    returning = replace(limited, limits=replace(limited.limits, rings_back=frozenset({"+33939000001"})))
    async with webhooks(returning) as client:
        assert await answered(client, "+88213000000") == "busy"
        assert await answered(client, "+33639980342") == "busy"
    people = [record.order.person for record in await limited.runner.sessions.records("callback")]
    assert people == [limited.privacy.pseudonym("+33639980342")]


async def test_where_ringing_costs_nothing_a_flood_is_never_answered(limited: Service) -> None:
    returning = replace(limited, limits=replace(limited.limits, rings_back=frozenset({"+33939000001"})))
    async with webhooks(returning) as client:
        assert {await answered(client, "+33639980344") for _ in range(6)} == {"busy"}
    assert len(await limited.runner.sessions.records("callback")) == 3, "the others are not returned"


async def test_a_request_played_again_changes_nothing(service: Service, keypad_caller: KeypadCaller) -> None:
    await keypad_caller.dial()
    assert keypad_caller.gather is not None
    first = keypad_caller.gather.attrib["action"]
    keypad_caller.token = "recorded"
    await keypad_caller.press(KEYS[0])
    asked, kept = keypad_caller.gather, await known(service, keypad_caller.call)
    for _ in range(3):
        await keypad_caller._ask(first, Digits=KEYS[0])
        assert keypad_caller.gather is not None
        assert keypad_caller.gather.attrib == asked.attrib
    assert await known(service, keypad_caller.call) == kept


@asynccontextmanager
async def hearing(service: Service) -> AsyncIterator[tuple[Service, KeypadCaller]]:
    """The service with an ear, and somebody who calls it."""
    able = with_ears(service, ScriptedRecognizer(("oui",)))
    async with webhooks(able) as client:
        yield able, calls(client, "+33639980343")


async def test_a_recorded_opening_of_a_stream_opens_nothing(service: Service) -> None:
    async with hearing(service) as (able, caller):
        carrier, parameters = await rung(caller)
        opening = carrier.start(parameters)
        for expected in (1000, 1008):
            wire = Wire()
            wire.push(opening)
            wire.push(carrier.stop())
            await media_stream.serve(able, wire)  # type: ignore[arg-type]
            assert wire.code == expected


@pytest.mark.parametrize("limit", ["_START_TIMEOUT_S", "_QUIET_TIMEOUT_S"])
async def test_a_socket_that_only_holds_is_closed(
    service: Service, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    """Before the stream begins, or afterwards."""
    monkeypatch.setattr(media_stream, limit, 0.05)
    async with hearing(service) as (able, caller):
        carrier, parameters = await rung(caller)
        wire = Wire()
        wire.push(carrier.connected())
        if limit == "_QUIET_TIMEOUT_S":
            wire.push(carrier.start(parameters))
        async with asyncio.timeout(5):
            await media_stream.serve(able, wire)  # type: ignore[arg-type]
        assert wire.code == 1011


@pytest.mark.parametrize("seed", range(STREAMS))
async def test_whatever_comes_over_the_socket_the_call_goes_on(service: Service, seed: int) -> None:
    """Spoilt messages of every kind, then a key: it is still an answer. What is held back stays little."""
    chance = random.Random(seed)
    async with hearing(service) as (able, caller):
        carrier, parameters = await rung(caller)
        wire = Wire()
        wire.push(carrier.start(parameters))
        for message in spoilt(carrier, chance):
            wire.push(message)
        for _ in range(60):
            wire.push(carrier.media(b"\xff" * 160))
        wire.push(carrier.dtmf("0"))
        for _ in range(200):
            wire.push(carrier.media(b"\xff" * 160))
        wire.push(carrier.stop())
        with capture_logs() as logs:
            async with asyncio.timeout(30):
                await media_stream.serve(able, wire)  # type: ignore[arg-type]
    told = {entry["event"] for entry in logs if entry["log_level"] == "error"}
    assert told == set()
    assert wire.code == 1000


def spoilt(carrier: Inbound, chance: random.Random) -> Iterator[str | bytes]:
    """Messages of the carrier with something wrong in most of them; never one that ends the stream."""
    for _ in range(MESSAGES):
        message = chance.choice(
            (
                lambda: carrier.media(chance.randbytes(chance.choice((0, 1, 159, 160, 161, 5000)))),
                lambda: carrier.mark("listen"),
                lambda: carrier.connected(),
                lambda: carrier.dtmf(chance.choice("*#")),
            )
        )()
        yield chance.choice(_WAYS)(message, chance)


def _cut(message: str, chance: random.Random) -> str | bytes:
    return message[: chance.randrange(len(message))]


def _noise(message: str, chance: random.Random) -> str | bytes:
    return chance.randbytes(chance.randrange(400))


def _another_value(message: str, chance: random.Random) -> str | bytes:
    """One field holds something else."""
    told = json.loads(message)
    places = [told, *(part for part in told.values() if isinstance(part, dict))]
    place = chance.choice(places)
    name = chance.choice(list(place))
    strange = (None, [], {}, "", "é" * 300, -1, 10**30, 1e308, True, "NaN", "9" * 40, {"a": [[[]]]})
    place[name] = chance.choice(strange)
    return json.dumps(told) if told.get("event") not in ("stop", "start") else message


def _nested(message: str, chance: random.Random) -> str | bytes:
    return "[" * 5000 + message


def _letters(message: str, chance: random.Random) -> str | bytes:
    letters = list(message)
    for _ in range(5):
        letters[chance.randrange(len(letters))] = chr(chance.randrange(32, 0x2FF))
    return "".join(letters)


def _as_it_is(message: str, chance: random.Random) -> str | bytes:
    return message


_WAYS = (_cut, _noise, _another_value, _another_value, _nested, _letters, _as_it_is, _as_it_is)
