"""One large file from the network: resumed where it broke off, verified, and unpacked safely."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

import httpx

from voicebot.errors import ModelError

Progress = Callable[[int, int], None]
"""Called with the bytes received so far and the total, as far as that is known."""

_TRIES_WITHOUT_PROGRESS = 3
_TIMEOUT_S = 30.0
_MOST_UNPACKED = 8 << 30


def download(url: str, target: Path, progress: Progress, sha256: str | None = None) -> None:
    """Download `url` to `target`, continuing what an earlier attempt left in `<target>.part`.

    Raises ModelError if the host cannot be reached or if the file is not the one that was published.
    """
    part = target.with_name(f"{target.name}.part")
    tries = 0
    while True:
        before = _size(part)
        try:
            _fetch(url, part, progress)
            break
        except httpx.TransportError as error:
            tries = 0 if _size(part) > before else tries + 1
            if tries >= _TRIES_WITHOUT_PROGRESS:
                raise _unreachable(url, part, type(error).__name__) from error
    if sha256 and digest(part) != sha256:
        part.unlink()
        raise ModelError(f"expected {url} to have the published checksum, it has another; start again")
    part.replace(target)


def unpack(archive: Path, folder: str, target: Path) -> None:
    """Unpack the single `folder` in `archive`, a zip or a tar, as `target`, completely or not at all."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if tarfile.is_tarfile(archive):
            with tarfile.open(archive) as packed:
                _check([(each.name, each.size) for each in packed], folder)
                packed.extractall(temporary, filter="data")
        else:
            with zipfile.ZipFile(archive) as zipped:
                _check([(each.filename, each.file_size) for each in zipped.infolist()], folder)
                zipped.extractall(temporary)
    except (zipfile.BadZipFile, tarfile.TarError, OSError, EOFError, NotImplementedError) as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise ModelError(
            f"expected {archive.name} to be a zip or tar archive, it cannot be unpacked: {error}"
        ) from error
    put_in_place(temporary / folder, target)
    shutil.rmtree(temporary, ignore_errors=True)


def put_in_place(made: Path, target: Path) -> None:
    """Give the finished folder `made` its final name, replacing what was there."""
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch(url: str, part: Path, progress: Progress) -> None:
    """One attempt, starting where `part` ends."""
    have = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with httpx.stream("GET", url, headers=headers, follow_redirects=True, timeout=_TIMEOUT_S) as answer:
        if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            return  # it is already complete; the checksum decides whether it is right
        if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
            raise _unreachable(url, part, f"HTTP status {answer.status_code}")
        resumed = answer.status_code == httpx.codes.PARTIAL_CONTENT
        have = have if resumed else 0
        total = have + int(answer.headers.get("Content-Length", 0))
        with part.open("ab" if resumed else "wb") as file:
            for chunk in answer.iter_raw():  # a chunk size would lose data before a break
                file.write(chunk)
                have += len(chunk)
                progress(have, max(have, total))


def _check(entries: Sequence[tuple[str, int]], folder: str) -> None:
    """`entries` are names and sizes in bytes."""
    if sum(size for _, size in entries) > _MOST_UNPACKED:
        raise OSError("it would need more than 8 GiB")
    for name, _ in entries:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or path.parts[:1] != (folder,):
            raise OSError(f"it has an entry outside the folder {folder}")


def _unreachable(url: str, part: Path, reason: str) -> ModelError:
    wanted = part.parent / part.name.split(".")[0]
    return ModelError(
        f"expected to download from {httpx.URL(url).host}, got {reason}; check the network and try again, or "
        f"fetch {url} on another machine and put what is in it at {wanted}"
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
