"""All places and all areas: which area is meant, and what is nearest to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

import structlog

from voicebot.errors import DataError
from voicebot.places import place as places
from voicebot.places.areas import Area, Areas, read_areas
from voicebot.places.listed import list_path, read_list
from voicebot.places.place import Near, Place
from voicebot.places.tables import read_local
from voicebot.places.words import place_words

log = structlog.get_logger()

LOCAL = "local.csv"
#: Kilometres; farther places are no use to somebody without a car. Overseas the next island is nearer.
#: Estimate.
WITHIN_KM = 60.0
THREE = 3

Clarity = Literal["one", "many", "homonyms", "unknown"]


@dataclass(frozen=True)
class Directory:
    """Everything we know; `listed_on` is the date of the official list."""

    areas: Areas
    places: Sequence[Place]
    listed_on: date

    def nearest(
        self, postal_code: str | None, town: str | None, kind: str, count: int = THREE
    ) -> tuple[Near, ...]:
        """The places of this kind nearest to a postal code, a town or both; none if neither is known."""
        area = self.areas.find(postal_code, town)
        return self._near(area, kind, count) if area else ()

    def clarity(self, postal_code: str | None, town: str | None, kind: str) -> Clarity:
        """Whether we know enough to search, or what to ask next.

        "many": the communes that share the postal code differ in their nearest place, so the town matters.
        "homonyms": several communes have that name and no postal code was given.
        """
        if self.areas.find(postal_code, town) is None:
            return "unknown"
        behind = self.areas.by_code.get(postal_code or "", ())
        if not behind:
            return "homonyms" if len(self.areas.named(town or "")) > 1 else "one"
        firsts = {self._near(area, kind, 1)[:1] for area in behind} if not town else set()
        return "many" if len({near[0].place if near else None for near in firsts}) > 1 else "one"

    def _near(self, area: Area, kind: str, count: int) -> tuple[Near, ...]:
        of_kind = (place for place in self.places if place.kind == kind)
        return places.nearest(of_kind, area.point, count, WITHIN_KM)


def load_directory(folder: Path) -> Directory:
    """The packaged data and whatever `folder` adds, cached until a file there changes.

    An invalid local table is ignored and reported in the log. Raises DataError for our own files.
    """
    return _load(folder, tuple(map(_changed, (list_path(folder), folder / LOCAL))))


def read_local_places(folder: Path) -> tuple[Place, ...]:
    """The association's own table in `folder`, or nothing. Raises DataError naming the wrong line."""
    path = folder / LOCAL
    return read_local(path, place_words(), _areas()) if path.exists() else ()


@lru_cache(maxsize=1)
def _areas() -> Areas:
    return read_areas()


@lru_cache(maxsize=4)
def _load(folder: Path, changed: tuple[float, ...]) -> Directory:
    listed = read_list(list_path(folder), place_words())
    try:
        local = read_local_places(folder)
    except DataError as error:
        log.warning("places", note=str(error))
        local = ()
    return Directory(_areas(), (*listed.places, *local), listed.on)


def _changed(path: Path) -> float:
    return path.stat().st_mtime if path.exists() else 0.0
