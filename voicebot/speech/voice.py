"""The voice of the assistant: a human recording, else speech rendered before, else speech made now."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final, Literal, Protocol

import structlog

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import Pcm, read_wav
from voicebot.speech.spoken import spoken
from voicebot.speech.tts.kept import Kept, Memory
from voicebot.speech.tts.synthesizer import Synthesizer, for_telephone

log = structlog.get_logger()

_RENDERERS: Final = 2
_PACES: Final[tuple[Pace, ...]] = ("normal", "slow")

Origin = Literal["recording", "ahead", "now"]


class Speakable(Protocol):
    """Words and the key of their human recording."""

    @property
    def text(self) -> str:
        """What to say."""
        ...

    @property
    def key(self) -> str | None:
        """The name of the recording; None when the words contain an answer."""
        ...


class Voice:
    """Speaks with the first of `now` that can; the voices `ahead` are preferred where they spoke before.

    `recordings` holds <key>.wav beside <key>.json with {"text_sha256"}; `cache` is the folder of rendered
    speech. A recording has one pace: who asked for slow speech hears a synthesizer, because hearing the
    same again at the same pace would be no answer; the recording is still there if no synthesizer can.
    """

    def __init__(
        self, recordings: Path, cache: Path, ahead: tuple[str, ...], now: tuple[Synthesizer, ...]
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

    def audio(self, text: str, key: str | None, pace: Pace) -> Pcm:
        """The sound of `text` at 8 kHz, not to be written to. Raises AudioError when no voice can speak."""
        found = self._prepared(text, key, pace)
        if found:
            return found[1]
        try:
            return self._speak(spoken(text), pace, remember=key is not None)
        except AudioError:
            found = self._prepared(text, key, "normal") if pace == "slow" else None
            if found:
                return found[1]
            raise

    def origin(self, text: str, key: str | None, pace: Pace) -> Origin:
        """Where the sound of `text` would come from."""
        found = self._prepared(text, key, pace)
        return found[0] if found else "now"

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

    def _prepared(self, text: str, key: str | None, pace: Pace) -> tuple[Origin, Pcm] | None:
        """What need not be spoken any more, best first."""
        recorded = self._recorded(text, key) if key and pace == "normal" else None
        if recorded is not None:
            return "recording", recorded
        words = spoken(text)
        for name in dict.fromkeys((*self._ahead, *self.names)):
            pcm = self._kept.get(words, name, pace)
            if pcm is not None:
                return "ahead", pcm
        return None

    def _recorded(self, text: str, key: str) -> Pcm | None:
        """The human recording of exactly these words, as loud as the other voices."""
        path = self._recordings / f"{key}.wav"
        if not path.is_file() or not _is_of(path.with_name(f"{key}.json"), text):
            return None
        name = f"{path}:{path.stat().st_mtime_ns}"
        try:
            known = self._memory.get(name)
            return self._memory.put(name, for_telephone(*read_wav(path), key)) if known is None else known
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


def fingerprint(text: str) -> str:
    """What a recording is kept with, so that a changed text is not spoken by an old recording."""
    return hashlib.sha256(text.encode()).hexdigest()


def _is_of(note: Path, text: str) -> bool:
    """Whether the recording beside `note` says `text`."""
    try:
        noted = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(noted, dict) and noted.get("text_sha256") == fingerprint(text)
