"""Pico obeys markup, so none may reach it."""

from __future__ import annotations

import pytest

from voicebot.speech.tts.pico import Pico

SOUND_AS_LONG = 0.5 * 8000


@pytest.mark.parametrize(
    "text",
    ['bonjour <speed level="500"> tout le monde, ça va bien', "bonjour \0 tout le monde, ça va bien"],
)
def test_marks_in_the_text_neither_hurry_nor_stop_it(pico: Pico, text: str) -> None:
    plain = pico.speak("bonjour, tout le monde, ça va bien", "normal")
    assert len(pico.speak(text, "normal")) > len(plain) - SOUND_AS_LONG
