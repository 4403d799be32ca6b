"""Recordings of human voices: one WAV file per text, under the fingerprint of that text.

Any process finds a new file by looking, so the next call plays it. A changed text has a different
fingerprint, so an old recording can never say it; its note says what was recorded and under which names.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from voicebot.errors import AudioError
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, read_wav, write_wav

#: Hertz. Twice what the telephone carries, so that a better line one day needs no new recordings.
RATE_HZ: Final = RECOGNIZER_HZ


@dataclass(frozen=True)
class RecordingNote:
    """What a recording says, the names of its text at the time, when it was made, and its length."""

    text: str
    keys: tuple[str, ...]
    at: float
    """Unix seconds."""
    seconds: float


class Recordings:
    """The recordings in `folder`, which several processes and machines may share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def version(self, text: str) -> str | None:
        """A name that identifies this recording of `text`, different from any other; None without one."""
        try:
            found = self._path(text).stat()
        except OSError:
            return None
        return f"{self._path(text)}:{found.st_ino}:{found.st_mtime_ns}:{found.st_size}"

    def sound(self, text: str) -> tuple[Pcm, int]:
        """The recording of `text` and its rate in Hz. Raises AudioError if it cannot be read."""
        return read_wav(self._path(text))

    def keep(self, text: str, keys: Collection[str], pcm: Pcm, at: float) -> None:
        """Store `pcm` (`RATE_HZ`) as the recording of `text`, replacing the previous one.

        Raises AudioError if the folder cannot be written to.
        """
        note = RecordingNote(text, tuple(keys), at, round(len(pcm) / RATE_HZ, 2))
        path = self._path(text)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(asdict(note), ensure_ascii=False, indent=1), encoding="utf-8")
            part.replace(path.with_suffix(".json"))
            write_wav(part, pcm, RATE_HZ)
            part.replace(path)
        except OSError as error:
            raise AudioError(f"{self.folder}: the recording cannot be kept: {error.strerror}") from error

    def remove(self, text: str) -> bool:
        """Remove the recording of `text`; whether there was one. Raises AudioError if that fails."""
        path = self._path(text)
        try:
            path.unlink()
            path.with_suffix(".json").unlink(missing_ok=True)
        except FileNotFoundError:
            return False
        except OSError as error:
            raise AudioError(f"{self.folder}: the recording cannot be removed: {error.strerror}") from error
        return True

    def texts(self) -> frozenset[str]:
        """The fingerprints of all texts that are recorded."""
        return frozenset(path.stem for path in self.folder.glob("*.wav"))

    def notes(self) -> Iterator[RecordingNote]:
        """What is known about all recordings; a damaged note is skipped, its recording is still played."""
        for path in sorted(self.folder.glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                told = json.loads(path.read_text(encoding="utf-8"))
                keys = tuple(map(str, told["keys"]))
                yield RecordingNote(str(told["text"]), keys, float(told["at"]), float(told["seconds"]))

    def _path(self, text: str) -> Path:
        return self.folder / f"{fingerprint(text)}.wav"


def fingerprint(text: str) -> str:
    """The name of the recording of `text`: the beginning of its SHA-256, which no other text will share."""
    return hashlib.sha256(text.encode()).hexdigest()[:32]
