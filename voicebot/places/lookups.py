"""The lookups that flows call: which area is meant ("area"), and the three nearest places ("places")."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from voicebot.dialogue.meaning import Value
from voicebot.places.directory import THREE, Directory, load_directory
from voicebot.places.opening import opening
from voicebot.places.place import Near
from voicebot.places.words import PlaceWords, place_words

Slots = Mapping[str, Value]

_TEXTED = "sms"

_EACH = ("name", "address", "town", "phone", "call", "opening", "km", "distance")
#: Each lookup with the slots it fills, for `flows check`.
LOOKUPS: Mapping[str, tuple[str, ...]] = {
    "area": ("place_area", "place_town", "place_department"),
    "places": (
        "place_count",
        "place_list",
        *(f"place_{number}_{each}" for number in range(1, THREE + 1) for each in _EACH),
    ),
}


def lookups(
    folder: Path, clock: Callable[[], float]
) -> dict[str, Callable[[Slots], Awaitable[dict[str, Value]]]]:
    """The functions behind `LOOKUPS`. `folder` holds imported and local places; read at the first call.

    They read the slots `code_postal`, `ville` and `lieu_besoin` (a kind of place; by default the official
    list). By the `channel` "sms", hours and distances are written shorter.
    """

    async def area(slots: Slots) -> dict[str, Value]:
        return await asyncio.to_thread(lambda: _area(load_directory(folder), slots))

    async def places(slots: Slots) -> dict[str, Value]:
        return await asyncio.to_thread(lambda: _places(load_directory(folder), slots, clock()))

    return {"area": area, "places": places}


def _area(directory: Directory, slots: Slots) -> dict[str, Value]:
    postal_code, town, kind = _asked(slots)
    found = directory.areas.find(postal_code, town)
    return {
        "place_area": directory.clarity(postal_code, town, kind),
        "place_town": found.name if found else "",
        "place_department": found.department if found else "",
    }


def _places(directory: Directory, slots: Slots, now: float) -> dict[str, Value]:
    near, words = directory.nearest(*_asked(slots)), place_words()
    words = words.written() if slots.get("channel") == _TEXTED else words
    filled: dict[str, Value] = {"place_count": len(near), "place_list": f"{directory.listed_on:%Y-%m}"}
    for number in range(1, THREE + 1):
        each = _said(near[number - 1], now, words) if number <= len(near) else dict.fromkeys(_EACH, "")
        filled |= {f"place_{number}_{name}": value for name, value in each.items()}
    return filled


def _asked(slots: Slots) -> tuple[str | None, str | None, str]:
    postal_code, town = (str(slots[name]) if name in slots else None for name in ("code_postal", "ville"))
    return postal_code, town, str(slots.get("lieu_besoin", place_words().list_kind))


def _said(near: Near, now: float, words: PlaceWords) -> dict[str, Value]:
    place, km = near.place, max(1, round(near.km))
    return {
        "name": place.name,
        "address": place.address,
        "town": place.town,
        "phone": place.phone,
        "call": "yes" if place.phone else "no",
        "opening": opening(place, now, words),
        "km": km,
        "distance": _distance(near.km, words),
    }


def _distance(km: float, words: PlaceWords) -> str:
    if km < 1:
        return words.very_near
    return words.one_km if round(km) == 1 else words.many_km.format(km=round(km))
