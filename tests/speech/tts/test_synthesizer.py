"""Whatever an engine makes is made ready for the line in the same way."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, level
from voicebot.speech.tts.synthesizer import SPEECH_DBFS, for_telephone, pause

ENGINE_HZ = 24000


def tone(seconds: float, amplitude: float) -> Pcm:
    time = np.arange(int(seconds * ENGINE_HZ)) / ENGINE_HZ
    return (amplitude * 32767 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)


def quiet(seconds: float) -> Pcm:
    return np.zeros(int(seconds * ENGINE_HZ), np.int16)


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_a_soft_and_a_loud_engine_come_out_alike(amplitude: float) -> None:
    pcm = for_telephone(tone(1.0, amplitude), ENGINE_HZ, "an engine")
    assert level(pcm) == pytest.approx(SPEECH_DBFS, abs=0.5)


def test_silent_ends_are_cut_and_a_pause_inside_stays() -> None:
    sound = np.concatenate([quiet(1.0), tone(0.5, 0.3), quiet(0.4), tone(0.5, 0.3), quiet(2.0)])
    pcm = for_telephone(sound, ENGINE_HZ, "an engine")
    assert len(pcm) / TELEPHONE_HZ == pytest.approx(1.4 + 0.08, abs=0.03)


def test_a_text_with_long_pauses_is_not_louder_for_them() -> None:
    short = for_telephone(tone(0.5, 0.3), ENGINE_HZ, "an engine")
    sound = np.concatenate([tone(0.5, 0.3), quiet(3.0), tone(0.5, 0.3)])
    assert np.abs(for_telephone(sound, ENGINE_HZ, "an engine")).max() == pytest.approx(
        np.abs(short).max(), rel=0.05
    )


@pytest.mark.parametrize("sound", [quiet(0.0), quiet(0.001), quiet(1.0)])
def test_silence_is_an_error_that_names_the_engine(sound: Pcm) -> None:
    with pytest.raises(AudioError, match="an engine"):
        for_telephone(sound, ENGINE_HZ, "an engine")


def test_a_pause_is_as_long_as_asked() -> None:
    assert len(pause(0.5)) == TELEPHONE_HZ // 2
    assert not pause(0.5).any()
