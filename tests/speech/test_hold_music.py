"""What is heard while waiting: soft, within the telephone's band, without a click where it begins again."""

from __future__ import annotations

import numpy as np

from voicebot.speech.audio import TELEPHONE_HZ, decode, encode, level
from voicebot.speech.hold_music import hold_music


def test_it_lies_within_the_band_of_the_telephone() -> None:
    music = hold_music().pcm.astype(float)
    power = np.abs(np.fft.rfft(music)) ** 2
    hz = np.fft.rfftfreq(len(music), 1 / TELEPHONE_HZ)
    assert power[(hz >= 300) & (hz <= 3400)].sum() / power.sum() > 0.98


def test_it_is_softer_than_speech_and_never_silent_for_long() -> None:
    music = hold_music().pcm
    assert -40 < level(music) < -26
    seconds = [
        level(music[at : at + TELEPHONE_HZ]) for at in range(0, len(music) - TELEPHONE_HZ, TELEPHONE_HZ)
    ]
    assert min(seconds) > -55


def test_it_begins_and_ends_in_silence_so_that_it_can_be_played_again() -> None:
    music = hold_music().pcm
    assert max(abs(int(sample)) for sample in (*music[:3], *music[-3:])) <= 3
    assert np.abs(np.diff(music.astype(int))).max() < 2500, "a click"


def test_the_telephone_hears_the_same_every_time() -> None:
    assert np.array_equal(hold_music().pcm, hold_music().pcm)
    heard = decode(encode(hold_music().pcm))
    assert np.abs(heard.astype(int) - hold_music().pcm).max() < 140
