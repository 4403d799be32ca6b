"""Speech rendered before: WAV files in a folder, with the most recently used in memory."""

from __future__ import annotations

import hashlib
import os
import threading
from collections import OrderedDict
from pathlib import Path
from typing import Final

import structlog

from voicebot.dialogue.session import Pace
from voicebot.errors import AudioError
from voicebot.speech.audio import TELEPHONE_HZ, Pcm, read_wav, write_wav

log = structlog.get_logger()

#: Bytes; a little more than an hour of speech.
_MEMORY_BYTES: Final = 64 << 20


class AudioMemory:
    """Sounds by name; the least recently used are dropped beyond `most_bytes`."""

    def __init__(self, most_bytes: int = _MEMORY_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._sounds: OrderedDict[str, Pcm] = OrderedDict()
        self._turn = threading.Lock()

    def get(self, name: str) -> Pcm | None:
        """The sound called `name`, if it is still cached."""
        with self._turn:
            if name in self._sounds:
                self._sounds.move_to_end(name)
            return self._sounds.get(name)

    def put(self, name: str, pcm: Pcm) -> Pcm:
        """Cache `pcm`, which becomes read-only because many calls share it."""
        pcm.setflags(write=False)
        with self._turn:
            old = self._sounds.pop(name, None)
            self._sounds[name] = pcm
            self._bytes += pcm.nbytes - (0 if old is None else old.nbytes)
            while self._bytes > self._most_bytes:
                self._bytes -= self._sounds.popitem(last=False)[1].nbytes
        return pcm


class AudioCache:
    """Speech by words, voice and pace, in files under `folder` and in `memory`."""

    def __init__(self, folder: Path, memory: AudioMemory) -> None:
        self._folder = folder
        self._memory = memory

    def get(self, words: str, voice: str, pace: Pace) -> Pcm | None:
        """What `voice` said before; None if it did not, or if the file is damaged."""
        name = _name(words, voice, pace)
        known = self._memory.get(name)
        if known is not None:
            return known
        path = self._path(name)
        if not path.is_file():
            return None
        try:
            return self._memory.put(name, _read(path))
        except (AudioError, OSError) as error:
            log.warning("kept speech is damaged", error=str(error))
            return None

    def remember(self, words: str, voice: str, pace: Pace, pcm: Pcm) -> None:
        """Keep `pcm` until this process ends, or until memory runs short."""
        self._memory.put(_name(words, voice, pace), pcm)

    def write(self, words: str, voice: str, pace: Pace, pcm: Pcm) -> None:
        """Keep `pcm` permanently: completely or not at all, even if two processes write the same.

        Raises AudioError if the folder cannot be written to.
        """
        path = self._path(_name(words, voice, pace))
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(part, pcm, TELEPHONE_HZ)
            part.replace(path)
        except OSError as error:
            raise AudioError(f"{path.parent}: rendered speech cannot be kept: {error.strerror}") from error

    def _path(self, name: str) -> Path:
        return self._folder / name[:2] / f"{name}.wav"


def _name(words: str, voice: str, pace: Pace) -> str:
    return hashlib.sha256(f"{voice}/{pace}/{words}".encode()).hexdigest()


def _read(path: Path) -> Pcm:
    """The file's samples; AudioError if it is truncated or not meant for the telephone."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8)[4:], "little") + 8
    pcm, rate_hz = read_wav(path)
    if size != path.stat().st_size or rate_hz != TELEPHONE_HZ or not len(pcm):
        raise AudioError(f"{path.name}: expected a whole file at {TELEPHONE_HZ} Hz; it will be made again")
    return pcm
