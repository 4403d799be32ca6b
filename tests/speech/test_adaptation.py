"""An update is added to the weights it was made for, the same to the bit everywhere, and to no others."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from voicebot.errors import ModelError
from voicebot.speech import adaptation
from voicebot.speech.adaptation import Update
from voicebot.speech.weights import Array, Weights

LAYER = "encoder/layer_0/ffn/linear_0"
FIRST = np.array([[1, 0, -1]], np.float16)
SECOND = np.array([[2], [4]], np.float16)
UPDATE = Update(0.5, {LAYER: (FIRST, SECOND)})
PUBLISHED = Weights(
    "WhisperSpec",
    3,
    {f"{LAYER}/weight": np.ones((2, 3), np.float16), f"{LAYER}/bias": np.zeros(2, np.float16)},
)


def _scattered(rows: int, columns: int) -> Array:
    """Numbers between -0.1 and 0.1 without any order, the same everywhere."""
    numbers = np.arange(rows * columns, dtype=np.int64) * 7919 % 1009
    return ((numbers - 504) / 5040).astype(np.float16).reshape(rows, columns)


def test_strength_times_second_times_first_is_added() -> None:
    new = adaptation.added(PUBLISHED, UPDATE)
    np.testing.assert_array_equal(new.variables[f"{LAYER}/weight"], [[2, 1, 0], [3, 1, -1]])
    assert new.variables[f"{LAYER}/weight"].dtype == np.float16
    assert new.variables[f"{LAYER}/bias"] is PUBLISHED.variables[f"{LAYER}/bias"]
    np.testing.assert_array_equal(PUBLISHED.variables[f"{LAYER}/weight"], np.ones((2, 3)))


def test_the_same_update_gives_the_same_bits_on_every_machine() -> None:
    first, second, weight = (_scattered(*shape) for shape in ((16, 64), (96, 16), (96, 64)))
    new = adaptation.added(
        Weights("w", 1, {f"{LAYER}/weight": weight}), Update(1.6, {LAYER: (first, second)})
    )
    made = hashlib.sha256(new.variables[f"{LAYER}/weight"].tobytes()).hexdigest()
    assert made == "57a6830b408c43d76574852e181f8d4d140ce6f31d6f2ec445bcb8b9008b8c6b"


def test_an_update_comes_back_from_its_file(tmp_path: Path) -> None:
    adaptation.write(tmp_path / "update.npz", UPDATE)
    first_bytes = (tmp_path / "update.npz").read_bytes()
    again = adaptation.read(tmp_path / "update.npz")
    assert again.strength == 0.5
    np.testing.assert_array_equal(again.layers[LAYER][0], FIRST)
    np.testing.assert_array_equal(again.layers[LAYER][1], SECOND)
    adaptation.write(tmp_path / "update.npz", again)
    assert (tmp_path / "update.npz").read_bytes() == first_bytes


@pytest.mark.parametrize(
    "layers",
    [
        {"encoder/layer_9/ffn/linear_0": (FIRST, SECOND)},
        {LAYER: (FIRST[:, :2], SECOND)},
        {LAYER: (FIRST, SECOND[:1])},
    ],
)
def test_an_update_for_another_model_is_refused(layers: dict[str, tuple[Array, Array]]) -> None:
    with pytest.raises(
        ModelError, match=r"expected an update for this model, it has no .*weight of that shape"
    ):
        adaptation.added(PUBLISHED, Update(1.0, layers))


def test_what_is_no_update_is_told(tmp_path: Path) -> None:
    path = tmp_path / "update.npz"
    with pytest.raises(ModelError, match=r"expected an update in .*, it cannot be read"):
        adaptation.read(path)
    for damaged in (b"", b"no archive", b"PK\x03\x04 cut off"):
        path.write_bytes(damaged)
        with pytest.raises(ModelError, match=r"expected an update in .*, it is damaged"):
            adaptation.read(path)


@pytest.mark.parametrize(
    ("arrays", "what"),
    [
        ({"strength": np.array(1.0)}, "it has other contents"),
        ({f"{LAYER}/first": FIRST, f"{LAYER}/second": SECOND}, "it has other contents"),
        ({f"{LAYER}/first": FIRST, "strength": np.array(1.0)}, "it has other contents"),
        (
            {f"{LAYER}/first": FIRST, f"{LAYER}/second": SECOND, "strength": np.ones(2)},
            "it has other contents",
        ),
        ({f"{LAYER}/first": FIRST[0], f"{LAYER}/second": SECOND, "strength": np.array(1.0)}, "got others"),
        ({f"{LAYER}/first": FIRST, f"{LAYER}/second": SECOND.T, "strength": np.array(1.0)}, "got others"),
        (
            {f"{LAYER}/first": FIRST.astype("f4"), f"{LAYER}/second": SECOND, "strength": np.array(1.0)},
            "got others",
        ),
    ],
)
def test_an_update_with_other_contents_is_told(tmp_path: Path, arrays: dict[str, Array], what: str) -> None:
    np.savez(tmp_path / "update.npz", allow_pickle=False, **arrays)
    with pytest.raises(ModelError, match=what):
        adaptation.read(tmp_path / "update.npz")
