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
from voicebot.speech.audio import Pcm
from voicebot.speech.piece import Piece, Rest
from voicebot.speech.recordings import Recordings
from voicebot.speech.spoken import spoken
from voicebot.speech.tts.kept import Kept, Memory
from voicebot.speech.tts.synthesizer import Synthesizer, for_telephone, pause

log = structlog.get_logger()

_RENDERERS: Final = 2
_WORD: Final = re.compile(r"\w+")
_PACES: Final[tuple[Pace, ...]] = ("normal", "slow")

Origin = Literal["recording", "ahead", "now"]


class Speakable(Protocol):
    """Words to be spoken ahead."""

    @property
    def text(self) -> str:
        """What to say."""
        ...


class Voice:
    """Speaks with the first of `now` that can; the voices `ahead` are preferred where they spoke before.

    `cache` is the folder of rendered speech. A recording has one pace: who asked for slow speech hears a
    synthesizer, because hearing the same again at the same pace would be no answer; the recording is still
    there if no synthesizer can.
    """

    def __init__(
        self, recordings: Recordings, cache: Path, ahead: tuple[str, ...], now: tuple[Synthesizer, ...]
    ) -> None:
        self._recordings = recordings
        self._memory = Memory()
        self._kept = Kept(cache, self._memory)
        self._ahead = ahead
        self._now = now

    @property
    def names(self) -> tuple[str, ...]:
        """The voices that can speak at once, the preferred one first."""
        return tuple(one.name for one in self._now)

    def audio(self, piece: Piece, pace: Pace) -> Pcm:
        """The sound of `piece` at 8 kHz, not to be written to. Raises AudioError when no voice can speak."""
        recorded = self._recorded(piece) if pace == "normal" else None
        if recorded is not None:
            return recorded
        try:
            return self._synthetic(piece, pace)
        except AudioError:
            recorded = self._recorded(piece) if pace == "slow" else None
            if recorded is not None:
                return recorded
            raise

    def origin(self, piece: Piece, pace: Pace) -> Origin:
        """Where the sound of `piece` would come from."""
        if pace == "normal" and self._recorded(piece) is not None:
            return "recording"
        return "now" if self._rendered(spoken(piece.text), pace) is None else "ahead"

    def render_ahead(self, texts: Iterable[Speakable], synthesizer: Synthesizer) -> Iterator[str]:
        """Speak all `texts` into the cache, at both paces; yields each text once it is there.

        What is there already costs nothing, so it can be stopped and repeated. Raises AudioError when the
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

    def _synthetic(self, piece: Piece, pace: Pace) -> Pcm:
        words = spoken(piece.text)
        rendered = self._rendered(words, pace)
        return self._speak(words, pace, remember=piece.key is not None) if rendered is None else rendered

    def _rendered(self, words: str, pace: Pace) -> Pcm | None:
        """What was spoken before, by the best voice that did."""
        said = (self._kept.get(words, name, pace) for name in dict.fromkeys((*self._ahead, *self.names)))
        return next((pcm for pcm in said if pcm is not None), None)

    def _recorded(self, piece: Piece) -> Pcm | None:
        """Recordings of exactly these words, as loud as the other voices, with answers spoken in between."""
        whole = self._recording(piece.text) if piece.key else None
        if whole is not None or not self._has_pieces(piece):
            return whole
        return np.concatenate([self._part(part) for part in piece.parts])

    def _has_pieces(self, piece: Piece) -> bool:
        """Whether all that never changes in `piece` is recorded, and can be put together."""
        fixed = [part for part in piece.parts if isinstance(part, Piece) and part.key]
        there = bool(fixed) and all(self._recording(part.text) is not None for part in fixed)
        return there and _say_the_same(piece)

    def _part(self, part: Piece | Rest) -> Pcm:
        if isinstance(part, Rest):
            return pause(part.seconds)
        recorded = self._recording(part.text)
        return self._synthetic(part, "normal") if recorded is None else recorded

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
        """Words that contain an answer are not remembered: they are personal, and seldom said twice."""
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


def _say_the_same(piece: Piece) -> bool:
    """Whether the parts alone are spoken as within the sentence: "21" before "heures" is not."""
    parts = " ".join(spoken(part.text) for part in piece.parts if isinstance(part, Piece))
    return _WORD.findall(parts) == _WORD.findall(spoken(piece.text))
