"""The REST client against a server that answers what we prepare, over a real connection."""

from __future__ import annotations

import json
import logging
import socket
import threading
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from voicebot.errors import TwilioRefused, TwilioUnreachable
from voicebot.telephony.rest import TwilioClient

ACCOUNT = "AC" + "0b" * 16
CALL = "CA" + "0a" * 16
NUMBER = "+33639980001"
OURS = "+33937000001"


class Api(ThreadingHTTPServer):
    """Twilio's part: keeps what it was asked, answers `status` and `body`, or nothing."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[tuple[str, dict[str, list[str]], str]] = []
        self.status, self.body = 201, json.dumps({"sid": "SM1"})
        self.silent = threading.Event()
        self.may_answer = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Api

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode(), keep_blank_values=True)
        self.server.asked.append((self.path, form, self.headers["Authorization"]))
        if self.server.silent.is_set():
            self.server.may_answer.wait(10)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body.encode())

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        threading.Thread(target=api.serve_forever, args=(0.01,), daemon=True).start()
        yield api
        api.may_answer.set()
        api.shutdown()


def client(api: Api, timeout_s: float = 5.0) -> TwilioClient:
    return TwilioClient(ACCOUNT, "secret", base_url=api.url, timeout_s=timeout_s)


async def test_a_text_is_sent(api: Api) -> None:
    sid = await client(api).create_message(to=NUMBER, from_=OURS, body="Votre rendez-vous : 9 h.")
    ((path, form, authorization),) = api.asked
    assert sid == "SM1"
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert form == {"To": [NUMBER], "From": [OURS], "Body": ["Votre rendez-vous : 9 h."]}
    assert b64decode(authorization.removeprefix("Basic ")).decode() == f"{ACCOUNT}:secret"


async def test_a_call_is_placed_that_notices_answering_machines(api: Api) -> None:
    await client(api).create_call(
        to=NUMBER,
        from_=OURS,
        url="https://h/callback",
        status_callback="https://h/status",
        detect_machine=True,
        machine_callback="https://h/machine",
    )
    ((path, form, _),) = api.asked
    assert path == f"/2010-04-01/Accounts/{ACCOUNT}/Calls.json"
    assert form == {
        "To": [NUMBER],
        "From": [OURS],
        "Url": ["https://h/callback"],
        "Method": ["POST"],
        "Timeout": ["25"],
        "StatusCallback": ["https://h/status"],
        "StatusCallbackEvent": ["completed"],
        "MachineDetection": ["Enable"],
        "AsyncAmd": ["true"],
        "AsyncAmdStatusCallback": ["https://h/machine"],
    }


async def test_a_call_is_moved_or_ended(api: Api) -> None:
    api.status = 200
    await client(api).update_call(CALL, twiml="<Response/>")
    await client(api).update_call(CALL, url="https://h/next")
    await client(api).update_call(CALL, end=True)
    assert {path for path, _, _ in api.asked} == {f"/2010-04-01/Accounts/{ACCOUNT}/Calls/{CALL}.json"}
    assert [form for _, form, _ in api.asked] == [
        {"Twiml": ["<Response/>"]},
        {"Url": ["https://h/next"], "Method": ["POST"]},
        {"Status": ["completed"]},
    ]


@pytest.mark.parametrize(
    ("status", "code", "temporary"), [(400, 21610, False), (429, 20429, True), (503, 20503, True)]
)
async def test_a_refusal_has_its_code_and_no_number(
    api: Api, status: int, code: int, temporary: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.status = status
    api.body = json.dumps({"code": code, "message": f"The number {NUMBER} opted out", "status": status})
    with pytest.raises(TwilioRefused) as caught:
        await client(api).create_message(to=NUMBER, from_=OURS, body="Bonjour")
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.temporary is temporary
    assert str(code) in str(caught.value)
    assert NUMBER not in str(caught.value)
    assert caught.value.__suppress_context__
    assert NUMBER not in caplog.text
    assert "twilio.http_client" not in {record.name for record in caplog.records}
    assert len(api.asked) == 1


async def test_a_refusal_without_words_is_a_refusal(api: Api) -> None:
    api.status, api.body = 502, "<html>Bad gateway</html>"
    with pytest.raises(TwilioRefused) as caught:
        await client(api).create_message(to=NUMBER, from_=OURS, body="Bonjour")
    assert (caught.value.code, caught.value.status) == (502, 502)


@pytest.mark.parametrize("body", ["", "<html/>", "[]", "null", "{}", '{"sid": null}'])
async def test_an_answer_that_is_not_twilios_is_no_answer(api: Api, body: str) -> None:
    api.body = body
    with pytest.raises(TwilioUnreachable):
        await client(api).create_message(to=NUMBER, from_=OURS, body="Bonjour")


async def test_a_server_that_never_answers_is_given_up(api: Api) -> None:
    api.silent.set()
    with pytest.raises(TwilioUnreachable, match="ReadTimeout"):
        await client(api, timeout_s=0.05).create_message(to=NUMBER, from_=OURS, body="Bonjour")


async def test_nobody_there_is_said_without_a_number() -> None:
    with socket.socket() as bound:  # bound and not listening: nothing can connect here
        bound.bind(("127.0.0.1", 0))
        nobody = TwilioClient(ACCOUNT, "secret", base_url=f"http://127.0.0.1:{bound.getsockname()[1]}")
        with pytest.raises(TwilioUnreachable) as caught:
            await nobody.create_message(to=NUMBER, from_=OURS, body="Bonjour")
    assert NUMBER not in str(caught.value)
