"""Whole simulated calls to a small app over real HTTP and a real websocket."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import time
import wave
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import uvicorn
from fastapi import FastAPI, Request, Response, WebSocket, WebSocketDisconnect
from rich.console import Console
from twilio.request_validator import RequestValidator

from voicebot.simulator import (
    CallerTurn,
    CallerVoice,
    CallOptions,
    CallReport,
    HangUp,
    Press,
    SayText,
    StaySilent,
    place_call,
)
from voicebot.simulator.live import ConversationView, JsonView, conversation_view
from voicebot.speech.audio import Pcm, decode, encode
from voicebot.speech.telephone_line import voiced

TOKEN = "a secret shared with the carrier"
PUBLIC = "https://bot.example.org"
ENDPOINT_FRAMES = 10


def tone(frames: int, hz: float) -> Pcm:
    return (8000 * np.sin(2 * np.pi * hz * np.arange(frames * 160) / 8000)).astype(np.int16)


def wav_bytes(pcm: Pcm) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(pcm.tobytes())
    return content.getvalue()


class Tone:
    """A synthesizer whose every letter lasts 100 ms."""

    name = "tone"

    def speak(self, text: str, pace: str) -> Pcm:
        return tone(5 * len(text), 500)


VOICE = CallerVoice(Tone())


class App:
    """The app that is called: greets, takes one answer over the stream, goodbye, then one key by keypad.

    It interrupts itself as soon as the caller is heard, answers 200 ms after they stop, and refuses
    whatever is not signed. `lead` frames are sent at once, the others one for each frame that comes in.
    """

    def __init__(self, prompt_frames: int = 30, lead: int = 1000) -> None:
        self.prompt_frames, self.lead = prompt_frames, lead
        self.waiting: deque[dict[str, Any]] = deque()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.events: list[dict[str, Any]] = []
        self.journal: list[dict[str, Any]] = []
        self.twiml = {
            "/twilio/voice": f'<Connect><Stream url="wss://{PUBLIC[8:]}/twilio/stream">'
            '<Parameter name="session" value="s1"/></Stream></Connect>'
            "<Redirect>resume?from=stream</Redirect>",
            "/twilio/resume": '<Gather action="/twilio/keys" numDigits="1" timeout="1"'
            ' actionOnEmptyResult="true"><Play>/prompt.wav</Play></Gather>',
            "/twilio/keys": "<Say>Au revoir.</Say><Hangup/>",
            "/twilio/voice/status": "",
        }  # fmt: skip

    def web(self) -> FastAPI:
        web = FastAPI()
        web.add_api_route("/twilio/{name:path}", self.answer, methods=["POST"])
        web.add_api_route("/prompt.wav", self.prompt)
        web.add_api_websocket_route("/twilio/stream", self.stream)
        return web

    async def answer(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        query = f"?{request.url.query}" if request.url.query else ""
        signature = request.headers["X-Twilio-Signature"]
        if not RequestValidator(TOKEN).validate(PUBLIC + request.url.path + query, form, signature):
            return Response(status_code=403)
        self.forms.append((request.url.path, form))
        return Response(f"<Response>{self.twiml[request.url.path]}</Response>", media_type="text/xml")

    async def prompt(self) -> Response:
        return Response(wav_bytes(tone(25, 900)), media_type="audio/x-wav")

    async def stream(self, socket: WebSocket) -> None:
        signature = socket.headers["x-twilio-signature"]
        if not RequestValidator(TOKEN).validate(f"wss://{PUBLIC[8:]}/twilio/stream", {}, signature):
            return await socket.close(1008)
        await socket.accept()
        with suppress(WebSocketDisconnect):
            await self.converse(socket)
        return None

    async def converse(self, socket: WebSocket) -> None:
        talked = quiet = 0
        while True:
            event = json.loads(await socket.receive_text())
            self.events.append(event)
            match event:
                case {"event": "start", "streamSid": sid}:
                    await self.speak(socket, sid, self.prompt_frames, "listen")
                case {"event": "mark", "mark": {"name": "leave"}}:
                    return await socket.close()
                case {"event": "media", "media": {"payload": payload}, "streamSid": sid}:
                    await self.send(socket, 1)
                    if voiced(decode(base64.b64decode(payload))):
                        talked, quiet = talked + 1, 0
                        if talked == 5:
                            await socket.send_json({"event": "clear", "streamSid": sid})
                    elif talked:
                        quiet += 1
                    if quiet == ENDPOINT_FRAMES:
                        talked = quiet = 0
                        turn = {"heard": "oui", "intent": "rsa", "text": "D'accord.", "flow": "rsa"}
                        self.journal.append(turn)
                        await self.speak(socket, sid, 20, "leave")

    async def speak(self, socket: WebSocket, sid: str, frames: int, mark: str) -> None:
        mulaw = encode(tone(frames, 1100))
        for start in range(0, len(mulaw), 160):
            payload = base64.b64encode(mulaw[start : start + 160]).decode()
            self.waiting.append({"event": "media", "streamSid": sid, "media": {"payload": payload}})
        self.waiting.append({"event": "mark", "streamSid": sid, "mark": {"name": mark}})
        await self.send(socket, self.lead)

    async def send(self, socket: WebSocket, count: int) -> None:
        for _ in range(min(count, len(self.waiting))):
            await socket.send_json(self.waiting.popleft())

    def asked(self, path: str) -> list[dict[str, str]]:
        return [form for asked, form in self.forms if asked == path]

    def sent(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == event]

    def before(self, mark: str) -> int:
        """How many frames of the caller had come when `mark` came back."""
        names = [one.get("mark", {}).get("name") for one in self.events]
        return sum(one["event"] == "media" for one in self.events[: names.index(mark)])


@asynccontextmanager
async def served(app: App) -> AsyncIterator[str]:
    server = uvicorn.Server(uvicorn.Config(app.web(), port=0, log_level="error", ws="websockets-sansio"))
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells in no other way
        await asyncio.sleep(0)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    await running


def call(app: App, *turns: CallerTurn, token: str = TOKEN, **options: Any) -> CallReport:
    async def calling() -> CallReport:
        async with served(app) as url:
            return await place_call(url, token, turns, VOICE, CallOptions(public_origin=PUBLIC, **options))

    return asyncio.run(calling())


def sides(path: Path) -> tuple[list[bool], list[bool]]:
    """For each frame of the recording: is the caller heard, is the assistant heard."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 160, 2)
    return [voiced(frame[:, 0]) for frame in samples], [voiced(frame[:, 1]) for frame in samples]


