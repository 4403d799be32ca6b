"""The port of the service is taken first, and says in one sentence why it cannot be."""

from __future__ import annotations

import socket

import pytest

from voicebot.cli.port import addresses, listening
from voicebot.config import Settings
from voicebot.errors import ConfigError


def test_a_port_in_use_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        settings = Settings(port=other.getsockname()[1])
        with pytest.raises(ConfigError, match=f"port {settings.port} is in use"), listening(settings):
            pass


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ConfigError, match=r"192\.0\.2\.1:8000 cannot"), listening(Settings(host="192.0.2.1")):
        pass


def test_the_port_is_free_again_afterwards() -> None:
    with listening(Settings(port=0)) as taken:
        port = taken.getsockname()[1]
    with listening(Settings(port=port)):
        pass


def test_who_starts_it_reads_where_it_is_reached() -> None:
    told = "\n".join(addresses(Settings(public_url="https://aide.example.org"), 8001))
    for address in (
        "http://localhost:8001",
        "https://aide.example.org/mediation/",
        "/twilio/voice",
        "/twilio/sms",
    ):
        assert address in told
