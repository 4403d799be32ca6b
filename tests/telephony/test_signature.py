"""Twilio's signatures: the worked examples that Twilio publishes, and what must not pass."""

from __future__ import annotations

import pytest

from voicebot.telephony import Signature, sign

TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
FORM = [
    ("CallSid", "CA1234567890ABCDE"),
    ("Digits", "1234"),
    ("From", "+14158675309"),
    ("To", "+18005551212"),
    ("Caller", "+14158675309"),
]
#: Source: twilio-python, tests/unit/test_request_validator.py (MIT).
PUBLISHED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
REPEATED = [
    ("Sid", "CA123"),
    ("SidAccount", "AC123"),
    ("Digits", "5678"),
    ("Digits", "1234"),
    ("Digits", "1234"),
]
PUBLISHED_REPEATED = "IK+Dwps556ElfBT0I3Rgjkr1wJU="


def test_the_published_example_is_valid() -> None:
    assert Signature(TOKEN).valid(URL, FORM, PUBLISHED)


def test_we_sign_like_twilio() -> None:
    assert sign(URL, dict(FORM), TOKEN) == PUBLISHED


def test_repeated_fields_are_part_of_the_signature() -> None:
    assert Signature(TOKEN).valid(URL, REPEATED, PUBLISHED_REPEATED)
    assert not Signature(TOKEN).valid(URL, list(dict(REPEATED).items()), PUBLISHED_REPEATED)


def test_blank_fields_are_part_of_the_signature() -> None:
    with_blank = [*FORM, ("Body", "")]
    header = sign(URL, dict(with_blank), TOKEN)
    assert Signature(TOKEN).valid(URL, with_blank, header)
    assert not Signature(TOKEN).valid(URL, FORM, header)


@pytest.mark.parametrize("header", ["", "x", PUBLISHED[:-1], PUBLISHED.lower(), "é" * 28, " " + PUBLISHED])
def test_a_wrong_header_is_refused(header: str) -> None:
    assert not Signature(TOKEN).valid(URL, FORM, header)


@pytest.mark.parametrize(
    "url", [URL.replace("https", "http"), URL.replace("?", "/?"), URL + "&baz=3", URL.replace("my", "other")]
)
def test_another_address_is_refused(url: str) -> None:
    assert not Signature(TOKEN).valid(url, FORM, PUBLISHED)


def test_a_changed_field_is_refused() -> None:
    changed = [(name, "9999" if name == "Digits" else value) for name, value in FORM]
    assert not Signature(TOKEN).valid(URL, changed, PUBLISHED)


def test_during_rotation_both_tokens_are_good() -> None:
    rotating = Signature("new", TOKEN)
    assert rotating.valid(URL, FORM, PUBLISHED)
    assert rotating.valid(URL, FORM, sign(URL, dict(FORM), "new"))
    assert not Signature("new", "").valid(URL, FORM, PUBLISHED)


def test_without_a_token_nothing_is_valid() -> None:
    assert not Signature().valid(URL, FORM, PUBLISHED)
    assert not Signature("").valid(URL, FORM, sign(URL, dict(FORM), ""))


def test_the_audio_socket_is_signed_by_its_address_alone() -> None:
    address = "wss://voice.example/twilio/stream"
    header = sign(address, {}, TOKEN)
    assert Signature(TOKEN).valid_socket(address, header)
    assert not Signature(TOKEN).valid_socket(address + "/", header)
    assert not Signature(TOKEN).valid_socket(address.replace("wss", "https"), header)
    assert not Signature(TOKEN).valid_socket(address, "")
