"""The telephone webhooks, asked over HTTP as Twilio asks, with a desk that plays a prepared part."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit
from xml.etree.ElementTree import Element, fromstring

import httpx
import numpy as np
import pytest
import structlog
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.twiml_schema.validate import problems
from voicebot.channels.security import LARGEST_BODY
from voicebot.channels.voice import sound_file
from voicebot.channels.voice.call_control import (
    AskKeys,
    CallReply,
    ConnectStream,
    EndStatus,
    Hold,
    IncomingCall,
    LeaveQueue,
    LeftQueue,
    SpeakAndHangUp,
)
from voicebot.channels.voice.webhooks import routes
from voicebot.sound import Speech
from voicebot.speech.audio import decode
from voicebot.speech.hold_music import hold_music
from voicebot.telephony import Signature, sign

ORIGIN = "https://voice.example"
TOKEN = "the auth token"
CALL = "CA" + "0a" * 16
NUMBER = "+33639980001"
APOLOGY = "Pardon, un problème est survenu."
SOUND = bytes(range(256))
RINGING = {"CallSid": CALL, "From": NUMBER, "To": "+33939000001", "CallStatus": "ringing", "CallerName": ""}


class Desk:
    """Answers with `reply`, or fails; the same event gets the same answer."""

    def __init__(self) -> None:
        self.reply: CallReply = AskKeys((Speech("c0ffee"),), turn=1)
        self.failure: Exception | None = None
        self.hangs = False
        self.asked: list[tuple[object, ...]] = []
        self._answers: dict[str, CallReply] = {}

    async def answer(self, call: IncomingCall) -> CallReply:
        return await self._reply(call.event_id, "answer", call.call_id, call.from_number, call.to_number)

    async def keys(self, call_id: str, digits: str, event_id: str, turn: int | None = None) -> CallReply:
        return await self._reply(event_id, "keys", call_id, digits)

    async def after_stream(self, call_id: str, event_id: str, turn: int | None = None) -> CallReply:
        return await self._reply(event_id, "after_stream", call_id, turn)

    async def after_studio(self, call_id: str, event_id: str) -> CallReply:
        return await self._reply(event_id, "after_studio", call_id)

    async def after_handoff(self, call_id: str, left: LeftQueue, event_id: str) -> CallReply:
        return await self._reply(event_id, "after_handoff", call_id, left)

    async def wait(self, call_id: str, round_: int) -> CallReply:
        return await self._reply(f"wait {round_}", "wait", call_id, round_)

    async def wait_keys(self, call_id: str, digits: str) -> CallReply:
        return await self._reply(f"pressed {digits}", "wait_keys", call_id, digits)

    async def announce(self, call_id: str) -> CallReply:
        return await self._reply("announce", "announce", call_id)

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        await self._reply(event_id, "ended", call_id, status)

    def token(self, speech: Speech) -> str:
        return speech.text

    async def audio(self, token: str) -> bytes | None:
        if self.failure:
            raise self.failure
        return SOUND if token == "c0ffee" else None

    def apology(self) -> str:
        return APOLOGY

    async def _reply(self, event_id: str, *asked: object) -> CallReply:
        if self.failure:
            raise self.failure
        if self.hangs:
            await asyncio.Event().wait()
        if event_id not in self._answers:
            self.asked.append(asked)
            self._answers[event_id] = self.reply
        return self._answers[event_id]


class Twilio:
    """Sends forms as Twilio does, and reads the answers."""

    def __init__(self, desk: Desk) -> None:
        app = FastAPI()
        app.include_router(routes(desk, Signature(TOKEN), ORIGIN, answer_within_s=0.05))
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://inside:8000")

    async def post(
        self,
        path: str,
        form: Mapping[str, str] | Sequence[tuple[str, str]] = (),
        token: str = TOKEN,
        retry_token: str = "",
    ) -> httpx.Response:
        fields = dict(form)
        headers = {
            "X-Twilio-Signature": sign(ORIGIN + path, fields, token),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        if retry_token:
            headers["I-Twilio-Idempotency-Token"] = retry_token
        return await self.http.post(path, content=urlencode(fields), headers=headers)

    async def verbs(self, path: str, form: Mapping[str, str], retry_token: str = "") -> list[Element]:
        response = await self.post(path, form, retry_token=retry_token)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/xml")
        assert problems(response.text) == []
        return list(fromstring(response.text))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def twilio(desk: Desk) -> AsyncIterator[Twilio]:
    twilio = Twilio(desk)
    async with twilio.http:
        yield twilio


@pytest.fixture
def logs() -> Iterator[list[dict[str, object]]]:
    with structlog.testing.capture_logs() as entries:
        yield entries  # type: ignore[misc]


async def test_a_call_is_answered_with_the_audio_socket(desk: Desk, twilio: Twilio) -> None:
    desk.reply = ConnectStream(1, {"person": "p"})
    connect, redirect = await twilio.verbs("/twilio/voice", RINGING)
    assert connect[0].get("url") == "wss://voice.example/twilio/stream"
    assert redirect.text == "https://voice.example/twilio/voice/after?turn=1"
    assert desk.asked == [("answer", CALL, NUMBER, "+33939000001")]


async def test_or_by_keypad_when_nobody_can_hear(twilio: Twilio) -> None:
    (gather,) = await twilio.verbs("/twilio/voice", RINGING)
    assert gather.get("action") == "https://voice.example/twilio/voice/keys?turn=1"


@pytest.mark.parametrize(
    ("fields", "digits"),
    [
        ({"Digits": "1"}, "1"),
        ({"Digits": "*0"}, "*0"),
        ({"Digits": "75018", "FinishedOnKey": "#"}, "75018#"),
        ({"Digits": "", "FinishedOnKey": "#"}, "#"),
        ({"Digits": "", "FinishedOnKey": ""}, ""),
        ({}, ""),
        ({"Digits": "12w3"}, "123"),
    ],
)
async def test_keys_reach_the_desk(desk: Desk, twilio: Twilio, fields: dict[str, str], digits: str) -> None:
    await twilio.verbs("/twilio/voice/keys?turn=1", RINGING | fields)
    assert desk.asked == [("keys", CALL, digits)]


async def test_what_comes_after_the_stream_is_asked(desk: Desk, twilio: Twilio) -> None:
    desk.reply = SpeakAndHangUp()
    (hangup,) = await twilio.verbs("/twilio/voice/after?turn=3", RINGING)
    assert hangup.tag == "Hangup"
    assert desk.asked == [("after_stream", CALL, 3)]


async def test_what_comes_after_the_voice_studio_is_asked(desk: Desk, twilio: Twilio) -> None:
    desk.reply = SpeakAndHangUp()
    (hangup,) = await twilio.verbs("/twilio/voice/studio", RINGING)
    assert hangup.tag == "Hangup"
    assert desk.asked == [("after_studio", CALL)]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"QueueResult": "queue-full", "CallStatus": "in-progress"}, LeftQueue("queue-full", False)),
        (
            {"QueueResult": "bridged", "CallStatus": "in-progress", "QueueSid": "QU" + "0a" * 16},
            LeftQueue("bridged", False, "QU" + "0a" * 16),
        ),
        ({"QueueResult": "hangup", "CallStatus": "completed"}, LeftQueue("hangup", True)),
    ],
)
async def test_what_comes_after_the_queue_is_asked(
    desk: Desk, twilio: Twilio, fields: dict[str, str], asked: LeftQueue
) -> None:
    await twilio.verbs("/twilio/voice/handoff?turn=3", RINGING | fields)
    assert desk.asked == [("after_handoff", CALL, asked)]


async def test_who_waits_is_asked_about_again_and_again_and_with_each_key(desk: Desk, twilio: Twilio) -> None:
    desk.reply = Hold((Speech("c0ffee"), hold_music()), 2)
    gather, redirect = await twilio.verbs("/twilio/voice/wait?round=2", RINGING)
    assert [play.text for play in gather][-1] == f"{ORIGIN}/twilio/audio/music.wav"
    assert redirect.text == f"{ORIGIN}/twilio/voice/wait?round=3"
    desk.reply = LeaveQueue()
    (leave,) = await twilio.verbs("/twilio/voice/wait/keys", RINGING | {"Digits": "1"})
    assert leave.tag == "Leave"
    await twilio.verbs("/twilio/voice/announce", RINGING)
    assert desk.asked == [("wait", CALL, 2), ("wait_keys", CALL, "1"), ("announce", CALL)]


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("completed", [("ended", CALL, "completed")]),
        ("no-answer", [("ended", CALL, "no-answer")]),
        ("ringing", []),
        ("new-status", []),
    ],
)
async def test_the_end_of_a_call_is_told(
    desk: Desk, twilio: Twilio, status: str, asked: list[tuple[object, ...]]
) -> None:
    response = await twilio.post("/twilio/voice/status", RINGING | {"CallStatus": status})
    assert response.status_code == 204
    assert desk.asked == asked


PATHS = ["", "/keys?turn=1", "/after?turn=1", "/handoff?turn=1", "/status"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_wrong_signature_is_refused_before_anything_happens(
    desk: Desk, twilio: Twilio, logs: list[dict[str, object]], path: str
) -> None:
    response = await twilio.post("/twilio/voice" + path, RINGING, token="another token")
    assert response.status_code == 403
    assert desk.asked == []
    (entry,) = logs
    assert "signature" in str(entry["event"])
    assert NUMBER not in str(entry)
    assert NUMBER not in response.text


async def test_no_signature_at_all_is_refused(desk: Desk, twilio: Twilio) -> None:
    response = await twilio.http.post("/twilio/voice", data=RINGING)
    assert response.status_code == 403
    assert desk.asked == []


async def test_a_signature_for_another_turn_is_refused(desk: Desk, twilio: Twilio) -> None:
    header = {"X-Twilio-Signature": sign(ORIGIN + "/twilio/voice/keys?turn=1", RINGING, TOKEN)}
    response = await twilio.http.post("/twilio/voice/keys?turn=2", data=RINGING, headers=header)
    assert response.status_code == 403
    assert desk.asked == []


async def test_a_retried_webhook_gets_the_same_answer(desk: Desk, twilio: Twilio) -> None:
    pressed = RINGING | {"Digits": "1"}
    first = await twilio.post("/twilio/voice/keys?turn=1", pressed, retry_token="tok-1")
    desk.reply = SpeakAndHangUp()
    again = await twilio.post("/twilio/voice/keys?turn=1", pressed, retry_token="tok-1")
    assert again.text == first.text
    assert len(desk.asked) == 1
    await twilio.post("/twilio/voice/keys?turn=1", pressed, retry_token="tok-2")
    assert len(desk.asked) == 2


async def test_without_a_token_the_turn_tells_a_repeat(desk: Desk, twilio: Twilio) -> None:
    pressed = RINGING | {"Digits": "1"}
    for path in ("/keys?turn=1", "/keys?turn=1", "/keys?turn=2", "", ""):
        await twilio.verbs("/twilio/voice" + path, pressed)
    assert [asked[0] for asked in desk.asked] == ["keys", "keys", "answer"]


@pytest.mark.parametrize("path", PATHS[:-1])
async def test_a_failing_desk_apologises_and_is_asked_once_more(
    desk: Desk, twilio: Twilio, logs: list[dict[str, object]], path: str
) -> None:
    desk.failure = RuntimeError(f"unexpected words of {NUMBER}")
    say, redirect = await twilio.verbs("/twilio/voice" + path, RINGING)
    assert (say.text, say.get("language")) == (APOLOGY, "fr-FR")
    assert [entry["error"] for entry in logs] == ["RuntimeError"]
    assert NUMBER not in str(logs)

    again = urlsplit(redirect.text or "")
    assert f"{again.scheme}://{again.netloc}" == ORIGIN
    assert dict(parse_qsl(again.query)) == dict(parse_qsl(path.partition("?")[2])) | {"failures": "1"}
    desk.failure = None
    (gather,) = await twilio.verbs(f"{again.path}?{again.query}", RINGING)
    assert gather.tag == "Gather"


async def test_a_desk_that_fails_twice_says_so_and_hangs_up(desk: Desk, twilio: Twilio) -> None:
    desk.failure = RuntimeError()
    say, hangup = await twilio.verbs("/twilio/voice/keys?turn=1&failures=1", RINGING)
    assert (say.text, hangup.tag) == (APOLOGY, "Hangup")


async def test_a_desk_that_hangs_is_not_waited_for(desk: Desk, twilio: Twilio) -> None:
    desk.hangs = True
    say, _ = await twilio.verbs("/twilio/voice", RINGING)
    assert say.text == APOLOGY


@pytest.mark.parametrize("form", [{}, {"CallSid": "CA123"}, RINGING | {"From": "9" * 300}])
async def test_a_form_that_is_none_gets_an_apology(
    desk: Desk, twilio: Twilio, form: dict[str, str], logs: list[dict[str, object]]
) -> None:
    say, _ = await twilio.verbs("/twilio/voice", form)
    assert say.text == APOLOGY
    assert desk.asked == []
    assert "9999" not in str(logs)


async def test_a_failure_at_the_end_of_a_call_is_no_error_page(desk: Desk, twilio: Twilio) -> None:
    desk.failure = RuntimeError()
    response = await twilio.post("/twilio/voice/status", RINGING | {"CallStatus": "completed"})
    assert response.status_code == 204


@pytest.mark.parametrize(
    ("verstat", "from_number"),
    [("TN-Validation-Failed-A", ""), ("TN-Validation-Passed-A", "+33639980001"), ("", "+33639980001")],
)
async def test_a_number_that_the_carrier_found_to_be_another_s_is_nobody_s(
    desk: Desk, twilio: Twilio, verstat: str, from_number: str
) -> None:
    """Or whoever shows somebody's number could hear and erase what is theirs."""
    await twilio.post("/twilio/voice", RINGING | {"From": "+33639980001", "StirVerstat": verstat})
    assert desk.asked[0][2] == from_number