def runs(heard: list[bool]) -> list[tuple[int, int]]:
    """Where sound begins and ends, in frames."""
    edges = np.flatnonzero(np.diff([0, *map(int, heard), 0]))
    return [(int(begin), int(end)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]


def test_a_call_goes_from_the_stream_to_the_keypad_to_its_end(tmp_path: Path) -> None:
    app = App()
    report = call(app, SayText("oui"), Press("4"), wav=tmp_path / "call.wav", journal=lambda sid: app.journal)

    assert (report.ending, report.problems) == ("app_hung_up", ())
    assert [path for path, _ in app.forms] == [
        "/twilio/voice", "/twilio/resume", "/twilio/keys", "/twilio/voice/status"
    ]  # fmt: skip
    assert app.asked("/twilio/voice")[0]["CallSid"] == report.call_sid
    assert app.asked("/twilio/voice")[0]["CallStatus"] == "ringing"
    assert app.asked("/twilio/keys")[0]["Digits"] == "4"
    assert app.asked("/twilio/voice/status")[0]["CallStatus"] == "completed"
    assert app.sent("start")[0]["start"]["customParameters"] == {"session": "s1"}

    caller, assistant = sides(tmp_path / "call.wav")
    (spoken,) = runs(caller)
    prompt, answer, keypad_prompt, _goodbye = runs(assistant)
    assert [end - begin for begin, end in (prompt, answer, keypad_prompt)] == [30, 20, 25]
    assert spoken[0] - prompt[1] == 20, "the caller thinks for 0.4 s after the prompt"
    assert [(answer[0] - spoken[1]) * 20] == list(report.latencies_ms[:1]), (
        "the latency reported is the latency recorded"
    )
    assert ENDPOINT_FRAMES * 20 <= report.latencies_ms[0] <= ENDPOINT_FRAMES * 20 + 60


def test_every_frame_is_160_bytes_numbered_and_marks_come_back_when_played() -> None:
    app = App()
    call(app, SayText("oui"))
    numbers = [int(event["sequenceNumber"]) for event in app.events[1:]]
    assert app.events[0]["event"] == "connected"
    assert numbers == list(range(1, len(numbers) + 1))
    frames = [base64.b64decode(event["media"]["payload"]) for event in app.sent("media")]
    assert {len(frame) for frame in frames} == {160}
    assert all(len(set(frame)) > 1 for frame in frames), "a telephone line is never digitally silent"
    assert [event["media"]["timestamp"] for event in app.sent("media")[:3]] == ["0", "20", "40"]
    # The greeting lasts 30 frames; it may begin a few frames late, never be over early.
    assert 29 <= app.before("listen") <= 45


def test_barge_in_cuts_the_prompt_and_the_mark_comes_back_at_once(tmp_path: Path) -> None:
    app = App(prompt_frames=400)
    report = call(app, SayText("non", barge_in_s=0.5), wav=tmp_path / "call.wav")
    caller, assistant = sides(tmp_path / "call.wav")
    spoken, prompt = runs(caller)[0], runs(assistant)[0]
    assert spoken[0] - prompt[0] == 25
    assert 5 <= prompt[1] - spoken[0] <= 12, "the app needs 5 frames to be sure, then the buffer is empty"
    assert app.before("listen") < 50
    assert report.latencies_ms[0] >= ENDPOINT_FRAMES * 20


def test_in_fast_mode_a_prompt_that_is_sent_frame_by_frame_has_no_holes(tmp_path: Path) -> None:
    began = time.monotonic()
    report = call(App(prompt_frames=500, lead=8), HangUp(), wav=tmp_path / "call.wav")
    (prompt,) = runs(sides(tmp_path / "call.wav")[1])
    assert prompt[1] - prompt[0] == 500
    assert report.seconds > 10
    assert time.monotonic() - began < 5


def test_what_a_carrier_would_complain_about_is_told() -> None:
    class Hasty(App):
        async def converse(self, socket: WebSocket) -> None:
            await self.speak(socket, "MZ of another call", 1, "listen")
            sid = [await socket.receive_json() for _ in range(2)][1]["streamSid"]
            await socket.send_json({"event": "hello", "streamSid": sid})
            await self.speak(socket, sid, 400, "leave")
            await socket.close(1011)

    problems = call(Hasty()).problems
    assert "this stream's streamSid in media" in problems[0]
    assert "expected a media, mark or clear" in problems[2]
    assert "ms of sound not yet played" in problems[3]
    assert "got code 1011" in problems[4]


def test_silence_and_no_key_reach_the_app_as_an_empty_gather() -> None:
    app = App()
    report = call(app, StaySilent(3), keypad=True)
    assert not app.events, "in keypad mode the socket never opens"
    assert app.asked("/twilio/keys")[0]["Digits"] == ""
    assert report.ending == "app_hung_up"


def test_a_key_stops_the_gathers_prompt(tmp_path: Path) -> None:
    app = App()
    call(app, Press("7", barge_in_s=0.2), keypad=True, wav=tmp_path / "call.wav")
    prompt, _goodbye = runs(sides(tmp_path / "call.wav")[1])
    assert prompt[1] - prompt[0] == 11
    assert app.asked("/twilio/keys")[0]["Digits"] == "7"


def test_several_keys_end_with_the_finish_key() -> None:
    app = App()
    app.twiml["/twilio/resume"] = '<Gather action="/twilio/keys"><Say>Code ?</Say></Gather>'
    call(app, Press("75018#"), keypad=True)
    assert app.asked("/twilio/keys")[0].items() >= {"Digits": "75018", "FinishedOnKey": "#"}.items()


def test_keys_over_the_stream_come_as_dtmf() -> None:
    app = App()
    call(app, Press("12"), HangUp(barge_in_s=0), patience_s=0.5)
    assert [event["dtmf"]["digit"] for event in app.sent("dtmf")] == ["1", "2"]


def test_a_caller_who_hangs_up_sends_stop_and_the_status_callback() -> None:
    app = App()
    report = call(app, HangUp())
    assert (report.ending, report.last["result"]) == ("caller_hung_up", "caller_hung_up")
    assert app.events[-1]["event"] == "stop"
    assert [path for path, _ in app.forms] == ["/twilio/voice", "/twilio/voice/status"]


def test_being_put_in_the_queue_ends_the_call() -> None:
    app = App()
    app.twiml["/twilio/voice"] = "<Pause length='1'/><Enqueue action='/twilio/left'>mediators</Enqueue>"
    report = call(app)
    assert (report.ending, report.queue) == ("queued", "mediators")
    assert report.seconds >= 1


def test_a_wrong_token_is_refused_and_told() -> None:
    report = call(App(), SayText("oui"), token="another token")
    assert report.ending == "app_failed"
    assert "/twilio/voice to answer 2xx, got 403" in report.problems[0]


def test_an_app_that_is_not_there_is_told() -> None:
    report = asyncio.run(place_call("http://127.0.0.1:9", TOKEN, [], VOICE, CallOptions()))
    assert report.ending == "app_failed"
    assert "is it running?" in report.problems[0]


def test_a_document_that_is_not_twiml_is_told() -> None:
    app = App()
    app.twiml["/twilio/voice"] = "<Gather>"
    report = call(app)
    assert report.ending == "app_failed"
    assert "12100" in report.problems[0]


def test_the_turns_are_reported_with_what_the_server_understood() -> None:
    app, out = App(), io.StringIO()
    app.journal.append({"heard": None, "text": "Bonjour.", "flow": "accueil", "step": "question"})
    report = call(app, SayText("oui"), HangUp(), journal=lambda sid: app.journal, view=JsonView(out))
    greeting, turn = report.lines
    assert greeting == {
        "turn": 0, "heard": None, "confidence": None, "intent": None, "flow": "accueil", "step": "question",
        "prompt": None, "text": "Bonjour.", "gap_ms": None,
    }  # fmt: skip
    assert (turn["turn"], turn["heard"], turn["intent"]) == (1, "oui", "rsa")
    assert turn["gap_ms"] == report.latencies_ms[0] > 0
    assert report.last == {
        "result": report.ending, "flow": "rsa", "step": "question", "ticket": None, "sms": None
    }  # fmt: skip
    assert [json.loads(text) for text in out.getvalue().splitlines()] == [greeting, turn, report.last]


def test_a_journal_that_must_be_awaited_is_awaited() -> None:
    app = App()

    async def journal(call_sid: str) -> list[Mapping[str, Any]]:
        return [{"text": call_sid, "result": "handed_off", "ticket": "T1"}]

    report = call(app, HangUp(), journal=journal)
    assert report.lines[0]["text"] == report.call_sid
    assert (report.last["result"], report.last["ticket"]) == ("handed_off", "T1")


def test_people_read_the_conversation_as_plain_lines_where_there_is_no_terminal() -> None:
    app, out = App(), io.StringIO()
    app.journal.append({"text": "Bonjour [vous]."})
    with conversation_view(out) as view:
        call(app, SayText("oui"), view=view, journal=lambda sid: app.journal)
    lines = out.getvalue().splitlines()
    assert lines[:2] == ["assistant Bonjour [vous].", "caller    oui"]
    assert "\x1b" not in out.getvalue()
    assert "D'accord." in out.getvalue()


def test_on_a_terminal_a_clock_runs_under_the_conversation() -> None:
    out = io.StringIO()
    with conversation_view(out, Console(file=out, force_terminal=True)) as view:
        view.clock(61.04, "assistant")
        assert isinstance(view, ConversationView)
    assert "01:01.0" in out.getvalue()


def test_in_real_time_a_second_of_audio_takes_a_second() -> None:
    began = time.monotonic()
    report = call(App(), HangUp(), tempo="real_time", think_s=0.2)
    assert 0.8 <= report.seconds <= 1.0
    assert time.monotonic() - began >= report.seconds - 0.1
