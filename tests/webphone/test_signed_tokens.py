"""Permits: good for one thing, for a while, and made by nobody else."""

from __future__ import annotations

import pytest

from tests.webphone.conftest import Clock
from voicebot.privacy import Privacy
from voicebot.simulator.rehearsal import new_secrets
from voicebot.webphone.signed_tokens import SignedTokens


@pytest.fixture
def permits(privacy: Privacy, clock: Clock) -> SignedTokens:
    return SignedTokens(privacy, clock)


def test_a_permit_names_its_subject(permits: SignedTokens) -> None:
    assert permits.subject("stream", permits.issue("stream", "CA1/someone")) == "CA1/someone"


def test_a_permit_is_good_for_one_purpose(permits: SignedTokens) -> None:
    assert permits.subject("call", permits.issue("stream", "CA1")) is None


def test_a_permit_for_a_socket_is_good_for_a_minute(permits: SignedTokens, clock: Clock) -> None:
    permit = permits.issue("stream", "CA1")
    clock.now += 59
    assert permits.subject("stream", permit) == "CA1"
    clock.now += 2
    assert permits.subject("stream", permit) is None


def test_a_permit_of_another_service_is_none(permits: SignedTokens, clock: Clock) -> None:
    keys = [new_secrets()["data_keys"].get_secret_value()]
    stranger = SignedTokens(Privacy("pepper", keys), clock)
    assert permits.subject("call", stranger.issue("call", "CA1")) is None


@pytest.mark.parametrize("thing", [["call"], {"call": 1}, ["call", 5, 9e9], ["call", "CA1", "soon"], "call"])
def test_something_else_that_we_sealed_is_no_permit(
    permits: SignedTokens, privacy: Privacy, thing: object
) -> None:
    assert permits.subject("call", privacy.seal(thing)) is None


@pytest.mark.parametrize("text", ["", "abc", "é", "A" * 5000])
def test_any_text_is_no_permit(permits: SignedTokens, text: str) -> None:
    assert permits.subject("call", text) is None


def test_it_fits_into_an_address(permits: SignedTokens) -> None:
    permit = permits.issue("stream", f"CA{'0' * 32}/{'f' * 24}")
    assert set(permit) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=")
    assert len(permit) < 500
