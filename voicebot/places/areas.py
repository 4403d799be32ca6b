"""Where people live: communes and the arrondissements of the three big cities, by name and by postal code.

Data: communes.csv.gz, one per row, the most populous first: name, département, population, latitude,
longitude, postal codes. Source and date: README.md.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from anyascii import anyascii

from voicebot.errors import DataError
from voicebot.packaged import packaged
from voicebot.places.place import Point, distance_km

COMMUNES = packaged("places", "communes.csv.gz")
#: Kilometres. If a town is this far from its postal code, one of them was misheard: the code wins. Estimate.
_SAME_REGION_KM = 30.0


class Area(NamedTuple):
    """A commune, an arrondissement, or the centre of a postal code."""

    name: str
    department: str
    people: int
    point: Point
    postal_codes: tuple[str, ...]


@dataclass(frozen=True)
class Areas:
    """All areas; every list is in order of population, the largest first."""

    by_name: Mapping[str, Sequence[Area]]
    by_code: Mapping[str, Sequence[Area]]

    @classmethod
    def of(cls, areas: Sequence[Area]) -> Areas:
        """Index `areas`, which are in order of population, the largest first."""
        by_name, by_code = defaultdict(list), defaultdict(list)
        for key, area in zip(_all_plain([area.name for area in areas]), areas, strict=True):
            by_name[key].append(area)
            for code in area.postal_codes:
                by_code[code].append(area)
        return cls(dict(by_name), dict(by_code))

    def named(self, town: str) -> Sequence[Area]:
        """The communes of that name, regardless of accents and hyphens."""
        return self.by_name.get(_all_plain([town])[0], ())

    def find(self, postal_code: str | None, town: str | None) -> Area | None:
        """The area meant by a postal code, a town, or both; None if neither is known.

        Of several towns with the same name, the one near the postal code wins, else the largest. A postal
        code
        alone stands for the centre of its communes, weighted by population.
        """
        behind, named = self.by_code.get(postal_code or "", ()), self.named(town or "")
        middle = _middle(behind) if behind else None
        if middle is None or not named:
            return middle or (named[0] if named else None)
        closest = min(named, key=lambda area: distance_km(area.point, middle.point))
        return closest if distance_km(closest.point, middle.point) <= _SAME_REGION_KM else middle


def read_areas(path: Path = COMMUNES) -> Areas:
    """The rows of communes.csv.gz. Raises DataError if it cannot be read."""
    try:
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            return Areas.of([_area(*row) for row in csv.reader(file)])
    except (OSError, EOFError, ValueError, TypeError) as error:
        raise DataError(
            f"expected name, département, population, latitude, longitude and postal codes a row in "
            f"{path.name}, got {type(error).__name__}; install voicebot again"
        ) from error


def _area(name: str, department: str, people: str, latitude: str, longitude: str, codes: str) -> Area:
    point = Point(float(latitude), float(longitude))
    return Area(name, department, int(people), point, tuple(codes.split()))


def _middle(areas: Sequence[Area]) -> Area:
    weights = [max(area.people, 1) for area in areas]
    latitude, longitude = (
        sum(weight * area.point[axis] for weight, area in zip(weights, areas, strict=True)) / sum(weights)
        for axis in (0, 1)
    )
    return areas[0]._replace(point=Point(latitude, longitude))


def _all_plain(names: Sequence[str]) -> list[str]:
    """Many names at once without accents, capitals or hyphens; one call is a hundred times faster."""
    letters = anyascii("\n".join(names)).lower()
    return [name.strip() for name in re.sub(r"[^a-z0-9\n]+", " ", letters).split("\n")]
