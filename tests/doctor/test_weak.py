"""Settings that work and that somebody would regret are told, each with what to do."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from voicebot.config import Settings
from voicebot.doctor.weak import weak, weaknesses
from voicebot.errors import VoicebotError

STRONG = Settings(
    _env_file=None,
    public_url="https://aide.example.org",
    redis_url="redis://:secret@redis:6379/0",
    personal_keys="/srv/keys/personal.sqlite",
    pseudonym_key=SecretStr("a" * 32),
    fallback_number="+33140000000",
)
WEAK = [
    ("public_url", "http://aide.example.org", "VOICEBOT_PUBLIC_URL"),
    ("pseudonym_key", SecretStr("pepper"), "VOICEBOT_PSEUDONYM_KEY"),
    ("redis_url", "redis://redis:6379/0", "REDIS_URL"),
    ("personal_keys", "", "VOICEBOT_PERSONAL_KEYS"),
    ("personal_keys", "redis://:secret@redis:6379/0", "VOICEBOT_PERSONAL_KEYS"),
    ("demo_key", SecretStr("twelve-signs-and-more"), "VOICEBOT_DEMO_KEY"),
    ("reach", "+", "VOICEBOT_REACH"),
    ("texts_an_hour", 1_000_000, "VOICEBOT_TEXTS_AN_HOUR"),
    ("fallback_number", "", "VOICEBOT_FALLBACK_NUMBER"),
]


@pytest.fixture(autouse=True)
def behind_a_named_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "10.0.0.1")


async def test_strong_settings_are_left_alone() -> None:
    assert await weak(STRONG) == "none"


@pytest.mark.parametrize(("field", "value", "name"), WEAK)
def test_each_weakness_is_told_alone(field: str, value: object, name: str) -> None:
    (told,) = weaknesses(STRONG.model_copy(update={field: value}))
    assert told.startswith(name)
    assert "pepper" not in told
    assert "secret" not in told


async def test_all_are_told_at_once() -> None:
    several = STRONG.model_copy(update={"fallback_number": "", "reach": "+"})
    with pytest.raises(VoicebotError, match=r"VOICEBOT_REACH.*VOICEBOT_FALLBACK_NUMBER"):
        await weak(several)


def test_a_proxy_that_nobody_named_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORWARDED_ALLOW_IPS")
    assert [told.split()[0] for told in weaknesses(STRONG)] == ["FORWARDED_ALLOW_IPS"]