async def test_an_oversized_body_is_refused(desk: Desk, twilio: Twilio) -> None:
    largest = await twilio.post("/twilio/voice", RINGING | {"Padding": "x" * (LARGEST_BODY - 500)})
    assert largest.status_code == 200
    response = await twilio.post("/twilio/voice", RINGING | {"Padding": "x" * LARGEST_BODY})
    assert response.status_code == 413
    many = await twilio.post("/twilio/voice", {f"field{number}": "" for number in range(600)})
    assert many.status_code == 413
    assert len(desk.asked) == 1


async def test_an_oversized_body_is_not_read_to_its_end(twilio: Twilio) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100 * LARGEST_BODY:
            sent += LARGEST_BODY // 2
            yield b"x" * (LARGEST_BODY // 2)

    response = await twilio.http.post("/twilio/voice", content=endless())
    assert response.status_code == 413
    assert sent <= 2 * LARGEST_BODY


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), header=st.text(max_size=40))
def test_no_body_makes_an_error_page(desk: Desk, body: bytes, header: str) -> None:
    async def send() -> int:
        async with Twilio(desk).http as http:
            headers = {b"X-Twilio-Signature": header.encode()}
            return (await http.post("/twilio/voice", content=body, headers=headers)).status_code

    assert asyncio.run(send()) == 403


