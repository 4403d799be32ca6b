"""Voice messages are decoded to the recognizer's sound, in each kind that telephones send."""

from __future__ import annotations

import numpy as np
import pytest

from tests.speech.recorded import as_sent
from voicebot.errors import AudioError
from voicebot.speech.audio import RECOGNIZER_HZ
from voicebot.speech.tts.pico import Pico
from voicebot.speech.voice_message import decoded

WORDS = "j'ai perdu ma carte vitale"


@pytest.mark.parametrize(
    ("kind", "container"),
    [("audio/ogg", "ogg"), ("audio/mp4", "mp4"), ("audio/mpeg", "mp3"), ("audio/wav", "wav")],
)
def test_what_was_said_is_there_at_the_rate_of_the_recognizer(kind: str, container: str) -> None:
    said = Pico().speak(WORDS, "normal")
    heard = decoded(as_sent(container, WORDS), kind)
    assert heard.dtype == np.int16
    assert abs(len(heard) - len(said)) < RECOGNIZER_HZ / 5
    assert np.sqrt(np.mean(heard.astype(float) ** 2)) > 300


def test_only_the_first_part_of_a_long_one_is_heard() -> None:
    assert len(decoded(as_sent("wav"), "audio/wav", longest_s=0.5)) == RECOGNIZER_HZ // 2


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "audio/ogg"),
        (b"no sound", "audio/mpeg"),
        (as_sent("wav")[:20], "audio/wav"),
        (b"#EXTM3U\nfile:///etc/passwd", "audio/mpegurl"),
        (b"#EXTM3U\nfile:///etc/passwd", "audio/mp4"),
    ],
)
def test_what_is_no_sound_is_told(data: bytes, kind: str) -> None:
    with pytest.raises(AudioError, match="expected"):
        decoded(data, kind)
