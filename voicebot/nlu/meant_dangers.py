"""Danger that no pattern hears, by what a sentence means: "il est tout bleu et il dort bizarre".

A softmax over the vectors of the sentence model, learned from sentences that people in danger say and from
all that is no danger (`python -m training.dangers`). It is only asked about, with the number: a question too
many costs a moment, a danger that is not heard may cost a life.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from voicebot.nlu.closed.sentences import Floats, Sentences

#: The file of what was learned, in a folder of words.
LEARNED: Final = "meant_dangers.npz"


@dataclass(frozen=True, repr=False)
class MeantDangers:
    """`likeliest` is used. `names` has "" first, for no danger; `weights` (dimensions, names)."""

    sentences: Sentences
    names: tuple[str, ...]
    weights: Floats
    bias: Floats

    def likeliest(self, text: str) -> tuple[str, float]:
        """The likeliest danger in `text`, and how likely there is one at all, 0 to 1."""
        shares = softmax(self.sentences.vector(text) @ self.weights + self.bias)
        return self.names[1 + int(shares[1:].argmax())], float(1 - shares[0])


def softmax(scores: Floats) -> Floats:
    """Shares that add up to one, along the last axis."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def load(folder: Path, sentences: Sentences | None) -> MeantDangers | None:
    """What was learned for the words in `folder`; None without a sentence model or where nothing was."""
    path = folder / LEARNED
    if sentences is None or not path.exists():
        return None
    with np.load(path) as kept:
        names = ("", *kept["names"].tolist())
        return MeantDangers(
            sentences, names, kept["weights"].astype(np.float32), kept["bias"].astype(np.float32)
        )
