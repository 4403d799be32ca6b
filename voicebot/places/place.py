"""A place where people get help, a point on the Earth, and the distance between two points."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import NamedTuple

_EARTH_RADIUS_KM = 6371.0

#: Start and end, in minutes after midnight.
Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]


class Point(NamedTuple):
    """Degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Place:
    """One place.

    `kind` is what it helps with; `week` its opening hours, Monday first; `hours` the same in prose. `phone`
    has ten digits or is empty; `week` has at most seven days, and days left out are closed.
    """

    name: str
    kind: str
    address: str
    postal_code: str
    town: str
    phone: str
    point: Point
    week: Week = ()
    hours: str = ""


class Near(NamedTuple):
    """A place and its distance as the crow flies."""

    km: float
    place: Place


def distance_km(a: Point, b: Point) -> float:
    """The great-circle distance (haversine), in kilometres."""
    north_a, north_b = math.radians(a.latitude), math.radians(b.latitude)
    north, east = north_b - north_a, math.radians(b.longitude - a.longitude)
    chord = math.sin(north / 2) ** 2 + math.cos(north_a) * math.cos(north_b) * math.sin(east / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


def nearest(places: Iterable[Place], point: Point, count: int, within_km: float) -> tuple[Near, ...]:
    """The `count` places nearest to `point`, nearest first, none farther than `within_km`."""
    found = (Near(distance_km(point, place.point), place) for place in places)
    near = (each for each in found if each.km <= within_km)
    return tuple(nsmallest(count, near, key=lambda each: (each.km, each.place.name)))
