"""faster-whisper, used one utterance at a time: text freely decoded, and how well given phrases fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
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
from voicebot.speech.stt.turns import Turns
from voicebot.speech.stt.whisper_text import Decoded, answer, most_tokens, prompt

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
LONGEST_S = 28.0
"""Whisper hears 30 s; the rest must be silence."""

_LANGUAGE = "fr"
_BEAM = 5
#: A shorter context makes it loop, a longer one only slower: 0.2 s instead of 0.7 s, and for single words
#: even more mistakes. Forced choice cannot loop.
_CONTEXT_S, _MARGIN_S = 10.0, 2.0
_FIT_CONTEXT_S, _FIT_MARGIN_S = 5.0, 0.5
_FRAME = 320
_TINY = 1e-9

Scores = NDArray[np.float64]


class WhisperEngine:
    """One model for all threads; `at_once` utterances are decoded at the same time, others wait."""

    def __init__(self, folder: Path, cpu_threads: int = 2, at_once: int = 2) -> None:
        """Load the model and try it out. Raises ModelError when it is missing or damaged."""
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
        self.turns = Turns(at_once)
        self._silence_fit = lru_cache(maxsize=64)(self._fit_of_silence)
        self.decode(np.zeros(RECOGNIZER_HZ, np.int16), ())

    def decode(self, pcm: Pcm, phrases: Sequence[str]) -> Decoded:
        """What is said in `pcm` (16 kHz, up to `LONGEST_S`), where `phrases` are likely."""
        return self.listen(pcm)(phrases)

    def listen(self, pcm: Pcm) -> Callable[[Sequence[str]], Decoded]:
        """`decode` for one sound and several lists of phrases: half of the work is done once."""
        seconds = len(pcm) / RECOGNIZER_HZ
        with self.turns:
            encoded = self._encode(pcm, max(_CONTEXT_S, seconds + _MARGIN_S))
        return lambda phrases: self._write(encoded, phrases, seconds)

    def _write(self, encoded: Any, phrases: Sequence[str], seconds: float) -> Decoded:
        begin = [*self._told(phrases), *self._tokenizer.sot_sequence, self._tokenizer.no_timestamps]
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
        return Decoded(self._tokenizer.decode(tokens).strip(), log_prob, result.no_speech_prob)

    def fit(self, pcm: Pcm, phrases: tuple[str, ...], rival: str) -> tuple[Scores, float]:
        """How well each of `phrases` fits `pcm`, and how much better the best one is than `rival`.

        The first are probabilities among the phrases, relative to how well each fits mere silence; the
        second is the difference of log-probabilities.
        """
        scores = self._log_probs(pcm, phrases, (*map(answer, phrases), f" {rival}"))
        relative = scores[:-1] - self._silence_fit(phrases)
        chances = np.exp(relative - relative.max())
        best = int(np.argmax(relative))
        return chances / chances.sum(), float(scores[best] - scores[-1])

    def _fit_of_silence(self, phrases: tuple[str, ...]) -> Scores:
        hiss = np.random.default_rng(3).normal(0, 20, RECOGNIZER_HZ // 2).astype(np.int16)
        return self._log_probs(hiss, phrases, tuple(map(answer, phrases)))

    def _log_probs(self, pcm: Pcm, expected: Sequence[str], texts: Sequence[str]) -> Scores:
        begin = [*self._told(expected), *self._tokenizer.sot_sequence]
        tokens = [self._tokenizer.encode(text) for text in texts]
        with self.turns:
            heard = np.array(self._encode(pcm, max(_FIT_CONTEXT_S, len(pcm) / RECOGNIZER_HZ + _FIT_MARGIN_S)))
            each = ctranslate2.StorageView.from_array(np.repeat(heard, len(texts), axis=0))
            results = self._whisper.model.align(each, begin, tokens, [2 * heard.shape[1]] * len(texts))
        chances = [np.maximum(np.array(result.text_token_probs), _TINY) for result in results]
        return np.array([float(np.log(chance).sum()) for chance in chances])

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
