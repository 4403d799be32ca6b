"""Steady noise goes, speech stays, lengths do not change. Signals are made here; no recognizer is needed."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, level
from voicebot.speech.stt.denoise import denoised

HISS = np.random.default_rng(1).normal(0, 300, 2 * RECOGNIZER_HZ)


def tone_in_hiss() -> Pcm:
    """Two seconds of hiss; in the middle of them one second of a voice-like tone."""
    at = np.arange(RECOGNIZER_HZ) / RECOGNIZER_HZ
    tone = sum(3000 / n * np.sin(2 * np.pi * 200 * n * at) for n in range(1, 6))
    sound = HISS.copy()
    sound[RECOGNIZER_HZ // 2 : 3 * RECOGNIZER_HZ // 2] += tone
    return sound.astype(np.int16)


def test_noise_is_softened_and_the_tone_stays() -> None:
    noisy, clean = tone_in_hiss(), denoised(tone_in_hiss())
    before, during = slice(2000, 7000), slice(10_000, 22_000)
    assert level(clean[before]) < level(noisy[before]) - 12
    assert abs(level(clean[during]) - level(noisy[during])) < 1


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 513, 16_001])
def test_every_length_is_kept(samples: int) -> None:
    assert len(denoised(np.full(samples, 700, np.int16))) == samples


def test_silence_and_the_loudest_sound_are_survived() -> None:
    assert not denoised(np.zeros(8000, np.int16)).any()
    loud = np.where(np.arange(8000) % 40 < 20, 32767, -32768).astype(np.int16)
    assert np.abs(denoised(loud).astype(int)).max() <= 32768
