"""What was learned once from the same sentences is stored in a file instead of being learned again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
#: Weights and constants.
Solution = tuple[Floats, Floats]

#: Sentences change while somebody works on them; beyond this many files, the oldest are removed.
_MOST_KEPT = 4


def solution(folder: Path, digest: str, solve: Callable[[], Solution]) -> Solution:
    """The solution named `digest`, from `folder` if it is stored there, else from `solve`, and then stored.

    An unwritable folder or an unreadable file only costs time.
    """
    path = folder / f"intents-{digest}.npz"
    with suppress(OSError, ValueError, KeyError, EOFError, BadZipFile), np.load(path) as kept:
        return kept["weights"], kept["constant"]
    solved = solve()
    with suppress(OSError):
        _keep(path, solved)
        _tidy(folder)
    return solved


def _keep(path: Path, solved: Solution) -> None:
    """Write completely or not at all: another process may be reading."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        np.savez(file, weights=solved[0], constant=solved[1])
    os.replace(file.name, path)


def _tidy(folder: Path) -> None:
    newest_first = sorted(folder.glob("intents-*.npz"), key=lambda path: -path.stat().st_mtime)
    for path in newest_first[_MOST_KEPT:]:
        path.unlink(missing_ok=True)
