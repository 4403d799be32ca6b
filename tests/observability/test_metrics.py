"""What Prometheus reads: counts and waits of what was done, and nothing that anybody said."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
import structlog

from voicebot.channels.sms import SMS_PATH
from voicebot.config import Settings
from voicebot.observability import metrics
from voicebot.observability.logs import configure
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.telephony import sign

SOMEBODY = "+33639980066"


@pytest.fixture
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    with rehearse(Settings(_env_file=None, recognizer="none"), tmp_path_factory.mktemp("redis")) as running:
        yield running


def texted(running: Rehearsal, body: str, number: int) -> None:
    form = {"MessageSid": f"SM{number:032x}", "From": SOMEBODY, "To": "+33939000001", "Body": body}
    url = running.url + SMS_PATH
    httpx.post(
        url, data=form, headers={"X-Twilio-Signature": sign(url, form, running.auth_token)}, timeout=20
    )


def value(page: str, start: str) -> float:
    return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.startswith(start))


def test_a_conversation_is_counted_by_procedure_and_step(running: Rehearsal) -> None:
    before = httpx.get(running.url + "/metrics").text
    texted(running, "je voudrais demander le RSA, je suis Zoubida", 1)
    texted(running, "61 ans", 2)
    texted(running, "la fenêtre est ouverte", 3)
    page = httpx.get(running.url + "/metrics").text
    for start, more in {
        'voicebot_events_total{what="texts"': 1,
        'voicebot_events_total{what="topic",which="rsa"}': 1,
        'voicebot_events_total{what="reached",which="rsa.france"}': 1,
        'voicebot_events_total{what="unclear",which="rsa.france"}': 1,
    }.items():
        assert value(page, start) - value(before, start) == more, start
    assert "Zoubida" not in page
    assert "39980066" not in page
    assert value(page, 'voicebot_outbox{kind="sms",state="waiting"}') == 0
    assert value(page, "voicebot_store_up") == 1
    assert value(page, "voicebot_queue_tickets") == 0
    texted(running, "CONSEILLER", 4)
    page = httpx.get(running.url + "/metrics").text
    assert value(page, "voicebot_queue_tickets") == 1
    assert 0 <= value(page, "voicebot_queue_wait_seconds") < 60


def test_replies_are_measured_by_question_and_part() -> None:
    metrics.replied("yes_no", {"endpointing": 0.16, "recognition": 0.01, "dialogue": 0.003, "speech": 0.03})
    page = metrics.page().decode()
    assert value(page, 'voicebot_reply_seconds_count{part="all",question="yes_no"}') >= 1
    assert value(page, 'voicebot_reply_seconds_bucket{le="0.3",part="all",question="yes_no"}') >= 1


def test_what_goes_wrong_is_counted_by_its_kind() -> None:
    configure()
    before = value(metrics.page().decode(), 'voicebot_failures_total{error="OSError",where="stream broken"}')
    structlog.get_logger().error("stream broken", error="OSError")
    after = value(metrics.page().decode(), 'voicebot_failures_total{error="OSError",where="stream broken"}')
    assert after - before == 1
