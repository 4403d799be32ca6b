"""What is learned at each step: which sounds, through which lines, with which hints, as numbers.

A step's batch is a function of the seed and the step alone, so that a run that was broken off goes on as if
it had not been.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from faster_whisper.feature_extractor import FeatureExtractor
from faster_whisper.tokenizer import Tokenizer
from numpy.typing import NDArray
from tokenizers import Tokenizer as Words

from training import lines
from training.sentences import Line
from training.sounds import Said
from voicebot.dialogue.meaning import Expecting
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.stt.whisper_text import prompt

#: Steps whose sounds are drawn together and sorted by length, so that a batch holds sounds of like length.
_TOGETHER: Final = 8
#: How long the encoder's context is at least, drawn anew for each batch, and what it has beyond the sound.
_CONTEXTS_S: Final = (2.5, 2.5, 3.0, 4.0, 5.0)
_MARGIN_S: Final = (0.3, 1.0)
_LONGEST_S: Final = 10.0
_HALF_FRAME: Final = 160
#: What is learned of each context: a line without speech, and a question's hints.
_NOTHING, _HINTED = 0.08, 0.2
#: How often sounds of each group are taken, relative to one another; all other answers share the rest.
_ANSWER: Final = "answer"
_SHARES: Final = {
    "request": 0.2, "general": 0.15, "human": 0.06, "human word": 0.08, "digits": 0.17, "short": 0.2,
}  # fmt: skip
#: An answer with so many digits is a code of some kind; one of so few letters is a word or a number alone.
_DIGITS, _SHORT = 4, 12
_SILENT: Final = -1

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Batch:
    """`mel` (batch, 80, frames), `tokens` (batch, length), and the token wanted next at each, or -1."""

    mel: NDArray[np.float32]
    tokens: Ints
    wanted: Ints


class Batches:
    """Makes batches of `size` from what was said. `folder` is the Whisper model whose words are used."""

    def __init__(self, said: Sequence[Said], folder: Path, seed: int, size: int) -> None:
        self._said, self._seed, self._size = said, seed, size
        self._others = [each.floats for each in said[:: max(1, len(said) // 200)]]
        self._groups = _groups(said)
        self._features = FeatureExtractor()
        self.tokenizer = Tokenizer(
            Words.from_file(str(folder / "tokenizer.json")), True, task="transcribe", language="fr"
        )
        understanding = Understanding.load()
        self._told = [
            prompt(hints(understanding, Expecting(kind)))
            for kind in (
                "intent",
                "age",
                "number",
                "amount",
                "date",
                "postal_code",
                "phone",
                "month",
                "yes_no",
            )
        ]

    def at(self, step: int) -> Batch:
        """The batch of that step."""
        group, place = divmod(step, _TOGETHER)
        draw = np.random.default_rng((self._seed, group))
        chosen = self._choose(draw, _TOGETHER * self._size)
        chosen.sort(key=lambda at: 0 if at == _SILENT else len(self._said[at].sound))
        batch = int(draw.permutation(_TOGETHER)[place])
        return self._batch(
            chosen[batch * self._size : (batch + 1) * self._size],
            np.random.default_rng((self._seed, step, 1)),
        )

    def _choose(self, draw: lines.Draw, count: int) -> list[int]:
        kinds = list(self._groups)
        shares = np.array([_SHARES.get(kind, 0.0) for kind in kinds])
        shares[shares == 0] = 1 - shares.sum()
        picked = draw.choice(len(kinds), count, p=shares / shares.sum())
        chosen = [int(draw.choice(self._groups[kinds[kind]])) for kind in picked]
        return [_SILENT if draw.random() < _NOTHING else at for at in chosen]

    def _batch(self, chosen: Sequence[int], draw: lines.Draw) -> Batch:
        heard = [self._heard(at, draw) for at in chosen]
        longest_s = max(len(sound) for sound in heard) / RECOGNIZER_HZ
        context_s = max(float(draw.choice(_CONTEXTS_S)), longest_s + draw.uniform(*_MARGIN_S))
        mel = np.stack([self._mel(sound, min(context_s, _LONGEST_S)) for sound in heard])
        rows = [self._tokens(at, draw) for at in chosen]
        length = max(len(tokens) for tokens, _ in rows)
        return Batch(
            mel,
            np.array([tokens + [self.tokenizer.eot] * (length - len(tokens)) for tokens, _ in rows]),
            np.array([wanted + [-1] * (length - len(wanted)) for _, wanted in rows]),
        )

    def _heard(self, at: int, draw: lines.Draw) -> Pcm:
        if at == _SILENT:
            return lines.nothing(draw.uniform(0.5, 3), self._others, draw)
        return lines.by_telephone(self._said[at].floats, self._others, draw)

    def _mel(self, sound: Pcm, context_s: float) -> NDArray[np.float32]:
        return mel(self._features, sound, context_s)

    def _tokens(self, at: int, draw: lines.Draw) -> tuple[list[int], list[int]]:
        """What the decoder is given and what it shall say next."""
        words, told = self.tokenizer, str(draw.choice(self._told)) if draw.random() < _HINTED else ""
        before = [words.sot_prev, *words.encode(f" {told}")] if told else []
        begin = [*before, *words.sot_sequence, words.no_timestamps]
        said = [] if at == _SILENT else words.encode(f" {self._said[at].line.written}")
        known = words.no_speech if at == _SILENT else words.sot_sequence[1]
        after_begin = [*[-1] * len(before), known, *[-1] * len(words.sot_sequence[1:])]
        return begin + said, [*after_begin, *said, words.eot]


def mel(features: FeatureExtractor, sound: Pcm, context_s: float) -> NDArray[np.float32]:
    """(80, frames) of `sound` followed by silence up to `context_s`, as the product makes it."""
    size = int(context_s * RECOGNIZER_HZ) // (2 * _HALF_FRAME) * 2 * _HALF_FRAME
    padded = np.zeros(size, np.float32)
    padded[: min(len(sound), size)] = sound[:size] / np.float32(lines.FULL_SCALE)
    return np.asarray(features(padded)[:, : size // _HALF_FRAME], np.float32)


def _groups(said: Sequence[Said]) -> Mapping[str, Ints]:
    groups: dict[str, list[int]] = {}
    for place, each in enumerate(said):
        groups.setdefault(group(each.line), []).append(place)
    return {name: np.array(places) for name, places in groups.items()}


def group(line: Line) -> str:
    """Which sounds this one is drawn with: one of `_SHARES`, or any other answer."""
    if line.kind in ("request", "general"):
        return line.kind
    short = len(line.written) <= _SHORT
    if line.kind == "human":
        return "human word" if short else "human"
    if sum(letter.isdigit() for letter in line.written) >= _DIGITS:
        return "digits"
    return "short" if short else _ANSWER
