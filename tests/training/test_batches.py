"""A batch is the same for a seed and a step, and asks for nothing but the text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conftest import VAR
from tests.training.test_sounds import LINES
from training.batches import Batches
from training.sounds import Said
from training.speak import pico
from voicebot.speech import models


@pytest.fixture(scope="module")
def said() -> list[Said]:
    return list(pico(LINES, np.random.default_rng(1)))


@pytest.fixture(scope="module")
def folder() -> Path:
    return models.install("whisper-base", VAR / "models", lambda done, total: None)


def test_a_batch_is_the_same_for_a_seed_and_a_step(said: list[Said], folder: Path) -> None:
    one, other = (Batches(said, folder, 7, 2).at(3) for _ in range(2))
    np.testing.assert_array_equal(one.mel, other.mel)
    np.testing.assert_array_equal(one.tokens, other.tokens)


def test_sounds_of_one_kind_alone_can_be_learned(said: list[Said], folder: Path) -> None:
    general = [each for each in said if each.line.kind == "general"]
    assert len(Batches(general, folder, 7, 2).at(0).tokens) == 2


def test_a_batch_asks_for_the_text_after_the_beginning_alone(said: list[Said], folder: Path) -> None:
    batches = Batches(said, folder, 7, 4)
    words = batches.tokenizer
    written = {words.decode(words.encode(f" {line.written}")).strip() for line in LINES}
    for step in range(6):
        batch = batches.at(step)
        assert batch.mel.shape[:2] == (4, 80)
        assert 250 <= batch.mel.shape[2] <= 1000
        for tokens, wanted in zip(batch.tokens, batch.wanted, strict=True):
            begin = int(np.flatnonzero(tokens == words.sot)[0])
            assert (wanted[:begin] == -1).all()  # hints are given, not asked for
            asked = [int(token) for token in wanted[begin:] if token >= 0]
            assert asked[-1] == words.eot
            if asked[0] == words.no_speech:
                assert asked == [words.no_speech, words.eot]
            else:
                assert asked[0] == words.sot_sequence[1]
                assert words.decode(asked[1:-1]).strip() in written
