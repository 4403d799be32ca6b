"""The addresses of sounds: sealed, and good for an hour."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from voicebot.channels.voice import call_handler
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.channels.voice.sounds import sounds
from voicebot.dialogue.action import Say
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.speech.audio import Pcm


def silence(speech: object) -> Pcm:
    return np.zeros(160, np.int16)


@pytest.fixture
def service(privacy: Privacy, prompts: Prompts) -> SimpleNamespace:
    """As much of a service as a sound needs."""
    return SimpleNamespace(
        privacy=privacy,
        prompts=prompts,
        prompts_of=lambda edition: prompts,
        speech=SimpleNamespace(voice=SimpleNamespace(audio=silence)),
    )


async def test_the_address_of_a_sound_expires(
    service: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler = CallHandler.__new__(CallHandler)
    handler._service = service  # type: ignore[assignment]
    (speech, *_) = sounds(service, (Say("common.goodbye"),))  # type: ignore[arg-type]
    token = handler.token(speech)  # type: ignore[arg-type]
    assert await handler.audio(token) is not None
    monkeypatch.setattr(call_handler, "_AUDIO_S", -1)
    assert await handler.audio(token) is None
    assert await handler.audio("forged") is None
