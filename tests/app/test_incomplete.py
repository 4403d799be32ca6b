"""A first start before everything is set: it runs, and says all that is missing at once."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

from tests.conftest import DATA_KEY
from voicebot.app.incomplete import missing_to_send, missing_to_serve, waiting_app
from voicebot.app.site import create_app
from voicebot.config import Settings
from voicebot.errors import ConfigError

NOTHING = Settings(_env_file=None)
COMPLETE = NOTHING.model_copy(
    update={
        "twilio_account": "AC" + "0b" * 16,
        "twilio_token": SecretStr("token"),
        "data_keys": SecretStr(DATA_KEY),
        "pseudonym_key": SecretStr("pepper"),
        "sms_from": "+33939000001",
    }
)


def names(missing: tuple[str, ...]) -> list[str]:
    return [sentence.split()[0].rstrip(":") for sentence in missing]


def test_all_that_is_missing_is_told_at_once() -> None:
    assert names(missing_to_serve(NOTHING)) == ["VOICEBOT_TWILIO_TOKEN", "VOICEBOT_PSEUDONYM_KEY"]
    assert names(missing_to_send(NOTHING)) == ["VOICEBOT_TWILIO_ACCOUNT", "VOICEBOT_PSEUDONYM_KEY"]
    with pytest.raises(ConfigError, match=r"VOICEBOT_TWILIO_TOKEN.*VOICEBOT_DATA_KEYS"):
        create_app(NOTHING)


def test_an_account_without_a_number_sends_nothing() -> None:
    without = COMPLETE.model_copy(update={"sms_from": ""})
    assert names(missing_to_serve(without)) == ["VOICEBOT_SMS_FROM"]
    assert names(missing_to_send(without)) == ["VOICEBOT_TWILIO_ACCOUNT"]


def test_where_all_is_set_nothing_is_missing() -> None:
    assert missing_to_serve(COMPLETE) == missing_to_send(COMPLETE) == ()


async def test_meanwhile_it_says_what_is_missing_and_takes_no_call() -> None:
    missing = missing_to_serve(NOTHING)
    transport = httpx.ASGITransport(waiting_app(missing))
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        health = await client.get("/health")
        assert (health.status_code, health.json()["missing"]) == (200, list(missing))
        assert (await client.get("/ready")).status_code == 503
        assert (await client.get("/ready?incomplete=ok")).status_code == 200, "the first start worked"
        assert (await client.post("/twilio/voice")).status_code == 404
