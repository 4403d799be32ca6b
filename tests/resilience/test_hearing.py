"""On the audio socket: a recognizer that hangs or crashes, a store that freezes, a line that is cut."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.deployment import KeypadCaller
from tests.resilience.conftest import ORIGIN, webhooks, with_ears
from tests.resilience.wire import OpenCall
from tests.speech.room import ScriptedRecognizer, silence
from voicebot.channels.service import Service
from voicebot.dialogue.session import Place, Session
from voicebot.errors import RecognizerLost, StoreError
from voicebot.speech.audio import Pcm
from voicebot.speech.stt.recognizer import Expected, Stream
from voicebot.speech.tts.pico import Pico
from voicebot.speech.turn import PATIENCE_S

QUESTION = Place("accueil", "question")


class Dead:
    """A recognizer whose process is gone."""

    name = "dead"

    def start(self, expected: Expected) -> Stream:
        raise RecognizerLost("gone")

    def close(self) -> None:
        """There is nothing left to close."""


@pytest.fixture(scope="module")
def said() -> Pcm:
    return Pico().speak("je voudrais demander le RSA", "normal")


@pytest.fixture
def let_go() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@asynccontextmanager
async def calling(
    service: Service, recognizer: Any, patience_s: float = PATIENCE_S
) -> AsyncIterator[tuple[OpenCall, KeypadCaller]]:
    """A call on the socket of a service with this recognizer."""
    able = with_ears(service, recognizer, patience_s)
    async with webhooks(able) as client:
        caller = KeypadCaller(ORIGIN, "+33639980310", client=client)
        call = await OpenCall.begun(able, caller)
        try:
            yield call, caller
        finally:
            await call.call.close()


async def by_keypad(service: Service, caller: KeypadCaller, place: Place) -> None:
    """Behind the socket the same question is put with its keys."""
    behind = caller.document.find("Redirect") if caller.document is not None else None
    assert behind is not None
    await caller._ask(behind.text or "")
    assert caller.gather is not None
    assert (await place_of(service, caller)) == place


async def place_of(service: Service, caller: KeypadCaller) -> Place | None:
    return (await session_of(service, caller)).place


async def session_of(service: Service, caller: KeypadCaller) -> Session:
    person = await service.runner.sessions.calls.caller(caller.call)
    session, _ = await service.runner.sessions.load(person or "", caller.call)
    return session


@pytest.mark.parametrize("trouble", ["hangs", "crashes", "is gone"])
async def test_without_an_ear_a_sentence_is_said_and_the_call_goes_on_by_keypad(
    service: Service, said: Pcm, let_go: threading.Event, trouble: str
) -> None:
    recognizer: Any = Dead()
    if trouble == "hangs":
        recognizer = ScriptedRecognizer(("le rsa",), hangs_in="finish", let_go=let_go)
    if trouble == "crashes":
        recognizer = ScriptedRecognizer(("le rsa",), crashes=True)
    with capture_logs() as logs:
        async with calling(service, recognizer, 0.05 if trouble == "hangs" else PATIENCE_S) as (call, caller):
            await call.until("mark")
            sounds = call.wire.events("media")
            await call.hear(silence(0.3), said, silence(1.0))
            await call.until("nothing more")
            assert not call.goes_on, "we leave the stream"
            assert call.wire.events("media") > sounds + 50, "after a sentence"
            await by_keypad(service, caller, QUESTION)
    lost = [entry for entry in logs if entry["event"] == "recognizer lost"]
    assert lost, "it is counted, and somebody is told"
    assert lost[0]["log_level"] == "error"


async def test_a_store_that_fails_during_the_call_is_bridged_by_a_sentence(
    service: Service, said: Pcm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*told: object) -> Any:
        raise StoreError("frozen")

    async with calling(service, ScriptedRecognizer(("le rsa",))) as (call, caller):
        await call.until("mark")
        sounds = call.wire.events("media")
        with monkeypatch.context() as trouble:
            trouble.setattr(type(service.runner.sessions), "commit", broken)
            await call.hear(silence(0.3), said, silence(1.0))
            await call.until("nothing more")
        assert call.wire.events("media") > sounds + 50
        await by_keypad(service, caller, QUESTION)


async def test_a_store_that_fails_at_the_beginning_too(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*told: object) -> Any:
        raise StoreError("frozen")

    monkeypatch.setattr(type(service.runner.sessions), "commit", broken)
    async with calling(service, ScriptedRecognizer(("le rsa",))) as (call, _):
        await call.until("nothing more")
        assert call.wire.events("media") > 50
        assert not call.goes_on


async def test_a_socket_that_is_cut_is_opened_again_where_it_was(service: Service, said: Pcm) -> None:
    """At whichever service: they share the store and nothing else."""
    async with calling(service, ScriptedRecognizer(("je voudrais demander le rsa", "21"))) as (call, caller):
        await call.until("mark")
        await call.hear(silence(0.3), said, silence(1.0))
        await call.until("mark")
        asked = await place_of(service, caller)
        assert asked == Place("rsa", "age")
        await call.hear(said[: len(said) // 2])
        await call.call.close()
        other = with_ears(service, ScriptedRecognizer(("vingt et un ans",)))
        again = await OpenCall.begun(other, caller)
        await again.until("mark")
        assert await place_of(service, caller) == asked, "the same question was put again"
        await again.hear(silence(0.3), said, silence(1.5))
        await again.until("mark")
        assert (await session_of(service, caller)).slots["age"] == 21
        await again.call.close()


async def test_a_line_that_breaks_at_once_each_time_ends_at_the_keys(service: Service, said: Pcm) -> None:
    async with calling(service, ScriptedRecognizer(("je voudrais demander le rsa",))) as (call, caller):
        await call.until("mark")
        await call.hear(silence(0.3), said, silence(1.0))
        await call.until("mark")
        await call.call.close()
        again = await OpenCall.begun(with_ears(service, ScriptedRecognizer(("oui",))), caller)
        await again.call.close()
        await by_keypad(service, caller, Place("rsa", "age"))


async def test_where_no_ear_is_left_a_cut_call_goes_on_by_keypad(
    service: Service, said: Pcm, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with calling(service, ScriptedRecognizer(("je voudrais demander le rsa",))) as (call, caller):
        await call.until("mark")
        await call.hear(silence(0.3), said, silence(1.0))
        await call.until("mark")
        await call.call.close()
        monkeypatch.setattr("voicebot.channels.service.is_deaf", lambda: True)
        await by_keypad(service, caller, Place("rsa", "age"))


async def test_where_the_recognizer_hangs_for_all_new_calls_go_by_keypad_at_once(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voicebot.channels.service.is_deaf", lambda: True)
    able = with_ears(service, ScriptedRecognizer(("oui",)))
    async with webhooks(able) as client:
        caller = KeypadCaller(ORIGIN, "+33639980311", client=client)
        await caller.dial()
        assert caller.gather is not None
