"""What arrived while Redis could not take it: sealed on disk, one file each, replayed in order of arrival.

Processes of one machine share the folder, and any of them replays what another had to leave. An entry is
removed after it was taken, so a process that dies in between makes it come again, never get lost.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Final

import structlog

from voicebot.errors import StoreError
from voicebot.privacy import Privacy

log = structlog.get_logger()

_SUFFIX: Final = ".sealed"
_LOCK: Final = "lock"
#: Nanoseconds. A form that could not be taken for three days interests nobody, and must not block the rest.
_LONGEST_NS: Final = 3 * 86_400 * 10**9
_sequence = count()


@dataclass(frozen=True)
class SpooledForm:
    """A form of Twilio's that is still to be taken.

    `answered`: whoever sent it already got an answer, so that nothing more is owed to them.
    """

    address: str
    fields: Mapping[str, str]
    retry_token: str
    answered: bool = False


@dataclass(frozen=True)
class Spool:
    """The forms in `folder`. It is made when it is first needed."""

    folder: Path
    privacy: Privacy

    def add(self, form: SpooledForm) -> None:
        """Keep a form; when this returns it is on disk. Raises StoreError if the disk refuses."""
        name = f"{time.time_ns():020d}-{os.getpid()}-{next(_sequence):06d}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            unfinished = self.folder / name
            with unfinished.open("x", encoding="ascii") as file:
                file.write(self.privacy.seal(asdict(form)))
                file.flush()
                os.fsync(file.fileno())
            unfinished.rename(unfinished.with_suffix(_SUFFIX))
            _flush_names(self.folder)
        except OSError as error:
            raise StoreError(
                f"neither Redis nor the disk took a form ({type(error).__name__}): is the folder full?"
            ) from error

    def waiting(self) -> list[Path]:
        """The files of all forms that are still to be taken, the oldest first."""
        return sorted(self.folder.glob(f"*{_SUFFIX}")) if self.folder.is_dir() else []

    async def replay(self, take: Callable[[SpooledForm], Awaitable[None]]) -> int:
        """Give each form to `take`, in order; returns how many were taken.

        Stops and raises what `take` raises: the form and those after it stay. Does nothing while another
        process replays.
        """
        if not self.waiting():
            return 0
        with self._alone() as alone:
            files = self.waiting() if alone else []
            for file in files:
                form = None if _is_too_old(file) else self._read(file)
                if form:
                    await take(form)
                file.unlink(missing_ok=True)
        return len(files)

    def _read(self, file: Path) -> SpooledForm | None:
        """The form in a file; None if no key opens it, which no repetition would change."""
        try:
            return SpooledForm(**self.privacy.unseal(file.read_text(encoding="ascii")))
        except (StoreError, TypeError, UnicodeDecodeError) as error:
            log.error("spooled form lost", error=type(error).__name__)
            return None

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        """Whether no other task or process replays within the block."""
        with (self.folder / _LOCK).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True


def _is_too_old(file: Path) -> bool:
    return int(file.name.partition("-")[0]) < time.time_ns() - _LONGEST_NS


def _flush_names(folder: Path) -> None:
    """Without this, a machine that loses power may have the content of a new file, but not its name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
