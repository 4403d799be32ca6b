"""Transcriptions as OpenAI's interface has them, asked of a real server on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import numpy as np
import pytest

from tests.speech.telephone import said
from voicebot.errors import RecognizerLost
from voicebot.speech.stt.openai_ears import OpenAiEars
from voicebot.speech.stt.recognizer import Expected, Transcript

AGE = Expected(("45 ans", "62 ans"), kind="age")
LONG = b'{"text": " 71 ans. ", "segments": [{"avg_logprob": -0.105, "no_speech_prob": 0.1}]}'
SHORT = b'{"text": "71 ans."}'


def _name(part: Message) -> str:
    return str(part.get_param("name", header="content-disposition"))


@dataclass
class Server:
    """Answers every request with `answers` in turn: a status and a body; remembers the fields."""

    answers: list[tuple[int, bytes]]
    asked: list[dict[str, bytes]] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)
    late: Event | None = None

    @contextmanager
    def running(self) -> Iterator[str]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:
            if self.late:
                self.late.set()
            server.shutdown()
            server.server_close()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/audio/transcriptions"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                kind = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
                parts = message_from_bytes(kind + body).get_payload()
                outer.asked.append({_name(part): part.get_payload(decode=True) for part in parts})
                outer.tokens.append(self.headers["Authorization"])
                if outer.late:
                    outer.late.wait(10)
                status, answer = outer.answers[min(len(outer.asked), len(outer.answers)) - 1]
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler


def test_the_sound_goes_out_as_wav_with_language_and_prompt_and_a_transcript_comes_back() -> None:
    server, sound = Server([(200, LONG)]), said("soixante et onze ans")
    with server.running() as address:
        heard = OpenAiEars(address, "whisper-1", "secret").hear(sound, AGE)
    assert heard == Transcript("71 ans.", pytest.approx(0.81, abs=0.01))
    (asked,) = server.asked
    assert asked["model"] == b"whisper-1"
    assert asked["language"] == b"fr"
    assert asked["prompt"] == b"45 ans, 62 ans."
    assert asked["file"][:4] == b"RIFF"
    np.testing.assert_array_equal(np.frombuffer(asked["file"][44:], "<i2"), sound)
    assert server.tokens == ["Bearer secret"]


def test_a_server_that_knows_only_the_short_answer_is_asked_for_it_from_then_on() -> None:
    server = Server([(400, b"{}"), (200, SHORT)])
    with server.running() as address:
        ears = OpenAiEars(address, "")
        assert [ears.hear(said("oui"), AGE).text for _ in range(2)] == ["71 ans."] * 2
    assert [each["response_format"] for each in server.asked] == [b"verbose_json", b"json", b"json"]
    assert server.tokens == [None] * 3


@pytest.mark.parametrize("answer", [(500, b""), (401, b"{}"), (200, b"<html>"), (200, b'{"error": "busy"}')])
def test_what_is_no_transcription_is_a_recognizer_lost(answer: tuple[int, bytes]) -> None:
    with Server([answer]).running() as address, pytest.raises(RecognizerLost) as lost:
        OpenAiEars(address, "").hear(said("oui"), AGE)
    assert "busy" not in str(lost.value)


def test_nobody_waits_longer_than_the_limit() -> None:
    began = time.monotonic()
    with Server([(200, SHORT)], late=Event()).running() as address, pytest.raises(RecognizerLost):
        OpenAiEars(address, "", limit_s=0.1).hear(said("oui"), AGE)
    assert time.monotonic() - began < 5


def test_a_machine_that_is_off_is_a_recognizer_lost() -> None:
    with pytest.raises(RecognizerLost):
        OpenAiEars("http://127.0.0.1:9/v1", "").hear(said("oui"), AGE)
