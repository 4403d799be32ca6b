"""The list of France services places as we store it, and replacing it by a newer one.

A gzipped CSV file. Its first row is the date of the list; then comes one place per row: name, address, postal
code, town, telephone, latitude, longitude, and the hours from Monday to Saturday as "09:00-12:00
14:00-17:00".
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voicebot.errors import DataError
from voicebot.packaged import packaged
from voicebot.places.hours import read_hours, write_hours
from voicebot.places.place import Place, Point
from voicebot.places.tables import read_official
from voicebot.places.words import PlaceWords

PACKAGED = packaged("places", "france_services.csv.gz")
LIST = "france_services.csv.gz"
#: A new list with less than this share of the old one's places must have been truncated.
_LEAST_SHARE = 0.9
_PLACE_FIELDS = 7


@dataclass(frozen=True)
class PlaceList:
    """A list of places and the day it was published."""

    on: date
    places: tuple[Place, ...]


def list_path(folder: Path) -> Path:
    """The list imported into `folder`, else the packaged one."""
    imported = folder / LIST
    return imported if imported.exists() else PACKAGED


def read_list(path: Path, words: PlaceWords) -> PlaceList:
    """Read a list that we wrote. Raises DataError if it cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            on = date.fromisoformat(next(rows)[0])
            return PlaceList(on, tuple(_place(row, words.list_kind) for row in rows))
    except (OSError, EOFError, ValueError, StopIteration, IndexError) as error:
        raise DataError(
            f"{path.name}: expected the list that `voicebot places import` writes, got "
            f"{type(error).__name__}; import it again"
        ) from error


def import_list(path: Path, on: date, folder: Path, words: PlaceWords) -> PlaceList:
    """Replace the previous list by the official list at `path`, published `on` that day; all or nothing.

    Raises DataError if it looks wrong: missing columns, places outside France, malformed hours or telephone
    numbers, a date older than the previous one, or fewer than 90 % of the previous number of places.
    """
    before = read_list(list_path(folder), words)
    new = PlaceList(on, read_official(path, words))
    if on < before.on:
        raise DataError(f"{path.name}: expected a list newer than {before.on}, got {on}; check the date")
    if len(new.places) < _LEAST_SHARE * len(before.places):
        raise DataError(
            f"{path.name}: expected at least 90 % of the {len(before.places)} places before, got "
            f"{len(new.places)}; is the file complete?"
        )
    _replace(folder / LIST, packed(new))
    return new


def packed(listed: PlaceList) -> bytes:
    """The file for a list; the same list always gives the same bytes."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([listed.on.isoformat()])
    for place in listed.places:
        where = [f"{degrees:.4f}" for degrees in place.point]
        known = [place.name, place.address, place.postal_code, place.town, place.phone]
        rows.writerow([*known, *where, *map(write_hours, place.week)])
    return gzip.compress(text.getvalue().encode(), mtime=0)


def _place(row: Sequence[str], kind: str) -> Place:
    name, address, postal_code, town, phone, latitude, longitude = row[:_PLACE_FIELDS]
    week = tuple(map(read_hours, row[_PLACE_FIELDS:]))
    point = Point(float(latitude), float(longitude))
    return Place(name, kind, address, postal_code, town, phone, point, week)


def _replace(path: Path, content: bytes) -> None:
    """Replace the file atomically: readers see the old one or the new one, never half of it."""
    unfinished = path.with_suffix(f".{os.getpid()}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise DataError(f"{path}: cannot be written ({error.strerror}); check the folder") from error
