"""faster-whisper, used one utterance at a time: text freely written, or a choice among phrases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_suppressed_tokens
from numpy.typing import NDArray

from voicebot.errors import ModelError
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.models import Context
from voicebot.speech.stt.turns import EngineSlots
from voicebot.speech.stt.whisper_choice import (
    Choice,
    Ends,
    LogProbs,
    Tokens,
    chosen,
    log_softmax,
    nearest,
    paths,
    ways,
)
from voicebot.speech.stt.whisper_digits import COUNTED, Spelled, counted, is_digits, sensible, words
from voicebot.speech.stt.whisper_text import Decoded, most_tokens, prompt

FILES = ("model.bin", "config.json", "tokenizer.json")

_LANGUAGE = "fr"
_BEAM = 5
#: How many readings of an answer made of digits are followed.
_DIGIT_BEAM = 6
#: A shorter context makes it loop, a longer one only slower: 0.2 s instead of 0.7 s, and for single words
#: even more mistakes.
_CONTEXT = Context(least_s=10.0, margin_s=2.0)
_FRAME = 320
_TINY = 1e-9
Scores = NDArray[np.float64]

#: What may stand behind an answer that is over, beside a comma: the model writes a list as it is told one.
_STOPS = (".", "!", "?", "...", "..", ";")


class WhisperEngine:
    """One model for all threads; `at_once` utterances are decoded at the same time, others wait."""

    def __init__(
        self, folder: Path, cpu_threads: int = 2, at_once: int = 2, context: Context | None = None
    ) -> None:
        """Load the model and try it out. Raises ModelError when it is missing or damaged."""
        self._context = context or _CONTEXT
        missing = [name for name in FILES if not (folder / name).exists()]
        if missing:  # faster-whisper would look for some of them in the network
            raise ModelError(f"expected a Whisper model in {folder}, {missing[0]} is missing; install it")
        try:
            self._whisper = WhisperModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=cpu_threads, num_workers=at_once
            )
        except Exception as error:  # ctranslate2 and tokenizers raise kinds of their own
            raise ModelError(
                f"expected a Whisper model in {folder}, it is damaged; install it again"
            ) from error
        self._tokenizer = Tokenizer(
            self._whisper.hf_tokenizer, multilingual=True, task="transcribe", language=_LANGUAGE
        )
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        self.turns = EngineSlots(at_once)
        self._paths = lru_cache(maxsize=64)(partial(paths, encode=self._tokenizer.encode))
        self._counted = {kind: ways(counted(kind), self._tokenizer.encode) for kind in COUNTED}
        self._unwritten = lru_cache(maxsize=16)(self._never_written)
        stops = (self._whisper.hf_tokenizer.token_to_id(sign) for sign in _STOPS)
        (comma,) = self._tokenizer.encode(",")
        self._ends = Ends(self._tokenizer.eot, tuple(stop for stop in stops if stop is not None), comma)
        self.decode(np.zeros(RECOGNIZER_HZ, np.int16), ())

    def decode(self, pcm: Pcm, phrases: Sequence[str]) -> Decoded:
        """What is said in `pcm` (16 kHz, up to 28 s), where `phrases` are likely."""
        return self.listen(pcm).decode(phrases)

    def listen(self, pcm: Pcm) -> Hearing:
        """One sound, ready to be written down or chosen for: half of the work is done once."""
        seconds = len(pcm) / RECOGNIZER_HZ
        with self.turns:
            encoded = self._encode(pcm, max(self._context.least_s, seconds + self._context.margin_s))
        return Hearing(self, encoded, seconds)

    def write(self, encoded: Any, phrases: Sequence[str], seconds: float) -> Decoded:
        """The text of an encoded sound of `seconds`, where `phrases` are likely."""
        begin = self._begin(phrases)
        with self.turns:
            result = self._whisper.model.generate(
                encoded,
                [begin],
                beam_size=_BEAM,
                max_length=len(begin) + most_tokens(seconds),
                return_scores=True,
                return_no_speech_prob=True,
                suppress_blank=True,
                suppress_tokens=self._suppressed,
            )[0]
        tokens = result.sequences_ids[0]
        log_prob = result.scores[0] * len(tokens) / (len(tokens) + 1)
        text = self._tokenizer.decode(tokens).strip()
        return Decoded(text, log_prob, result.no_speech_prob, len(tokens))

    def choose(self, encoded: Any, phrases: tuple[str, ...], seconds: float) -> Choice:
        """How probably each of `phrases` is all that an encoded sound of `seconds` says."""
        return self._choose(encoded, self._paths(phrases), phrases, seconds)

    def count(self, encoded: Any, kind: str, seconds: float) -> Choice:
        """How probably a common answer of `kind` (in `whisper_digits.COUNTED`) is all that is said."""
        return self._choose(encoded, self._counted[kind], (), seconds)

    def _choose(
        self, encoded: Any, known: Mapping[Tokens, str], told: tuple[str, ...], seconds: float
    ) -> Choice:
        begin = self._begin(told)
        with self.turns:
            (first, *_), *_ = self._along(encoded, begin, [()])
            near = nearest(first, known)
            if not near:
                return Choice()
            followed = dict(zip(near, self._along(encoded, begin, near), strict=True))
        return chosen(known, followed, self._ends, seconds, self._hiss)

    @cached_property
    def _hiss(self) -> LogProbs:
        """What the first token is where nobody speaks."""
        hiss = np.random.default_rng(3).normal(0, 20, RECOGNIZER_HZ // 2).astype(np.int16)
        return self._along(self._encode(hiss, self._context.least_s), self._begin(()), [()])[0][0]

    def spell(self, encoded: Any, kind: str, before: str, seconds: float) -> tuple[Spelled, ...]:
        """What an encoded sound of `seconds` can be as an answer of `kind` made of digits, likeliest first.

        `before` is what is written before the digits ("C'est le"). A beam over the tokens of such answers;
        what cannot be is left out afterwards.
        """
        begin = self._begin(())
        begin += self._tokenizer.encode(f" {before}") if before else []
        with self.turns:
            result = self._whisper.model.generate(
                encoded,
                [begin],
                beam_size=_DIGIT_BEAM,
                num_hypotheses=_DIGIT_BEAM,
                length_penalty=0.0,
                max_length=len(begin) + most_tokens(seconds),
                return_scores=True,
                suppress_blank=True,
                suppress_tokens=self._unwritten(kind),
            )[0]
        texts = (self._tokenizer.decode(tokens).strip() for tokens in result.sequences_ids)
        return sensible(kind, list(zip(texts, result.scores, strict=True)))

    def _never_written(self, kind: str) -> list[int]:
        """All tokens that no answer of `kind` has."""
        whole, last = self._whisper.hf_tokenizer, self._tokenizer.eot
        written = {last, *(token for token in range(last) if is_digits(whole.decode([token])))}
        written.update(token for word in words(kind) for token in self._tokenizer.encode(word))
        return [token for token in range(whole.get_vocab_size()) if token not in written]

    def weigh(self, encoded: Any, texts: Sequence[str]) -> Scores:
        """The log-probability of each of `texts` as what an encoded sound says."""
        frames = 2 * np.array(encoded).shape[1]
        tokens = [self._tokenizer.encode(f" {text}") for text in texts]
        with self.turns:
            each = _repeated(encoded, len(texts))
            results = self._whisper.model.align(
                each, [*self._tokenizer.sot_sequence], tokens, [frames] * len(texts)
            )
        chances = [np.maximum(np.array(result.text_token_probs), _TINY) for result in results]
        return np.array([float(np.log(chance).sum()) for chance in chances])

    def _along(self, encoded: Any, begin: list[int], paths: Sequence[Tokens]) -> list[list[LogProbs]]:
        """The log-probabilities of every token at each place of each path, behind it and a comma."""
        if not paths:
            return []
        longest = max(map(len, paths)) + 1
        # Paths of one length: what stands behind the shorter ones changes nothing before it.
        equal = [[*begin, *path, *[self._ends.comma] * (longest - len(path))] for path in paths]
        places = longest + 1
        results = self._whisper.model.generate(
            _repeated(encoded, len(paths)),
            equal,
            beam_size=1,
            # It writes at most half as many, and all of them without what it is told.
            max_length=max(2 * places, len(begin) + places),
            return_logits_vocab=True,
            suppress_blank=False,
            suppress_tokens=[],
        )
        return [[log_softmax(np.array(step)) for step in result.logits[0]] for result in results]

    def _begin(self, phrases: Sequence[str]) -> list[int]:
        return [*self._told(phrases), *self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]

    def _told(self, phrases: Sequence[str]) -> list[int]:
        told = prompt(phrases)
        return [self._tokenizer.sot_prev, *self._tokenizer.encode(f" {told}")] if told else []

    def _encode(self, pcm: Pcm, context_s: float) -> Any:
        """The encoder's output for `pcm` followed by silence up to `context_s`; half a frame is 10 ms."""
        size = int(context_s * RECOGNIZER_HZ) // _FRAME * _FRAME
        sound = np.zeros(size, np.float32)
        sound[: min(len(pcm), size)] = pcm[:size] / np.float32(32768)
        features = self._whisper.feature_extractor(sound)[:, : size // (_FRAME // 2)]
        return self._whisper.encode(features)


@dataclass(frozen=True)
class Hearing:
    """One sound of `seconds`, encoded once."""

    engine: WhisperEngine
    encoded: Any
    seconds: float

    def decode(self, phrases: Sequence[str]) -> Decoded:
        """Its text, where `phrases` are likely."""
        return self.engine.write(self.encoded, phrases, self.seconds)

    def choose(self, phrases: tuple[str, ...]) -> Choice:
        """How probably each of `phrases` is all that it says."""
        return self.engine.choose(self.encoded, phrases, self.seconds)

    def count(self, kind: str) -> Choice:
        """How probably a common number is all that it says."""
        return self.engine.count(self.encoded, kind, self.seconds)

    def spell(self, kind: str, before: str) -> tuple[Spelled, ...]:
        """What it can be as an answer made of digits."""
        return self.engine.spell(self.encoded, kind, before, self.seconds)

    def weigh(self, texts: Sequence[str]) -> Scores:
        """The log-probability of each text."""
        return self.engine.weigh(self.encoded, texts)


def _repeated(encoded: Any, times: int) -> Any:
    """The same sound for several texts at once."""
    if times == 1:
        return encoded
    return ctranslate2.StorageView.from_array(np.repeat(np.array(encoded), times, axis=0))
