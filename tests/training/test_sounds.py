"""Archives of spoken utterances come back as they were kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.sentences import Line
from training.sounds import Said, keep, load
from training.speak import pico
from voicebot.speech.audio import RECOGNIZER_HZ

LINES = [
    Line("yes_no", "oui", "Oui."),
    Line("age", "soixante et onze ans", "71 ans."),
    Line("general", "il pleut", "Il pleut."),
]


@pytest.fixture(scope="module")
def said() -> list[Said]:
    return list(pico(LINES, np.random.default_rng(1)))


def test_an_archive_comes_back_as_it_was_kept(tmp_path: Path, said: list[Said]) -> None:
    assert keep(tmp_path, "p1", said) == 3
    again = list(load(tmp_path))
    assert [name for name, _ in again] == ["p1"] * 3
    for (_, one), other in zip(again, said, strict=True):
        assert (one.voice, one.line) == (other.voice, other.line)
        np.testing.assert_array_equal(one.sound, other.sound)


def test_what_is_too_long_to_learn_from_is_left_out(tmp_path: Path) -> None:
    hour = Said(np.ones(10 * RECOGNIZER_HZ, np.int16), "pico", LINES[0])
    keep(tmp_path, "p1", [hour])
    assert list(load(tmp_path)) == []
