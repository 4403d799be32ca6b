"""Texts and call-backs through the whole service: webhook, outbox, queue, Twilio, and its reports back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from urllib.parse import parse_qsl, urlsplit
from xml.etree.ElementTree import Element, fromstring

import httpx
import pytest
from pydantic import SecretStr

from voicebot.config import Settings
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.simulator.twilio_api import Taken, TwilioAccount, twilio_api
from voicebot.telephony import sign

SOMEBODY, OURS, RING_US = "+33639980011", "+33939000001", "+33939000002"
CALL = "CA" + "0a" * 16
_DEADLINE_S = 30.0
_LOOK_S = 0.02
_numbers = count(1)


@pytest.fixture
def twilio() -> Iterator[TwilioAccount]:
    with twilio_api() as account:
        yield account


@pytest.fixture
def running(twilio: TwilioAccount, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    """The service with an account, where nobody sleeps: it may call at any hour."""
    settings = Settings(
        _env_file=None,
        recognizer="none",
        twilio_account="AC" + "0b" * 16,
        twilio_token=SecretStr("replaced"),
        twilio_api=twilio.url,
        sms_from=OURS,
        missed_call_numbers=RING_US,
        missed_call_s=5.0,
        calling_hours=(0, 24),
    )
    with rehearse(settings, tmp_path_factory.mktemp("redis")) as running:
        yield running


def posted(running: Rehearsal, url: str, **form: str) -> httpx.Response:
    """Ask `url` (a path, or the whole address we gave Twilio) as Twilio does."""
    address = url if url.startswith("http") else running.url + url
    signature = sign(address, form, running.auth_token)
    return httpx.post(address, data=form, headers={"X-Twilio-Signature": signature}, timeout=20)


def texted(running: Rehearsal, body: str) -> str:
    sid = f"SM{next(_numbers):032x}"
    form = {"MessageSid": sid, "From": SOMEBODY, "To": OURS, "Body": body, "NumMedia": "0"}
    answer = fromstring(posted(running, "/twilio/sms", **form).text)
    return "\n".join(message.text or "" for message in answer)


def called(running: Rehearsal, url: str, to: str = OURS, call: str = CALL, **form: str) -> Element:
    fields = {"CallSid": call, "From": SOMEBODY, "To": to, "CallStatus": "in-progress", **form}
    return fromstring(posted(running, url, **fields).text)


def until(found: Callable[[], bool]) -> None:
    """What the service does by itself can only be looked for, again and again."""
    end = time.monotonic() + _DEADLINE_S
    while not found():
        assert time.monotonic() < end, "nothing came"
        time.sleep(_LOOK_S)


def reported(running: Rehearsal, taken: Taken, **form: str) -> int:
    """Twilio's report on a text or call, to the address that we gave it."""
    return posted(running, taken.asked["StatusCallback"], **form).status_code


def test_a_call_that_breaks_off_is_followed_by_a_text(running: Rehearsal, twilio: TwilioAccount) -> None:
    document = called(running, "/twilio/voice")
    gather = document.find(".//Gather")
    assert gather is not None
    called(running, gather.attrib["action"], Digits="1")
    posted(running, "/twilio/voice/status", CallSid=CALL, CallStatus="completed")
    until(lambda: bool(twilio.texts))
    assert "SUITE" in twilio.texts[0].asked["Body"]
    assert (
        reported(running, twilio.texts[0], MessageSid=twilio.texts[0].sid, MessageStatus="delivered") == 204
    )


def test_rappel_starts_a_call_where_the_texter_was(running: Rehearsal, twilio: TwilioAccount) -> None:
    texted(running, "demander le RSA")
    question = texted(running, "61")
    assert "nous vous appelons" in texted(running, "RAPPEL")
    until(lambda: bool(twilio.calls))
    asked = twilio.calls[0].asked
    assert (asked["To"], asked["From"]) == (SOMEBODY, OURS)
    document = called(running, asked["Url"], From=OURS, to=SOMEBODY, call=twilio.calls[0].sid)
    assert document.find(".//Gather") is not None
    tokens = [token_of(element.text or "") for element in document.iter("Play")]
    spoken = [token for token in tokens if not token.startswith("silence-")]
    heard = " ".join(str(running.service.privacy.unseal(token)) for token in spoken)
    assert "vous avez demandé à être rappelé" in heard
    assert "France" in question
    assert "France" in heard


def token_of(url: str) -> str:
    return urlsplit(url).path.rpartition("/")[2].removesuffix(".wav")


def test_a_machine_is_not_talked_to_and_the_person_is_texted(
    running: Rehearsal, twilio: TwilioAccount
) -> None:
    texted(running, "RSA")
    texted(running, "RAPPEL")
    until(lambda: bool(twilio.calls))
    call = twilio.calls[0]
    of = dict(parse_qsl(urlsplit(call.asked["AsyncAmdStatusCallback"]).query))
    assert set(of) == {"of"}
    answer = posted(
        running, call.asked["AsyncAmdStatusCallback"], CallSid=call.sid, AnsweredBy="machine_start"
    )
    assert answer.status_code == 204
    assert twilio.ended == [call.sid]
    until(lambda: bool(twilio.texts))
    assert "RAPPEL" in twilio.texts[0].asked["Body"]


def test_a_number_that_only_rings_costs_nothing_and_calls_back(
    running: Rehearsal, twilio: TwilioAccount
) -> None:
    document = called(running, "/twilio/voice", to=RING_US)
    assert [element.tag for element in document] == ["Reject"]
    until(lambda: bool(twilio.calls))
    assert twilio.calls[0].asked["To"] == SOMEBODY


def test_who_hangs_up_at_once_is_called_back(running: Rehearsal, twilio: TwilioAccount) -> None:
    called(running, "/twilio/voice")
    posted(running, "/twilio/voice/status", CallSid=CALL, CallStatus="completed")
    until(lambda: bool(twilio.calls))
    assert twilio.calls[0].asked["To"] == SOMEBODY


def test_a_report_that_we_did_not_ask_for_changes_nothing(running: Rehearsal) -> None:
    answer = posted(
        running, "/twilio/sms/status?of=nonsense", MessageSid="SM" + "0a" * 16, MessageStatus="sent"
    )
    assert answer.status_code == 204
    unsigned = httpx.post(running.url + "/twilio/sms/status?of=x", data={"MessageSid": "SM1"})
    assert unsigned.status_code == 403
