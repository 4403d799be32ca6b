"""The weights of a Whisper in the format of CTranslate2's `model.bin`, read and written with numpy alone.

The format, version 6, little-endian: `u32` version, the name of the model's kind, `u32` its revision, `u32`
number of variables; for each its name, `u8` rank, `u32` each dimension, `u8` type, `u32` bytes, the bytes;
then `u32` number of aliases, each two names. A name is `u16` length (with the closing zero), bytes, zero.
(Source: CTranslate2, `python/ctranslate2/specs/model_spec.py`.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from voicebot.errors import ModelError

VERSION: Final = 6

Array = NDArray[Any]

#: The types a variable may have; the position here is the number in the file.
_TYPES: Final = tuple(np.dtype(name) for name in ("<f4", "<i1", "<i2", "<i4", "<f2"))
#: More would not be a model: a damaged length must not request all memory.
_MOST_DIMENSIONS: Final = 4


@dataclass(frozen=True)
class Weights:
    """All variables of a model by their names, e.g. `encoder/layer_0/ffn/linear_0/weight`."""

    kind: str
    revision: int
    variables: Mapping[str, Array]
    aliases: tuple[tuple[str, str], ...] = ()


def read(path: Path) -> Weights:
    """Everything in a `model.bin`. Raises ModelError if it is missing, truncated or of another version."""
    try:
        return _weights(BytesIO(path.read_bytes()))
    except OSError as error:
        raise ModelError(f"expected a model in {path}, it cannot be read") from error
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise ModelError(f"expected a whole model in {path}, it is damaged: {error}") from error


def write(path: Path, weights: Weights) -> None:
    """Write a `model.bin`; the same weights always give the same bytes."""
    with path.open("wb") as file:
        file.write(struct.pack("<I", VERSION) + _name(weights.kind))
        file.write(struct.pack("<II", weights.revision, len(weights.variables)))
        for name, value in weights.variables.items():
            file.write(_name(name) + _shape(value))
            file.write(np.ascontiguousarray(value).tobytes())
        file.write(struct.pack("<I", len(weights.aliases)))
        for alias, name in weights.aliases:
            file.write(_name(alias) + _name(name))


def _weights(file: BinaryIO) -> Weights:
    (version,) = _take(file, "<I")
    if version != VERSION:
        raise ValueError(f"version {VERSION} of the format is known, this is {version}")
    kind = _text(file)
    revision, count = _take(file, "<II")
    variables = {_text(file): _array(file) for _ in range(count)}
    aliases = tuple((_text(file), _text(file)) for _ in range(_take(file, "<I")[0]))
    return Weights(kind, revision, variables, aliases)


def _take(file: BinaryIO, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, file.read(struct.calcsize(form)))


def _text(file: BinaryIO) -> str:
    (length,) = _take(file, "<H")
    name = file.read(length)
    if len(name) != length or not name.endswith(b"\0"):
        raise ValueError("a name has no end")
    return name[:-1].decode()


def _array(file: BinaryIO) -> Array:
    (rank,) = _take(file, "<B")
    if rank > _MOST_DIMENSIONS:
        raise ValueError(f"a variable has {rank} dimensions")
    shape = _take(file, f"<{rank}I")
    kind, size = _take(file, "<BI")
    if kind >= len(_TYPES):
        raise ValueError(f"a variable has the unknown type {kind}")
    data = file.read(size)
    return np.frombuffer(data, _TYPES[kind]).reshape(shape)


def _name(text: str) -> bytes:
    data = text.encode() + b"\0"
    return struct.pack("<H", len(data)) + data


def _shape(value: Array) -> bytes:
    kind = _TYPES.index(value.dtype.newbyteorder("<"))
    return struct.pack(f"<B{value.ndim}IBI", value.ndim, *value.shape, kind, value.nbytes)


def linear_layers(weights: Weights) -> Iterator[tuple[str, Array]]:
    """The matrices of all attention and feed-forward layers: what an update may change."""
    for name, value in weights.variables.items():
        if value.ndim == 2 and "/layer_" in name and name.endswith("/weight"):
            yield name, value
