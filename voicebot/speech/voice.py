"""The voice of the assistant: a human recording, else speech rendered before, else speech made now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal, Protocol

import numpy as np
import structlog

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.sound import Pause, Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.recordings import Recordings
from voicebot.speech.spoken import spoken
from voicebot.speech.tts.audio_cache import AudioCache, AudioMemory
from voicebot.speech.tts.synthesizer import Synthesizer, for_telephone, pause

log = structlog.get_logger()

_RENDERERS: Final = 2
_WORD: Final = re.compile(r"\w+")
_PACES: Final[tuple[Pace, ...]] = ("normal", "slow")

Origin = Literal["recording", "ahead", "now"]


class Speakable(Protocol):
    """Words to be spoken in advance."""

    @property
    def text(self) -> str:
        """What to say."""
        ...


class Voice:
    """Speaks with the first of `now` that can; the voices `ahead` are preferred if they rendered the words.

    `cache` is the folder of rendered speech. A recording has only one pace: somebody who asked for slow
    speech hears a synthesizer, because repeating the same at the same pace would not help; the recording
    remains the last resort if no synthesizer can speak.
    """

    def __init__(
        self, recordings: Recordings, cache: Path, ahead: tuple[str, ...], now: tuple[Synthesizer, ...]
    ) -> None:
        self._recordings = recordings
        self._memory = AudioMemory()
        self._kept = AudioCache(cache, self._memory)
        self._ahead = ahead
        self._now = now

    @property
    def names(self) -> tuple[str, ...]:
        """The voices that can speak at once, the preferred one first."""
        return tuple(one.name for one in self._now)

    def audio(self, speech: Speech) -> Pcm:
        """The sound of `speech` at 8 kHz, read-only. Raises AudioError if no voice can speak."""
        recorded = self._recorded(speech) if speech.pace == "normal" else None
        if recorded is not None:
            return recorded
        try:
            return self._synthetic(speech)
        except AudioError:
            recorded = self._recorded(speech) if speech.pace == "slow" else None
            if recorded is not None:
                return recorded
            raise

    def origin(self, speech: Speech) -> Origin:
        """Where the sound of `speech` would come from."""
        if speech.pace == "normal" and self._recorded(speech) is not None:
            return "recording"
        return "now" if self._rendered(spoken(speech.text), speech.pace) is None else "ahead"

    def render_ahead(self, texts: Iterable[Speakable], synthesizer: Synthesizer) -> Iterator[str]:
        """Speak all `texts` into the cache, at both paces; yields each text once it is there.

        What is already there costs nothing, so this can be stopped and repeated. Raises AudioError if the
        synthesizer cannot speak or the cache cannot be written to.
        """
        wanted = dict.fromkeys(each.text for each in texts)
        with ThreadPoolExecutor(_RENDERERS) as pool:
            yield from pool.map(lambda text: self._render(text, synthesizer), wanted)

    def _render(self, text: str, synthesizer: Synthesizer) -> str:
        words = spoken(text)
        for pace in _PACES:
            if self._kept.get(words, synthesizer.name, pace) is None:
                self._kept.write(words, synthesizer.name, pace, synthesizer.speak(words, pace))
        return text

    def _synthetic(self, speech: Speech) -> Pcm:
        words = spoken(speech.text)
        rendered = self._rendered(words, speech.pace)
        if rendered is not None:
            return rendered
        return self._speak(words, speech.pace, remember=speech.key is not None)

    def _rendered(self, words: str, pace: Pace) -> Pcm | None:
        """What was rendered before, by the best voice that did so."""
        said = (self._kept.get(words, name, pace) for name in dict.fromkeys((*self._ahead, *self.names)))
        return next((pcm for pcm in said if pcm is not None), None)

    def _recorded(self, speech: Speech) -> Pcm | None:
        """Recordings of exactly these words, as loud as the other voices, with answers spoken in between."""
        whole = self._recording(speech.text) if speech.key else None
        if whole is not None or not self._has_pieces(speech):
            return whole
        return np.concatenate([self._part(part) for part in speech.parts])

    def _has_pieces(self, speech: Speech) -> bool:
        """Whether everything that never changes in `speech` is recorded and can be assembled."""
        fixed = [part for part in speech.parts if isinstance(part, Speech) and part.key]
        there = bool(fixed) and all(self._recording(part.text) is not None for part in fixed)
        return there and _say_the_same(speech)

    def _part(self, part: Speech | Pause) -> Pcm:
        if isinstance(part, Pause):
            return pause(part.seconds)
        recorded = self._recording(part.text)
        return self._synthetic(part) if recorded is None else recorded

    def _recording(self, text: str) -> Pcm | None:
        name = self._recordings.version(text)
        if name is None:
            return None
        try:
            known = self._memory.get(name)
            if known is not None:
                return known
            return self._memory.put(name, for_telephone(*self._recordings.sound(text), "a recording"))
        except AudioError as error:
            log.warning("recording cannot be used", error=str(error))
            return None

    def _speak(self, words: str, pace: Pace, remember: bool) -> Pcm:
        """Words that contain an answer are not cached: they are personal, and seldom said twice."""
        for synthesizer in self._now:
            try:
                pcm = synthesizer.speak(words, pace)
            except AudioError as error:
                log.warning("voice failed", voice=synthesizer.name, error=str(error))
                continue
            if remember:
                self._kept.remember(words, synthesizer.name, pace, pcm)
            return pcm
        raise AudioError("no voice can speak: install one (see `voicebot doctor`)")


def _say_the_same(speech: Speech) -> bool:
    """Whether the parts sound the same alone as within the sentence: "21" before "heures" does not."""
    parts = " ".join(spoken(part.text) for part in speech.parts if isinstance(part, Speech))
    return _WORD.findall(parts) == _WORD.findall(spoken(speech.text))
