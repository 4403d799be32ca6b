"""What a Whisper has learned beyond its published weights: a small update, added to them with numpy alone.

An update is an `.npz` file: for each layer `NAME/first` (rank, in) and `NAME/second` (out, rank), float16,
and one number `strength`. A layer's new weight is `weight + strength · second · first`. How updates are
learned is told in training/README.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np

from voicebot.errors import ModelError
from voicebot.speech.weights import Array, Weights

_FIRST, _SECOND, _STRENGTH = "/first", "/second", "strength"
_KIND: Final = np.float16


@dataclass(frozen=True)
class Update:
    """For each layer's name its `first` (rank, in) and `second` (out, rank) matrix, both float16."""

    strength: float
    layers: Mapping[str, tuple[Array, Array]]


def read(path: Path) -> Update:
    """The update in `path`. Raises ModelError if it is missing, damaged or not an update."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except OSError as error:
        raise ModelError(f"expected an update in {path}, it cannot be read") from error
    except (ValueError, BadZipFile, EOFError) as error:
        raise ModelError(f"expected an update in {path}, it is damaged") from error
    return _update(path, arrays)


def write(path: Path, update: Update) -> None:
    """Write an update; the same update always gives the same bytes."""
    arrays: dict[str, Array] = {_STRENGTH: np.array(update.strength, np.float64)}
    for name, (first, second) in update.layers.items():
        arrays[name + _FIRST], arrays[name + _SECOND] = first.astype(_KIND), second.astype(_KIND)
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def added(weights: Weights, update: Update) -> Weights:
    """The weights with the update applied. Raises ModelError if it was made for another model."""
    variables = dict(weights.variables)
    for name, (first, second) in update.layers.items():
        place = f"{name}/weight"
        weight = variables.get(place)
        if weight is None or weight.shape != (len(second), first.shape[1]):
            raise ModelError(f"expected an update for this model, it has no {place} of that shape")
        variables[place] = _sum(weight, update.strength, first, second)
    return replace(weights, variables=variables)


def _sum(weight: Array, strength: float, first: Array, second: Array) -> Array:
    """Row by column in float64 and always in the same order: every machine gets the same bits.

    A matrix product would be quicker, but its last bits depend on the processor, and so would the checksum.
    """
    total = weight.astype(np.float64)
    for row, column in zip(first.astype(np.float64), strength * second.astype(np.float64).T, strict=True):
        total += column[:, np.newaxis] * row
    return total.astype(weight.dtype)


def _update(path: Path, arrays: Mapping[str, Array]) -> Update:
    names = [name.removesuffix(_FIRST) for name in arrays if name.endswith(_FIRST)]
    whole = {_STRENGTH, *(name + end for name in names for end in (_FIRST, _SECOND))}
    if not names or set(arrays) != whole or arrays[_STRENGTH].shape != ():
        raise ModelError(f"expected an update in {path}, it has other contents")
    layers = {name: (arrays[name + _FIRST], arrays[name + _SECOND]) for name in names}
    for first, second in layers.values():
        ranks = {first.shape[:1], second.shape[1:]} if first.ndim == second.ndim == 2 else set()
        if len(ranks) != 1 or first.dtype != _KIND or second.dtype != _KIND:
            raise ModelError(f"expected pairs of float16 matrices of one rank in {path}, got others")
    return Update(float(arrays[_STRENGTH]), layers)
