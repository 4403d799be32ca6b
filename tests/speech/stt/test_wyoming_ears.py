"""Ears of the Wyoming protocol, asked of the library's own server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event as Flag
from threading import Thread
from typing import Any

import numpy as np
import pytest
from wyoming.asr import Transcribe
from wyoming.asr import Transcript as Told
from wyoming.audio import AudioChunk, AudioStop
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from tests.speech.telephone import said
from voicebot.errors import RecognizerLost
from voicebot.speech.stt.choose import with_ears
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.wyoming_ears import WyomingEars


@dataclass
class House:
    """A recognizer at home: says `text` after the sound, or nothing at all if there is none."""

    text: str | None = "71 ans"
    sound: bytearray = field(default_factory=bytearray)
    asked: list[tuple[str | None, str | None]] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[int]:
        ready, port, stop, loop = Flag(), [0], asyncio.Event(), asyncio.new_event_loop()

        async def serve() -> None:
            server = AsyncTcpServer("127.0.0.1", 0)
            await server.start(self.handler())
            port[0] = server._server.sockets[0].getsockname()[1]
            ready.set()
            await stop.wait()
            await server.stop()

        thread = Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
        thread.start()
        assert ready.wait(10)
        try:
            yield port[0]
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)

    def handler(self) -> Any:
        outer = self

        class Handler(AsyncEventHandler):
            async def handle_event(self, event: Event) -> bool:
                if Transcribe.is_type(event.type):
                    asked = Transcribe.from_event(event)
                    outer.asked.append((asked.name, asked.language))
                elif AudioChunk.is_type(event.type):
                    outer.sound.extend(AudioChunk.from_event(event).audio)
                elif AudioStop.is_type(event.type):
                    if outer.text is None:
                        return False
                    await self.write_event(Told(outer.text).event())
                return True

        return Handler


AGE = Expected(("45 ans", "62 ans"), kind="age")


def test_the_sound_goes_out_and_a_transcript_comes_back() -> None:
    house, sound = House(" 71 ans "), said("soixante et onze ans")
    with house.open() as port:
        heard = WyomingEars("127.0.0.1", port, "turbo").hear(sound, AGE)
    assert heard == Transcript("71 ans", 0.8)
    assert house.asked == [("turbo", "fr")]
    np.testing.assert_array_equal(np.frombuffer(bytes(house.sound), "<i2"), sound)


def test_a_server_that_hangs_up_is_a_recognizer_lost() -> None:
    with House(None).open() as port, pytest.raises(RecognizerLost):
        WyomingEars("127.0.0.1", port).hear(said("oui"), AGE)


def test_a_machine_that_is_off_is_a_recognizer_lost() -> None:
    with pytest.raises(RecognizerLost):
        WyomingEars("127.0.0.1", 9).hear(said("oui"), AGE)


@pytest.mark.parametrize("address", ["wyoming://127.0.0.1:{port}", "http://127.0.0.1:9/v1"])
def test_an_address_says_which_kind_of_ears_it_is(address: str) -> None:
    with House("oui").open() as port:
        ears = with_ears(None, address.format(port=port))
        stream = ears.start(AGE)
        stream.accept(said("oui"))
        if address.startswith("wyoming"):
            assert stream.finish().text == "oui"
        else:
            with pytest.raises(RecognizerLost):
                stream.finish()