def samples(response: httpx.Response) -> np.ndarray:
    with wave.open(io.BytesIO(response.content)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")


async def test_a_prompt_is_served_as_a_wav_file(twilio: Twilio) -> None:
    response = await twilio.http.get("/twilio/audio/c0ffee.wav")
    assert response.headers["content-type"] == "audio/wav"
    assert "private" in response.headers["cache-control"]
    assert np.array_equal(samples(response), decode(SOUND))


async def test_a_half_second_pause_is_a_sound_too(twilio: Twilio) -> None:
    pause = samples(await twilio.http.get("/twilio/audio/silence-500.wav"))
    assert len(pause) == 4000
    assert not pause.any()


@pytest.mark.parametrize(
    "name", ["unknown", "silence-9999", "silence-99999", "silence-", "silence-\u0665", "%2e%2e"]
)
async def test_there_is_no_other_sound(twilio: Twilio, name: str) -> None:
    assert (await twilio.http.get(f"/twilio/audio/{name}.wav")).status_code == 404


async def test_a_sound_that_cannot_be_made_does_not_end_the_call(desk: Desk, twilio: Twilio) -> None:
    desk.failure = RuntimeError()
    response = await twilio.http.get("/twilio/audio/c0ffee.wav")
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    assert not samples(response).any()


def test_the_name_of_a_sound_follows_from_it_and_from_our_key() -> None:
    name = sound_file.token(SOUND, "key")
    assert name == sound_file.token(SOUND, "key")
    assert len({name, sound_file.token(SOUND, "other key"), sound_file.token(SOUND[1:], "key")}) == 3
