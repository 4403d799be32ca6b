"""Whisper: French without a download from the model's publisher; hears an utterance when it is over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from voicebot.errors import RecognizerLost
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm
from voicebot.speech.stt.denoise import denoised
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.stt.turns import cores
from voicebot.speech.stt.whisper_engine import LONGEST_S, WhisperEngine
from voicebot.speech.stt.whisper_text import Decoded, repeats, same
from voicebot.speech.vad import SileroVad, Vad, VadStream

#: Speech is in the sound when so many windows (32 ms) are probably speech. The threshold is low: by telephone
#: a short "oui" stays between 0.3 and 0.6, noise and coughs under 0.15; chords get through and are refused
#: by what Whisper makes of them (`Decoded.made_up`).
_SPEECH_WINDOWS, _SPEECH_PROBABILITY = 4, 0.2

#: Forced choice among the phrases, taken when one is so many times likelier than another and nearly as likely
#: as the free text. Of 35 single words by telephone that were read wrong it put 13 right and made 1 wrong;
#: none of 200 other sounds was forced onto a phrase. (The limits were chosen on these sounds.) It is not for
#: few phrases, nor for yes and no: there it took "mon fils" for "non" and the like.
_FEWEST_CHOICES, _MOST_CHOICES, _LONGEST_CHOICE_S = 5, 12, 3.0
_CLEAR_ODDS, _WORST_GAP, _CHOICE_CONFIDENCE = 150.0, -3.0, 0.7

#: An open question heard with less confidence is heard again without our hints, which Whisper writes where
#: it lost the words. With the noise taken out, 53 % instead of 44 % of 192 noisy requests were understood,
#: and none instead of 5 % acted upon wrongly (docs/decisions/0004).
_HEARD_CLEARLY = 0.75
_OPEN_KIND = "intent"

_LEVEL_WINDOW = RECOGNIZER_HZ // 50
_PADDING = RECOGNIZER_HZ // 5


class WhisperStream:
    """One utterance: kept while it is spoken, decoded by `peek` and `finish`. See `Stream`."""

    def __init__(self, engine: WhisperEngine, vad: Vad, expected: Expected) -> None:
        self._engine = engine
        self._expected = expected
        self._vad = VadStream(vad)
        self._chunks: list[Pcm] = []
        self._judged = 0
        self._speech_windows = 0
        self._known: tuple[int, Transcript] | None = None

    def accept(self, pcm: Pcm) -> str | None:
        """Keep the samples; Whisper knows nothing before it decodes."""
        self._chunks.append(np.array(pcm, np.int16))
        return None

    def peek(self) -> Transcript | None:
        """What has been said until now: 0.2 s of work, up to 0.5 s for a closed question.

        None while others keep the engine busy: they have finished speaking, this is only a guess.
        """
        with self._engine.turns.ahead() as free:
            return self.finish() if free else None

    def finish(self) -> Transcript:
        """What was said; the answer of `peek` again when only silence came since.

        If that was nothing it may have looked too soon: a faint end of a word passes for silence.
        """
        sound = np.concatenate(self._chunks) if self._chunks else np.zeros(0, np.int16)
        sound = sound[: int(LONGEST_S * RECOGNIZER_HZ)]
        if not self._is_speech(sound):
            return Transcript()
        start, end = loud_part(sound)
        if self._known is None or not self._known[1].text or end > self._known[0]:
            part = slice(max(0, start - _PADDING), end + _PADDING)
            self._known = (len(sound), self._decode(denoised(sound)[part]))
        return self._known[1]

    def close(self) -> None:
        """Forget the sound."""
        self._chunks.clear()

    def _is_speech(self, sound: Pcm) -> bool:
        """Judges what is new, until enough speech was found: a window costs 2 ms."""
        fresh, step = sound[self._judged :], 10 * _LEVEL_WINDOW
        for start in range(0, len(fresh), step):
            if self._speech_windows >= _SPEECH_WINDOWS:
                return True
            chances = [chance for _, chance in self._vad.accept(fresh[start : start + step])]
            self._speech_windows += sum(chance >= _SPEECH_PROBABILITY for chance in chances)
            self._judged += len(fresh[start : start + step])
        return self._speech_windows >= _SPEECH_WINDOWS

    def _decode(self, sound: Pcm) -> Transcript:
        decode = self._engine.listen(sound)
        heard = self._heard(decode(self._expected.phrases), sound)
        if self._expected.kind != _OPEN_KIND or heard.confidence >= _HEARD_CLEARLY:
            return heard
        return _both(heard, decode(()))

    def _heard(self, decoded: Decoded, sound: Pcm) -> Transcript:
        phrases = self._expected.phrases
        repeated = repeats(decoded.text, phrases)
        if decoded.made_up or (decoded.loops and not repeated):
            return Transcript()
        free = Transcript(repeated or decoded.text, decoded.confidence)
        if not self._is_choice(sound) or any(same(free.text, phrase) for phrase in phrases):
            return free
        return self._choose(sound, phrases, free)

    def _is_choice(self, sound: Pcm) -> bool:
        """True when the answer can be one of a few phrases and nothing else."""
        expected = self._expected
        few = _FEWEST_CHOICES <= len(expected.phrases) <= _MOST_CHOICES
        short = len(sound) <= _LONGEST_CHOICE_S * RECOGNIZER_HZ
        return expected.closed and expected.kind != "yes_no" and few and short

    def _choose(self, sound: Pcm, phrases: tuple[str, ...], free: Transcript) -> Transcript:
        """The phrase that fits clearly best, nearly as well as the free text; else that text."""
        chances, gap = self._engine.fit(sound, phrases, free.text)
        best = int(np.argmax(chances))
        chance = min(float(chances[best]), 0.9999)
        odds = chance / (1.0 - chance) * (len(phrases) - 1)
        if odds < _CLEAR_ODDS or gap < _WORST_GAP:
            return free
        return Transcript(phrases[best], _CHOICE_CONFIDENCE * chance)


class WhisperRecognizer:
    """The model in `folder`, shared by all calls; `at_once` of them decode at the same time."""

    def __init__(
        self,
        folder: Path,
        cpu_threads: int | None = None,
        at_once: int | None = None,
        new_vad: Callable[[], Vad] = SileroVad,
    ) -> None:
        """Load the model; ModelError when it is missing or damaged.

        Two threads and two at once where there are two cores; on one core they would be in each other's way.
        """
        few = min(2, cores())
        self.name = f"whisper:{folder.name}"
        self._engine: WhisperEngine | None = WhisperEngine(folder, cpu_threads or few, at_once or few)
        self._new_vad = new_vad

    def start(self, expected: Expected) -> WhisperStream:
        """Begin to keep an utterance."""
        if self._engine is None:
            raise RecognizerLost(f"expected {self.name} to be open, it was closed")
        return WhisperStream(self._engine, self._new_vad(), expected)

    def close(self) -> None:
        """Give the model's memory back."""
        self._engine = None


def _both(first: Transcript, second: Decoded) -> Transcript:
    """What was heard with hints, beside what was heard without; either may be nothing."""
    if second.made_up or second.loops:
        return first
    if not first.text:
        return Transcript(second.text, second.confidence)
    return Transcript(first.text, first.confidence, (second.text,))


def loud_part(sound: Pcm) -> tuple[int, int]:
    """Where what stands out begins and ends: 8 dB over the quietest tenth, 30 dB under the peak."""
    whole = len(sound) - len(sound) % _LEVEL_WINDOW
    if not whole:
        return 0, len(sound)
    windows = sound[:whole].reshape(-1, _LEVEL_WINDOW).astype(np.float64)
    levels = 10 * np.log10(np.mean(windows**2, axis=1) + 1.0)
    loud = np.flatnonzero(levels >= min(levels.max(), max(np.quantile(levels, 0.1) + 8, levels.max() - 30)))
    return int(loud[0]) * _LEVEL_WINDOW, (int(loud[-1]) + 1) * _LEVEL_WINDOW
