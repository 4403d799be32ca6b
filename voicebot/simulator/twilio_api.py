"""Twilio's REST API, simulated: takes texts and calls, lists them, and can fail like the real one.

Covers only what `voicebot.telephony.rest` asks for, over real HTTP. Source of the shapes: Twilio's OpenAPI
document, against which the client is tested separately.
"""

from __future__ import annotations

import json
import threading
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

_LOCALHOST: Final = "127.0.0.1"
_POLL_S: Final = 0.01
_PREFIXES: Final = {"Messages": "SM", "Calls": "CA"}


@dataclass(frozen=True)
class Taken:
    """One text or call that was accepted; `asked` are the fields of the request, `at` is in Unix seconds."""

    sid: str
    asked: dict[str, str]
    at: float
    """Unix seconds."""


@dataclass(frozen=True)
class Trouble:
    """What goes wrong with a request, after `wait_s` seconds.

    Either it is refused with Twilio's error `code` and HTTP `status`, or it is accepted but the response
    never
    arrives (`answer_lost`).
    """

    code: int = 0
    status: int = 0
    answer_lost: bool = False
    wait_s: float = 0.0


@dataclass
class TwilioAccount:
    """What an account holds; `ended` calls and `deleted` queues by SID.

    `trouble` is consulted before each request to create something. `numbers` are its telephone numbers, with
    the fields of Twilio's IncomingPhoneNumber. If `token` is set, any other token is refused.
    """

    trouble: Callable[[str], Trouble] = lambda kind: Trouble()
    texts: list[Taken] = field(default_factory=list)
    calls: list[Taken] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    numbers: list[dict[str, Any]] = field(default_factory=list)
    status: str = "active"
    token: str | None = None
    url: str = ""
    #: What came with texts: content by the path of its address.
    media: dict[str, bytes] = field(default_factory=dict)
    clock: Callable[[], float] = time.time

    def of(self, kind: str) -> list[Taken]:
        """All texts ("Messages") or calls ("Calls"), oldest first."""
        return self.texts if kind == "Messages" else self.calls


@contextmanager
def twilio_api(account: TwilioAccount | None = None) -> Iterator[TwilioAccount]:
    """Serve an account on a free local port until the block ends."""
    served = account or TwilioAccount()
    server = _Server((_LOCALHOST, 0), _Handler)
    server.account = served
    served.url = f"http://{_LOCALHOST}:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(_POLL_S,), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    account: TwilioAccount


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        fields = dict(parse_qsl(self._body(), keep_blank_values=True))
        kind, _, sid = self._path().partition("/")
        if kind not in _PREFIXES:
            self._answer(HTTPStatus.NOT_FOUND, _problem(20404, HTTPStatus.NOT_FOUND))
        elif sid:
            self.server.account.ended.append(sid)
            self._answer(HTTPStatus.OK, {"sid": sid})
        else:
            self._create(kind, fields)

    def do_GET(self) -> None:
        account, kind = self.server.account, self._path()
        if urlsplit(self.path).path in account.media:
            self._send(account.media[urlsplit(self.path).path])
        elif account.token is not None and self._token() != account.token:
            self._answer(HTTPStatus.UNAUTHORIZED, _problem(20003, HTTPStatus.UNAUTHORIZED))
        elif not kind:
            self._answer(HTTPStatus.OK, {"sid": "AC" + "0" * 32, "status": account.status})
        elif kind == "IncomingPhoneNumbers":
            numbers = {"incoming_phone_numbers": account.numbers, "next_page_uri": None, "page": 0}
            self._answer(HTTPStatus.OK, numbers)
        else:
            self._list()

    def _list(self) -> None:
        wanted = dict(parse_qsl(urlsplit(self.path).query))
        kind = self._path()
        found = [taken for taken in self.server.account.of(kind) if _fits(taken, wanted)]
        listed = [_shown(taken) for taken in reversed(found)]
        self._answer(HTTPStatus.OK, {kind.lower(): listed, "next_page_uri": None, "page": 0})

    def do_DELETE(self) -> None:
        account, (kind, _, sid) = self.server.account, self._path().partition("/")
        file = account.media.pop(urlsplit(self.path).path.removesuffix(".json"), None)
        known = file is not None or (kind == "Queues" and bool(sid))
        if known:
            account.deleted.append(sid)
        self.send_response(HTTPStatus.NO_CONTENT if known else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing: an address may contain a number."""

    def _create(self, kind: str, fields: dict[str, str]) -> None:
        account = self.server.account
        trouble = account.trouble(kind)
        if trouble.wait_s:
            time.sleep(trouble.wait_s)  # in this request's own thread
        if trouble.code:
            status = HTTPStatus(trouble.status or HTTPStatus.BAD_REQUEST)
            return self._answer(status, _problem(trouble.code, status))
        taken = Taken(_PREFIXES[kind] + uuid4().hex, fields, account.clock())
        account.of(kind).append(taken)
        if trouble.answer_lost:
            return self._break_off()
        return self._answer(HTTPStatus.CREATED, _shown(taken))

    def _break_off(self) -> None:
        """As if the network broke after the request arrived."""
        self.close_connection = True
        self.connection.close()

    def _path(self) -> str:
        """What follows the account in the path: `Messages` or `Calls/CA…`."""
        return urlsplit(self.path).path.split("/Accounts/", 1)[-1].partition("/")[2].removesuffix(".json")

    def _token(self) -> str:
        """The password of the request."""
        _, _, sent = self.headers.get("Authorization", "").partition(" ")
        return b64decode(sent).decode().partition(":")[2]

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time of Twilio's clock, which responses carry."""
        return super().date_time_string(self.server.account.clock() if timestamp is None else timestamp)

    def _body(self) -> str:
        return self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()

    def _send(self, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _answer(self, status: HTTPStatus, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _fits(taken: Taken, wanted: dict[str, str]) -> bool:
    return all(taken.asked.get(name) == wanted[name] for name in ("To", "From") if name in wanted)


def _shown(taken: Taken) -> dict[str, Any]:
    asked = taken.asked
    return {
        "sid": taken.sid,
        "to": asked.get("To"),
        "from": asked.get("From"),
        "body": asked.get("Body"),
        "status": "queued",
        "date_created": formatdate(taken.at, usegmt=True),
    }


def _problem(code: int, status: int) -> dict[str, Any]:
    return {"code": code, "message": "simulated", "more_info": "", "status": status}
