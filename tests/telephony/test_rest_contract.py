"""Every request that we make of Twilio, held against Twilio's own OpenAPI document by Prism."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.node_tools import Prism, prism
from voicebot.errors import TwilioRefused
from voicebot.telephony.rest import TwilioClient

DOCUMENT = Path(__file__).parents[1] / "twilio_openapi" / "twilio.json"
SOMEBODY, OURS = "+33639980001", "+33939000001"
CALL, HOOK = "CA" + "0a" * 16, "https://aide.example.org/hook?of=sealed"
#: What Prism answers to a request that the document does not allow.
UNPROCESSABLE = 422

Request = Callable[[TwilioClient], Awaitable[object]]


@pytest.fixture(scope="module")
def mock() -> Iterator[Prism]:
    with prism(DOCUMENT) as running:
        yield running


@pytest.fixture
def client(mock: Prism) -> TwilioClient:
    return TwilioClient("AC" + "0b" * 16, "secret", base_url=mock.url)


def a_call_back(client: TwilioClient) -> Awaitable[object]:
    return client.create_call(
        to=SOMEBODY,
        from_=OURS,
        url=HOOK,
        status_callback=HOOK,
        timeout_s=25,
        detect_machine=True,
        machine_callback=HOOK,
    )


ALLOWED: dict[str, Request] = {
    "a text": lambda client: client.create_message(
        to=SOMEBODY, from_=OURS, body="Votre résumé : 12 €", status_callback=HOOK
    ),
    "a call back": a_call_back,
    "a plain call": lambda client: client.create_call(to=SOMEBODY, from_=OURS, url=HOOK),
    "a call moved to an address": lambda client: client.update_call(CALL, url=HOOK),
    "a call moved to a document": lambda client: client.update_call(CALL, twiml="<Response/>"),
    "a call ended": lambda client: client.update_call(CALL, end=True),
    "a call to a mediator": lambda client: client.create_call(
        to=SOMEBODY,
        from_=OURS,
        url=HOOK,
        status_callback=HOOK,
        timeout_s=20,
        detect_machine=True,
        machine_callback=HOOK,
    ),
    "an empty queue removed": lambda client: client.delete_queue("QU" + "0a" * 16),
    "texts looked for": lambda client: client.find_messages(to=SOMEBODY, from_=OURS, body="x", since=0.0),
    "the account": lambda client: client.account(),
    "its numbers": lambda client: client.numbers(),
    "calls looked for": lambda client: client.find_calls(to=SOMEBODY, from_=OURS, since=0.0),
}


@pytest.mark.parametrize("name", ALLOWED)
async def test_twilio_allows(client: TwilioClient, mock: Prism, name: str) -> None:
    before = len(mock.log)
    await ALLOWED[name](client)
    asked = "".join(mock.log[before:])
    assert "Request received" in asked
    assert "did not pass the validation rules" not in asked


def a_wrong_account(mock: Prism) -> TwilioClient:
    return TwilioClient("AC-not-an-account", "secret", base_url=mock.url)


WRONG: dict[str, Request] = {
    "a call that is none": lambda client: client.update_call("CA-not-a-call", end=True),
    "a queue that is none": lambda client: client.delete_queue("everybody"),
    "a status callback that is no address": lambda client: client.create_call(
        to=SOMEBODY, from_=OURS, url="not an address", status_callback="neither"
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_prism_refuses_what_twilio_would(client: TwilioClient, name: str) -> None:
    with pytest.raises(TwilioRefused) as refused:
        await WRONG[name](client)
    assert refused.value.status == UNPROCESSABLE


async def test_prism_refuses_another_account(mock: Prism) -> None:
    with pytest.raises(TwilioRefused) as refused:
        await a_wrong_account(mock).create_message(to=SOMEBODY, from_=OURS, body="bonjour")
    assert refused.value.status == UNPROCESSABLE
