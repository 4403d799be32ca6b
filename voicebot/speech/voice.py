"""The voice of the assistant: a human recording, else speech rendered before, else speech made now."""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import structlog

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, read_wav, resample, write_wav
from voicebot.speech.spoken import spoken
from voicebot.speech.tts.synthesizer import Synthesizer

log = structlog.get_logger()

#: About an hour of speech in memory: 57 MB.
_REMEMBERED = 2000
_RENDERERS = 2

Origin = Literal["recording", "ahead", "now"]


class Speakable(Protocol):
    """Words and the key of their human recording."""

    @property
    def text(self) -> str:
        """What to say."""

    @property
    def key(self) -> str | None:
        """The name of the recording; None when the words contain an answer."""


def fingerprint(text: str) -> str:
    """What a recording is kept with, so that a changed text is not spoken by an old recording."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Voice:
    """Speaks with the first of `now` that can; `ahead` are the voices whose cached speech is taken before.

    `recordings` holds <key>.wav beside <key>.json with {"text_sha256"}; `cache` the rendered speech.
    """

    recordings: Path
    cache: Path
    ahead: tuple[str, ...]
    now: tuple[Synthesizer, ...]
    _memory: OrderedDict[Path, Pcm] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def names(self) -> tuple[str, ...]:
        """The voices that can speak at once, the preferred one first."""
        return tuple(one.name for one in self.now)

    def audio(self, text: str, key: str | None, pace: Pace) -> Pcm:
        """The sound of `text` at 8 kHz. Raises AudioError when no voice can speak."""
        for path in self._kept(text, key, pace):
            pcm = self._read(path)
            if pcm is not None:
                return pcm
        return self._speak(text, pace)

    def origin(self, text: str, key: str | None, pace: Pace) -> Origin:
        """Where the sound of `text` would come from."""
        for path in self._kept(text, key, pace):
            if path.is_file():
                return "recording" if path.parent == self.recordings else "ahead"
        return "now"

    def render_ahead(self, texts: Iterable[Speakable], synthesizer: Synthesizer) -> Iterator[str]:
        """Speak all `texts` into the cache, at both paces; yields each text when it is there."""
        paces: tuple[Pace, ...] = ("normal", "slow")
        with ThreadPoolExecutor(_RENDERERS) as pool:
            yield from pool.map(lambda one: self._render(one.text, paces, synthesizer), list(texts))

    def _render(self, text: str, paces: tuple[Pace, ...], synthesizer: Synthesizer) -> str:
        for pace in paces:
            path = self._cached(text, synthesizer.name, pace)
            if self._read(path) is None:
                self._write(path, synthesizer.speak(spoken(text), pace))
        return text

    def _kept(self, text: str, key: str | None, pace: Pace) -> Iterator[Path]:
        """Files that hold these words, best first. A human recording has one pace: slow is synthesised."""
        if key and pace == "normal" and self._is_recorded(text, key):
            yield self.recordings / f"{key}.wav"
        for name in (*self.ahead, *self.names):
            yield self._cached(text, name, pace)

    def _is_recorded(self, text: str, key: str) -> bool:
        try:
            noted = json.loads((self.recordings / f"{key}.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        return isinstance(noted, dict) and noted.get("text_sha256") == fingerprint(text)

    def _cached(self, text: str, name: str, pace: Pace) -> Path:
        words = hashlib.sha256(f"{name}/{pace}/{spoken(text)}".encode()).hexdigest()
        return self.cache / words[:2] / f"{words}.wav"

    def _speak(self, text: str, pace: Pace) -> Pcm:
        for synthesizer in self.now:
            try:
                pcm = synthesizer.speak(spoken(text), pace)
            except AudioError as error:
                log.warning("voice failed", voice=synthesizer.name, error=str(error))
                continue
            self._remember(self._cached(text, synthesizer.name, pace), pcm)
            return pcm
        raise AudioError("no voice can speak: install one (see `voicebot doctor`)")

    def _read(self, path: Path) -> Pcm | None:
        """What is kept; a damaged file counts as none and is made again."""
        with self._lock:
            if path in self._memory:
                self._memory.move_to_end(path)
                return self._memory[path]
        if not path.is_file():
            return None
        try:
            pcm = resample(*read_wav(path), TELEPHONE_HZ)
        except AudioError:
            log.warning("kept speech is damaged", file=path.name)
            return None
        self._remember(path, pcm)
        return pcm

    def _write(self, path: Path, pcm: Pcm) -> None:
        """Whole or not at all, also when two processes render the same."""
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        write_wav(part, pcm, TELEPHONE_HZ)
        part.replace(path)

    def _remember(self, path: Path, pcm: Pcm) -> None:
        with self._lock:
            self._memory[path] = pcm
            while len(self._memory) > _REMEMBERED:
                self._memory.popitem(last=False)
