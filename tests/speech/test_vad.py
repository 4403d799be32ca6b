"""Silero's network tells speech from the sounds of a line, and time comes from the audio."""

from __future__ import annotations

import numpy as np
import pytest

from tests.speech.room import cough, noise
from tests.speech.telephone import chunks, heard, interrupt, said
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.vad import WINDOW, SileroVad, VadStream


def probabilities(pcm: Pcm, size: int = 320) -> list[tuple[float, float]]:
    stream = VadStream(SileroVad())
    return [found for chunk in chunks(pcm, size) for found in stream.accept(chunk)]


@pytest.mark.parametrize("text", ["oui", "non", "je voudrais parler à quelqu'un"])
def test_speech_by_telephone_is_noticed(text: str) -> None:
    speech = [probability for _, probability in probabilities(said(text))]
    assert sorted(speech)[-4] > 0.3


@pytest.mark.parametrize("pcm", [interrupt(1), noise(1, 300), noise(1, 8000), cough()])
def test_noise_is_not_speech(pcm: Pcm) -> None:
    speech = [probability for _, probability in probabilities(heard(pcm))]
    assert sorted(speech)[-4] < 0.2


def test_the_size_of_chunks_changes_nothing() -> None:
    pcm = said("oui")
    assert probabilities(pcm, 320) == probabilities(pcm, 4097) == probabilities(pcm, len(pcm))


def test_time_is_where_a_window_ends() -> None:
    times = [time_s for time_s, _ in probabilities(np.zeros(3 * WINDOW + 100, np.int16))]
    assert times == [WINDOW / RECOGNIZER_HZ, 2 * WINDOW / RECOGNIZER_HZ, 3 * WINDOW / RECOGNIZER_HZ]


def test_after_a_reset_the_same_sound_is_judged_the_same() -> None:
    vad = SileroVad()
    first = [chance for _, chance in VadStream(vad).accept(said("non"))]
    vad.reset()
    assert [chance for _, chance in VadStream(vad).accept(said("non"))] == first
