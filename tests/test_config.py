"""Settings: a wrong value stops the start with its name, what came and what was expected. Secrets stay so."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.cli import BAD_USAGE, main
from voicebot.config import Settings, is_secret, name_of, read_settings, unknown_names
from voicebot.errors import ConfigError

ACCOUNT = "AC" + "0b" * 16


@pytest.fixture(autouse=True)
def nothing_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in map(name_of, Settings.model_fields):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


#: One wrong value for every setting that can have one, and a word of what is expected.
WRONG = {
    "VOICEBOT_PUBLIC_URL": ("aide.example.org", "https://"),
    "VOICEBOT_PORT": ("99999", "65535"),
    "REDIS_URL": ("localhost:6379", "redis://"),
    "VOICEBOT_TWILIO_ACCOUNT": ("SK" + "0b" * 16, "AC"),
    "VOICEBOT_DEMO_KEY": ("short", "12"),
    "VOICEBOT_RECOGNIZER": ("siri", "whisper"),
    "VOICEBOT_SECOND_OPINION": ("perhaps", "boolean"),
    "VOICEBOT_EARS": ("ears.example.org", "wyoming://"),
    "VOICEBOT_VOICE_AHEAD": ("robot", "kokoro"),
    "VOICEBOT_VOICE_NOW": ("robot", "pico"),
    "VOICEBOT_SMS_FROM": ("0939000001", "+33"),
    "VOICEBOT_MISSED_CALL_S": ("-1", "0"),
    "VOICEBOT_MISSED_CALL_NUMBERS": ("+33939000001;+33939000002", "commas"),
    "VOICEBOT_WORKER": ("outside", "apart"),
    "VOICEBOT_DRAIN_S": ("-1", "0"),
    "VOICEBOT_INCOMPLETE": ("later", "wait"),
    "VOICEBOT_TEXTS_A_DAY": ("many", "integer"),
    "VOICEBOT_CALLING_HOURS": ("20-8", "8-20"),
    "VOICEBOT_CALLS_BACK_A_DAY": ("-1", "0"),
    "VOICEBOT_REACH": ("33,262", "+33"),
    "VOICEBOT_TEXTS_AN_HOUR": ("-1", "0"),
    "VOICEBOT_CALLS_BACK_AN_HOUR": ("some", "integer"),
    "VOICEBOT_CALLS_FROM_ONE": ("0", "1"),
    "VOICEBOT_CALLS_A_MINUTE": ("0", "1"),
    "VOICEBOT_FALLBACK_NUMBER": ("+33939000001,+33939000002", "+33"),
}
#: Any words will do for these; keys are looked at where they are used (tests/doctor/test_doctor.py).
FREE = {
    "VOICEBOT_HOST",
    "VOICEBOT_VAR",
    "VOICEBOT_DATA",
    "VOICEBOT_RECORDINGS",
    "VOICEBOT_CONTENT",
    "VOICEBOT_TWILIO_API",
    "VOICEBOT_EARS_MODEL",
    "VOICEBOT_EARS_KEY",
    "VOICEBOT_OPENFISCA",
    "VOICEBOT_PERSONAL_KEYS",
    "VOICEBOT_SPOOL",
    "VOICEBOT_TWILIO_TOKEN",
    "VOICEBOT_TWILIO_TOKEN_OLD",
    "VOICEBOT_DATA_KEYS",
    "VOICEBOT_PSEUDONYM_KEY",
}


def test_every_setting_is_accounted_for() -> None:
    assert {*WRONG, *FREE} == set(map(name_of, Settings.model_fields))


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_by_name_with_what_came(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    value, expected = WRONG[name]
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigError) as refused:
        read_settings()
    told = str(refused.value)
    assert told.startswith(f"{name}: expected")
    assert expected in told
    assert ".env" in told
    field = next(field for field in Settings.model_fields if name_of(field) == name)
    assert (f"got '{value}'" in told) is not is_secret(field)
    assert (value not in told) is is_secret(field)


def test_several_wrong_values_are_told_together_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, (value, _) in WRONG.items():
        monkeypatch.setenv(name, value)
    assert main(["serve"]) == BAD_USAGE
    told = capsys.readouterr().err.strip()
    assert len(told.splitlines()) == 1
    assert [name for name in WRONG if f"{name}: " not in told] == []


def test_secrets_are_neither_shown_nor_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    secret = {field: f"hush-{field}-hush" for field in Settings.model_fields if is_secret(field)}
    secret |= {"redis_url": "redis://:hush@localhost:6379/0", "twilio_account": ACCOUNT}
    secret["personal_keys"] = "redis://:hush@localhost:6380/0"
    for field, value in secret.items():
        monkeypatch.setenv(name_of(field), value)
    settings = read_settings()
    shown = {field: str(getattr(settings, field)) for field in secret}
    assert [field for field, text in shown.items() if "-hush" in text] == []
    monkeypatch.setenv("VOICEBOT_PORT", "x")
    with pytest.raises(ConfigError) as refused:
        read_settings()
    assert "hush" not in str(refused.value)


def test_what_is_left_empty_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    default = read_settings()
    for name in map(name_of, Settings.model_fields):
        monkeypatch.setenv(name, "")
    assert read_settings() == default


@pytest.mark.parametrize("written", ["9-18", "9,18", "[9, 18]", " 9 - 18 "])
def test_hours_may_be_written_in_several_ways(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_CALLING_HOURS", written)
    assert read_settings().calling_hours == (9, 18)


@pytest.mark.parametrize("written", ["8", "eight-nine", "8-99", "8-8", "8-20-22"])
def test_hours_that_are_none_are_refused(written: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_CALLING_HOURS", written)
    with pytest.raises(ConfigError, match="VOICEBOT_CALLING_HOURS"):
        read_settings()


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("VOICEBOT_PORT=1\nVOICEBOT_HOST=0.0.0.0\nVOICEBOT_SITE=aide.example.org\n")
    monkeypatch.setenv("VOICEBOT_PORT", "2")
    settings = read_settings()
    assert (settings.port, settings.host) == (2, "0.0.0.0")


def test_a_file_that_is_no_text_is_told_in_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".env").write_bytes(b"VOICEBOT_PORT=\xff\xfe")
    assert main(["models", "list"]) == BAD_USAGE
    assert capsys.readouterr().err.startswith("voicebot: .env: expected a text file")


def test_names_that_nobody_reads_are_found_with_what_was_meant() -> None:
    found = unknown_names(["VOICEBOT_PORTS", "VOICEBOT_SITE", "PATH", "REDIS_URL", "VOICEBOT_ZZZZZZ"])
    assert found == {"VOICEBOT_PORTS": "VOICEBOT_PORT", "VOICEBOT_ZZZZZZ": ""}
