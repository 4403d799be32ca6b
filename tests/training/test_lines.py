"""A telephone line of the training: always the same for a seed, and speech stays speech."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from training import lines
from training.lines import Likely
from voicebot.speech.audio import RECOGNIZER_HZ

Floats = NDArray[np.float64]


@pytest.fixture(scope="module")
def voice() -> Floats:
    """A second that is loud in bursts, like syllables, with tones in and above the telephone's band."""
    at = np.arange(RECOGNIZER_HZ) / RECOGNIZER_HZ
    tones = np.sin(2 * np.pi * 700 * at) + np.sin(2 * np.pi * 5500 * at)
    return np.asarray(0.2 * tones * (np.sin(2 * np.pi * 4 * at) > 0))


def power(sound: Floats, low: float, high: float) -> float:
    hz = np.fft.rfftfreq(len(sound), 1 / RECOGNIZER_HZ)
    return float(np.sum(np.abs(np.fft.rfft(sound))[(hz >= low) & (hz < high)] ** 2))


def test_a_seed_gives_the_same_line_and_another_seed_another(voice: Floats) -> None:
    first, again, other = (lines.by_telephone(voice, [voice], np.random.default_rng(n)) for n in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert len(first) != len(other) or (first != other).any()


def test_sound_comes_out_at_16_khz_and_heard_through_every_line(voice: Floats) -> None:
    for seed in range(40):
        heard = lines.by_telephone(voice, [voice], np.random.default_rng(seed))
        assert heard.dtype == np.int16
        assert 0.5 <= len(heard) / RECOGNIZER_HZ <= 2.3
        assert np.abs(heard).max() > 100


def test_the_band_ends_before_4_khz(voice: Floats) -> None:
    clean = Likely(0, 0, 0, 0, 0, 0, 0)
    heard = lines.by_telephone(voice, [], np.random.default_rng(5), clean).astype(float)
    assert power(heard, 4000, 8000) < 0.01 * power(heard, 500, 900)


def test_noise_lies_as_far_under_the_sound_as_was_asked(voice: Floats) -> None:
    noise = lines.coloured(len(voice), 0, np.random.default_rng(1))
    added = lines.over(voice, noise, 12) - voice
    assert 10 * np.log10(np.mean(voice**2) / np.mean(added**2)) == pytest.approx(12, abs=0.01)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_lies_behind_has_sound_in_it(seed: int, voice: Floats) -> None:
    sound = lines.background(8000, [voice], np.random.default_rng(seed))
    assert len(sound) == 8000
    assert np.isfinite(sound).all()
    assert np.std(sound) > 0


def test_a_room_adds_an_echo_after_the_sound_and_keeps_its_length(voice: Floats) -> None:
    click = np.zeros(4000)
    click[100] = 1.0
    heard = lines.in_room(click, np.random.default_rng(1))
    assert len(heard) == 4000
    assert np.abs(heard[:100]).max() < 1e-9
    assert heard[100] == pytest.approx(1.0)
    assert np.abs(heard[101:]).max() > 0


def test_lost_packets_leave_the_length_and_repeat_softly() -> None:
    line = np.linspace(0.1, 1, 1600)
    lossy = lines.lose_packets(line, 1.0, np.random.default_rng(1))
    assert len(lossy) == len(line)
    np.testing.assert_array_equal(lossy[:160], line[:160])
    np.testing.assert_allclose(lossy[160:320], 0.5 * line[:160])
    np.testing.assert_array_equal(lines.lose_packets(line, 0.0, np.random.default_rng(1)), line)


@pytest.mark.parametrize("codec", range(3))
def test_every_codec_gives_back_about_what_went_in(codec: int) -> None:
    at = np.arange(8000) / 8000
    tone = 0.3 * np.sin(2 * np.pi * 440 * at)
    through = lines._CODECS[codec](tone)
    assert len(through) == len(tone)
    assert np.corrcoef(through, tone)[0, 1] > 0.9


def test_a_line_without_speech_is_as_long_as_asked(voice: Floats) -> None:
    for seed in range(8):
        silent = lines.nothing(1.5, [voice], np.random.default_rng(seed))
        assert len(silent) == pytest.approx(1.5 * RECOGNIZER_HZ, abs=2)
