"""CSV tables written by others: the official list of places, and an association's own.

Columns may be in any order, separated by commas or semicolons; their names are in words.yaml. Anything that
looks wrong raises DataError with file and line.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from voicebot.errors import DataError
from voicebot.places.areas import Areas
from voicebot.places.hours import read_hours
from voicebot.places.place import Place, Point, Week
from voicebot.places.words import PlaceWords

#: Boxes around mainland France with Corsica and around each overseas territory: south, north, west, east, in
#: degrees.
_FRANCE = (
    (41.2, 51.2, -5.3, 9.7),
    (14.3, 18.2, -63.3, -60.7),
    (2.0, 6.0, -54.7, -51.5),
    (-21.5, -20.8, 55.1, 55.9),
    (46.7, 47.2, -56.5, -56.1),
    (-13.1, -12.5, 44.9, 45.4),
)


@dataclass(frozen=True)
class _Row:
    """One line of a table; `columns` maps our names to those of the table."""

    where: str
    cells: Mapping[str, str]
    columns: Mapping[str, str]

    def __getitem__(self, ours: str) -> str:
        return self.cells[self.columns[ours]]

    def wrong(self, expected: str) -> DataError:
        return DataError(f"{self.where}: expected {expected}; correct the line")


def read_official(path: Path, words: PlaceWords) -> tuple[Place, ...]:
    """The official list (CSV, possibly gzipped).

    Places without a telephone number are left out: people are told to call before they go.
    """
    columns = {**words.list_columns, **{day: day for day in words.list_days}}
    places = (_place(row, words.list_kind, _week(row, words)) for row in _rows(path, columns))
    return tuple(place for place in places if place.phone)


def read_local(path: Path, words: PlaceWords, areas: Areas) -> tuple[Place, ...]:
    """An association's table. A place without coordinates is put at the centre of its town."""
    return tuple(_local(row, words, areas) for row in _rows(path, words.local_columns))


def _local(row: _Row, words: PlaceWords, areas: Areas) -> Place:
    if row["kind"] not in words.kinds:
        raise row.wrong(f"one of {', '.join(words.kinds)} in the column {row.columns['kind']}")
    if row["latitude"]:
        return _place(row, row["kind"], (), row["hours"])
    area = areas.find(row["postal_code"], row["town"])
    if area is None:
        raise row.wrong("a postal code or a town that exists")
    return _place(row, row["kind"], (), row["hours"], area.point)


def _place(row: _Row, kind: str, week: Week, hours: str = "", point: Point | None = None) -> Place:
    if not row["name"]:
        raise row.wrong("the name of the place")
    where = (row["address"], row["postal_code"], row["town"])
    return Place(row["name"], kind, *where, _phone(row), point or _point(row), week, hours)


def _rows(path: Path, columns: Mapping[str, str]) -> Iterator[_Row]:
    text = _text(path)
    head = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    _all_there(path, columns.values(), rows.fieldnames or ())
    for row in rows:
        cells = {name: " ".join((row[name] or "").split()) for name in columns.values()}
        yield _Row(f"{path.name}:{rows.line_num}", cells, columns)


def _all_there(path: Path, needed: Collection[str], found: Collection[str]) -> None:
    missing = [name for name in needed if name not in found]
    if missing:
        names = ", ".join(missing)
        raise DataError(f"{path.name}: expected the columns {names} too; check the first line of the file")


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
        return (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DataError(
            f"{path}: expected a CSV file in UTF-8, got {type(error).__name__}; check the path"
        ) from error


def _point(row: _Row) -> Point:
    try:
        north, east = (float(row[name].replace(",", ".")) for name in ("latitude", "longitude"))
    except ValueError:
        raise row.wrong("a latitude and a longitude in degrees") from None
    if not any(s <= north <= n and w <= east <= e for s, n, w, e in _FRANCE):
        raise row.wrong("a latitude and a longitude in France")
    return Point(north, east)


def _phone(row: _Row) -> str:
    digits = re.sub(r"[^\d+]", "", row["phone"]).replace("+33", "0")
    if digits and not re.fullmatch(r"0\d{9}", digits):
        raise row.wrong("a telephone number of ten digits")
    return digits


def _week(row: _Row, words: PlaceWords) -> Week:
    try:
        return tuple(read_hours(row[day]) for day in words.list_days)
    except ValueError as error:
        raise row.wrong(str(error).removeprefix("expected ")) from None
