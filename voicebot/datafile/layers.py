"""Folders laid over one another: what an association writes overrides what is packaged, key by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

from voicebot.datafile.file import DataFile, read
from voicebot.datafile.yaml_lines import Where

#: Folders with the same kind of files: the lowest first, each laid over the ones before it.
Folders = Sequence[Path]


def names(folders: Folders) -> list[str]:
    """The names of the YAML files in any of the folders, in order."""
    return sorted({path.name for folder in folders for path in folder.glob("*.yaml")})


def topmost(name: str, folders: Folders) -> Path:
    """The file of that name in the highest folder that has one; in the lowest if none has."""
    paths = [folder / name for folder in folders]
    return next((path for path in reversed(paths) if path.exists()), paths[0])


def read_layers(
    name: str,
    folders: Folders,
    *,
    adding: bool = False,
    prepared: Callable[[DataFile], DataFile] = lambda file: file,
) -> DataFile:
    """The files of that name in all folders as one. `prepared` is done to each before.

    A list replaces the one below it, or goes on behind it when `adding`. Each part keeps its file and line.
    A file that is in none of the folders is told as absent from the lowest.
    """
    paths = [folder / name for folder in folders if (folder / name).exists()] or [folders[0] / name]
    files = [prepared(read(path)) for path in paths]
    return reduce(lambda under, over: _laid_over(under, over, adding), files)


def _laid_over(under: DataFile, over: DataFile, adding: bool) -> DataFile:
    if over.findings or over.data is None:
        return replace(under, findings=under.findings + over.findings)
    moved = {_moved(where, under.data, adding): line for where, line in over.lines.items() if where}
    return replace(
        under,
        data=_merged(under.data, over.data, adding),
        lines={**under.lines, **moved},
        origins={**under.origins, **dict.fromkeys(moved, over.name)},
    )


def _merged(under: Any, over: Any, adding: bool) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        both = {key: _merged(under[key], over[key], adding) for key in under.keys() & over.keys()}
        return {**under, **over, **both}
    if adding and isinstance(under, list) and isinstance(over, list):
        return [*under, *over]
    return over


def _moved(where: Where, under: Any, adding: bool) -> Where:
    """Where a part of the upper file stands in both: behind the list of the lower one, if it adds to it."""
    for depth, part in enumerate(where):
        if isinstance(under, list):
            behind = isinstance(part, int) and adding
            return (*where[:depth], len(under) + int(part), *where[depth + 1 :]) if behind else where
        under = under.get(part) if isinstance(under, dict) else None
    return where
