"""The whole API, asked by schemathesis for whatever its own routes allow: every answer is one of ours."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.etree.ElementTree import fromstring

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from redis.asyncio import Redis
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from tests.console.conftest import PASSWORD, TOKEN
from tests.resilience.api import document
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.console import passwords
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.store.accounts import Accounts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("failures")]

EXAMPLES = 4
CALL, TEXT = "CA" + "1" * 32, "SM" + "1" * 32
EMAIL = "awa@example.org"
#: No answer may take longer, however odd the question.
LONGEST_S = 10.0
_PRIVATE = re.compile(r"Traceback|site-packages|\.py\b")


@dataclass
class Api:
    """The running service, and somebody who is signed in to its console."""

    running: Rehearsal
    session: requests.Session
    token: str

    def ask(self, case: schemathesis.Case) -> requests.Response:
        """Send a case as who may send it: signed as Twilio, or with the console's token."""
        told = case.as_transport_kwargs(base_url=self.running.url)
        told.pop("cookies", None)
        if isinstance(told.get("data"), dict) and "/mediation" in told["url"]:
            told["data"] = {**told["data"], "token": self.token}
        prepared = self.session.prepare_request(requests.Request(**told))
        if "/twilio/" in told["url"]:
            prepared.headers["X-Twilio-Signature"] = signed(prepared, self.running.auth_token)
        return self.session.send(prepared, timeout=LONGEST_S, allow_redirects=False)


def signed(request: requests.PreparedRequest, token: str) -> str:
    """As Twilio signs: the address, and every field as it was sent."""
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
    fields = ImmutableMultiDict(parse_qsl(body, keep_blank_values=True))
    return str(RequestValidator(token).compute_signature(request.url, fields))


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """The real service with a mediator."""
    stores: list[Redis] = []

    def made(options: Settings, redis: Redis) -> Service:
        stores.append(redis)
        return build(options, redis)

    folder = tmp_path_factory.mktemp("api")
    with rehearse(
        Settings(_env_file=None, recognizer="none", var=folder), folder / "redis", make=made
    ) as running:
        accounts = Accounts(stores[0], running.service.privacy)
        hired = accounts.add(EMAIL, "Awa Diallo", "administrator", passwords._HASHER.hash(PASSWORD))
        asyncio.run_coroutine_threadsafe(hired, running.loop).result(20)
        yield Api(running, *signed_in(running.url))


KNOWN = {
    "CallSid": [CALL],
    "MessageSid": [TEXT],
    "From": ["+33639980330", "anonymous", ""],
    "To": ["+33939000001"],
    "CallStatus": ["ringing", "in-progress", "completed"],
    "Digits": ["1", "0", "21", "*", "75018"],
    "FinishedOnKey": ["#"],
    "Body": ["RSA", "oui", "OUBLI", "STOP", "START", "CONSEILLER", "je veux mourir"],
    "NumMedia": ["0", "1"],
    "turn": ["0", "1", "5"],
    "name": ["rsa", "volume", "silence-500", "pico"],
    "number": ["0", "1"],
    "day": ["2026-12-24"],
    "time": ["10:00"],
}


def signed_in(url: str) -> tuple[requests.Session, str]:
    session = requests.Session()
    page = session.get(f"{url}/mediation/sign-in", timeout=20).text
    found = TOKEN.search(page)
    assert found
    form = {"token": found[1], "email": EMAIL, "password": PASSWORD}
    page = session.post(f"{url}/mediation/sign-in", data=form, timeout=20).text
    found = TOKEN.search(page)
    assert found, "signing in failed"
    return session, found[1]


def test_no_question_breaks_the_service(api: Api) -> None:
    schema = schemathesis.openapi.from_dict(document(api.running.app, KNOWN))
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 50
    for operation in operations:
        _try(api, operation)


def _try(api: Api, operation: Any) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy())
    def tried(case: schemathesis.Case) -> None:
        answer = api.ask(case)
        assert answer.status_code < 500, operation.label
        assert answer.elapsed.total_seconds() < LONGEST_S, operation.label
        assert not _PRIVATE.search(answer.text), "an answer tells nothing of our insides"
        if answer.headers.get("content-type", "").startswith("text/xml"):
            assert fromstring(answer.text).tag == "Response", operation.label

    tried()
