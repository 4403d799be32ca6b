"""A model's weights are read and written as CTranslate2 does; what is no model is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import ModelError
from voicebot.speech import models, weights
from voicebot.speech.weights import Weights

SMALL = Weights(
    "WhisperSpec",
    3,
    {
        "encoder/layer_0/ffn/linear_0/weight": np.arange(6, dtype="<f2").reshape(2, 3),
        "encoder/layer_0/ffn/linear_0/bias": np.array([0.5, -1.5], "<f4"),
        "encoder/num_heads": np.array(8, "<i2"),
        "decoder/pre_norm": np.array(1, "<i1"),
    },
    (("decoder/projection/weight", "decoder/embeddings/weight"),),
)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    weights.write(tmp_path / "model.bin", SMALL)
    again = weights.read(tmp_path / "model.bin")
    assert (again.kind, again.revision, again.aliases) == (SMALL.kind, SMALL.revision, SMALL.aliases)
    assert list(again.variables) == list(SMALL.variables)
    for name, value in SMALL.variables.items():
        assert again.variables[name].dtype == value.dtype
        np.testing.assert_array_equal(again.variables[name], value)


def test_a_published_model_is_written_back_bit_by_bit(tmp_path: Path) -> None:
    published = models.install("whisper-base", tmp_path, lambda done, total: None) / "model.bin"
    weights.write(tmp_path / "model.bin", weights.read(published))
    assert (tmp_path / "model.bin").read_bytes() == published.read_bytes()


def test_a_model_that_is_cut_off_is_told(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    weights.write(path, SMALL)
    whole = path.read_bytes()
    for length in (0, 3, 20, 60, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match=r"expected a whole model in .*, it is damaged"):
            weights.read(path)


def test_another_version_of_the_format_is_told(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"\x07\0\0\0" + bytes(40))
    with pytest.raises(ModelError, match="version 6 of the format is known, this is 7"):
        weights.read(tmp_path / "model.bin")


def test_a_missing_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it cannot be read"):
        weights.read(tmp_path / "model.bin")
