"""The association's folder, changed as a whole or not at all: a lock, a journal, files put in place whole.

A change is first written to a journal (write, fsync, rename), then each file of it, then the journal goes. A
process that ends anywhere leaves either no journal (nothing happened) or a whole one, which the next one that
looks carries out. Readers hold the lock too, so that they never see half of a change.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import Final

from voicebot.errors import DataError

#: The whole new text of each file by its path in the folder; None: the file goes.
Changes = Mapping[str, str | None]
Files = Mapping[str, str]

#: What is written here, as patterns below the folder.
PATTERNS: Final = (
    "flows/*.yaml",
    "prompts/*.yaml",
    "nlu/choices/*.yaml",
    "nlu/intents/*.yaml",
    "nlu/answers/*.yaml",
    "nlu/*.yaml",
    "conversations/*.yaml",
)
#: Drafts, history, lock and journal, beside what is published.
_OWN: Final = ".voicebot"
_LOCK, _JOURNAL = f"{_OWN}/lock", f"{_OWN}/journal.json"
_HALF: Final = ".half"


class Overtaken(DataError):  # noqa: N818 - says what happened
    """Somebody else changed these files in the meantime."""


@dataclass(frozen=True)
class ContentFolder:
    """The folder at `root`, which need not exist yet."""

    root: Path

    @contextmanager
    def reading(self) -> Iterator[HeldFolder]:
        """The folder within the block, while nobody changes it. Raises DataError."""
        with _locked(self.root, fcntl.LOCK_SH) as held:
            yield held

    @contextmanager
    def changing(self) -> Iterator[HeldFolder]:
        """The folder within the block, which nobody else reads or changes. Raises DataError."""
        with _locked(self.root, fcntl.LOCK_EX) as held:
            yield held

    def read(self) -> Files:
        """The text of every published file by its path, all from the same moment. Raises DataError."""
        with self.reading() as held:
            return held.files()


@dataclass(frozen=True)
class HeldFolder:
    """The folder at `root` while its lock is held."""

    root: Path

    def files(self) -> Files:
        """The text of every published file by its path. Raises DataError."""
        paths = sorted(path for pattern in PATTERNS for path in self.root.glob(pattern))
        try:
            return {path.relative_to(self.root).as_posix(): path.read_text("utf-8") for path in paths}
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(f"{self.root}: expected texts in UTF-8, got {type(error).__name__}") from None

    def kept(self, kind: str) -> Files:
        """What is kept beside the published files, such as all "drafts", by file name."""
        paths = sorted((self.root / _OWN / kind).glob("*.json"))
        return {path.name: path.read_text("utf-8") for path in paths}

    def change(self, changes: Changes, base: Mapping[str, str], beside: Changes) -> None:
        """Put `changes` to published files in place, and `beside` them drafts and history, all or nothing.

        `base` has the fingerprint that each of those files must have now ("": it must not exist). Raises
        Overtaken if one differs, DataError for a path that is not ours or a folder that cannot be written.
        """
        for path in changes:
            if not is_ours(path):
                raise DataError(f"{path}: expected a YAML file of flows, prompts, nlu or conversations")
        now = self.files()
        differing = sorted(path for path, print_ in base.items() if fingerprint(now.get(path)) != print_)
        if differing:
            raise Overtaken(f"{', '.join(differing)}: changed by somebody else since the draft was begun")
        whole = {**changes, **{f"{_OWN}/{name}": text for name, text in beside.items()}}
        try:
            self._write(_JOURNAL, json.dumps(whole, ensure_ascii=False))
            self.carry_out()
        except OSError as error:
            raise DataError(f"{self.root}: cannot be written ({error.strerror}); is the disk full?") from None

    def carry_out(self) -> None:
        """Do what the journal says, which may be done any number of times, and remove it."""
        journal = self.root / _JOURNAL
        if not journal.exists():
            return
        for path, text in json.loads(journal.read_text("utf-8")).items():
            if text is None:
                (self.root / path).unlink(missing_ok=True)
            else:
                self._write(path, text)
        journal.unlink(missing_ok=True)
        _sync(journal.parent)

    def _write(self, path: str, text: str) -> None:
        """Put a whole file in place: whoever reads it meets the old text or the new one."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + _HALF)
        with half.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, target)
        _sync(target.parent)


@contextmanager
def _locked(root: Path, how: int) -> Iterator[HeldFolder]:
    """Hold the lock; a change that was begun and not finished is finished first."""
    held, lock = HeldFolder(root), _open_lock(root, must_write=how == fcntl.LOCK_EX)
    try:
        if lock is not None:
            fcntl.flock(lock, how)
            if how == fcntl.LOCK_SH and (root / _JOURNAL).exists():
                fcntl.flock(lock, fcntl.LOCK_EX)
            held.carry_out()
        yield held
    finally:
        if lock is not None:
            os.close(lock)


def _open_lock(root: Path, must_write: bool) -> int | None:
    """The lock file; None where nobody can write, so nobody can be in the middle of it either."""
    path = root / _LOCK
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if must_write:
            raise DataError(f"{root}: cannot be written ({error.strerror}); check its owner") from None
        return None


def stamp(files: Files) -> str:
    """The fingerprint of all published files together; "" if there are none."""
    whole = "".join(f"{path}\0{text}\0" for path, text in sorted(files.items()))
    return fingerprint(whole) if files else ""


def words_in(files: Files) -> Files:
    """Those of the files that understanding learns from."""
    return {path: text for path, text in files.items() if path.startswith("nlu/")}


def fingerprint(text: str | None) -> str:
    """The fingerprint of a file's text; "" for one that does not exist."""
    return "" if text is None else sha256(text.encode()).hexdigest()[:16]


def is_ours(path: str) -> bool:
    """Whether a published file may have this path."""
    return any(fnmatch(path, one) and path.count("/") == one.count("/") for one in PATTERNS) and all(
        part and not part.startswith(".") for part in path.split("/")
    )


def _sync(folder: Path) -> None:
    """Make new names in the folder last."""
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
