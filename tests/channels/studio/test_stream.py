"""A whole call to the voice studio: the simulated telephone, the real webhooks, socket and store."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from redis.asyncio import Redis
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from tests.calls import call, inside
from tests.speech.test_take import in_room, read_aloud
from tests.twiml_schema.validate import problems
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.channels.voice.call_control import RecordVoices
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.channels.voice.twiml import AFTER_STUDIO_PATH, STUDIO_STREAM_PATH, Addresses, render
from voicebot.config import Settings
from voicebot.simulator import CallerTurn, CallerVoice, HangUp, PlayWav, Press
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.sound import Speech
from voicebot.speech.audio import RECOGNIZER_HZ, write_wav
from voicebot.store.studio_codes import Pass

NUMBER, GROUP = "+33639980311", "entrainement"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Rehearsal]:
    """The service with its recordings in a folder of its own; no recognizer is needed to record."""

    def made(settings: Settings, redis: Redis) -> Service:
        return build(settings, redis)

    settings = Settings(recognizer="none", var=Path("var"), recordings=tmp_path / "recordings")
    with rehearse(settings, tmp_path / "redis", make=made) as rehearsal:
        yield rehearsal


async def code_for(running: Rehearsal, number: str = NUMBER) -> str:
    service = running.service
    person = service.privacy.pseudonym(number)
    return await inside(running, service.recording.codes.offer(person, Pass("awa", GROUP)))


def texts(running: Rehearsal) -> list[str]:
    return [what.text for what in running.service.recording.studio.texts if what.group == GROUP]


def reading(tmp_path: Path, text: str) -> PlayWav:
    """Somebody repeats `text` after the beep."""
    path = tmp_path / f"{len(text)}.wav"
    write_wav(path, in_room(read_aloud(text, 0.6, 0.2)), RECOGNIZER_HZ)
    return PlayWav(path)


async def record(
    running: Rehearsal, caller: CallerVoice, turns: Sequence[CallerTurn], number: str = NUMBER
) -> str:
    """How a call with these turns ended."""
    report = await call(running, caller, turns, from_number=number, patience_s=30.0)
    return report.ending


async def test_two_texts_are_recorded_by_telephone_and_spoken_at_once(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    code, (first, second) = await code_for(running), texts(running)[:2]
    voice = running.service.speech.voice
    assert not {voice.origin(Speech(text, "x")) for text in (first, second)} & {"recording"}
    turns = [
        Press(code),
        reading(tmp_path, first),
        Press("1"),
        reading(tmp_path, second),
        Press("1"),
        Press("0"),
    ]
    assert await record(running, caller, turns) == "app_hung_up"
    assert [voice.origin(Speech(text, "x")) for text in (first, second)] == ["recording"] * 2
    assert voice.origin(Speech(texts(running)[2], "x")) != "recording"


async def test_who_hangs_up_in_the_middle_keeps_what_was_kept(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    code, first = await code_for(running), texts(running)[0]
    turns = [Press(code), reading(tmp_path, first), Press("1"), HangUp()]
    assert await record(running, caller, turns) == "caller_hung_up"
    assert running.service.speech.voice.origin(Speech(first, "x")) == "recording"


async def test_nobody_else_is_led_into_the_studio(
    running: Rehearsal, caller: CallerVoice, tmp_path: Path
) -> None:
    await code_for(running)
    somebody = await call(running, caller, [Press("2"), HangUp()], from_number="+33639980312")
    assert [line["step"] for line in somebody.lines][:1] == ["question"]
    hidden = await call(running, caller, [Press("2"), HangUp()], from_number="anonymous")
    assert [line["step"] for line in hidden.lines][:1] == ["question"]
    assert not list((tmp_path / "recordings").glob("*"))


async def test_a_code_is_good_for_one_call(running: Rehearsal, caller: CallerVoice) -> None:
    code = await code_for(running)
    assert await record(running, caller, [Press(code), Press("0")]) == "app_hung_up"
    again = await call(running, caller, [Press("2"), HangUp()], from_number=NUMBER)
    assert [line["step"] for line in again.lines][:1] == ["question"], "the next call is an ordinary one"


async def test_wrong_codes_end_the_call(running: Rehearsal, caller: CallerVoice, tmp_path: Path) -> None:
    code = await code_for(running)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    assert await record(running, caller, [Press(wrong)] * 3) == "app_hung_up"
    assert not list((tmp_path / "recordings").glob("*"))


async def test_the_end_of_a_call_that_has_no_session_changes_nothing(running: Rehearsal) -> None:
    desk, call_id = CallHandler(running.service), f"CA{7:032x}"
    await inside(running, desk.ended(call_id, "completed", "over"))
    assert await inside(running, running.service.runner.sessions.calls.caller(call_id)) is None


def test_what_twilio_is_told_is_twiml() -> None:
    document = render(
        RecordVoices({"person": "p", "proof": "é&<"}),
        Addresses("https://voice.example", lambda speech: speech.text),
    )
    assert problems(document) == []
    assert f'url="wss://voice.example{STUDIO_STREAM_PATH}"' in document
    assert f">https://voice.example{AFTER_STUDIO_PATH}<" in document


async def test_the_studio_is_closed_to_who_does_not_come_from_twilio(running: Rehearsal) -> None:

    address = running.url.replace("http", "ws") + STUDIO_STREAM_PATH
    with pytest.raises(InvalidStatus) as refused:
        async with asyncio.timeout(10), connect(address, additional_headers={"X-Twilio-Signature": "x"}):
            pass
    assert refused.value.response.status_code == 403
