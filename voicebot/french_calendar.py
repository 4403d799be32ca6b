"""Time zones and public holidays of France, its departments and its territories: one table for both."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from holidays import country_holidays

_PARIS: Final = "Europe/Paris"
#: The region of mainland France, as telephone numbers have it (ISO 3166-1).
MAINLAND: Final = "FR"


@dataclass(frozen=True)
class Territory:
    """A part of France: its IANA time zone, and the name of its own public holidays, if any."""

    zone: str = _PARIS
    subdivision: str | None = None


#: By region (ISO 3166-1); 6AE is Alsace and Moselle. Sources: the IANA database; `holidays`, country FR.
_TERRITORIES: Final = {
    MAINLAND: Territory(),
    "6AE": Territory(subdivision="6AE"),
    "GP": Territory("America/Guadeloupe", "971"),
    "BL": Territory("America/Guadeloupe", "BL"),
    "MF": Territory("America/Guadeloupe", "MF"),
    "MQ": Territory("America/Martinique", "972"),
    "GF": Territory("America/Cayenne", "973"),
    "RE": Territory("Indian/Reunion", "974"),
    "PM": Territory("America/Miquelon", "PM"),
    "YT": Territory("Indian/Mayotte", "976"),
    "WF": Territory("Pacific/Wallis", "WF"),
    "PF": Territory("Pacific/Tahiti", "PF"),
    "NC": Territory("Pacific/Noumea", "NC"),
}
#: The first digits of postal codes outside the common calendar; longer ones count first. Source: La Poste.
_POSTAL: Final = {
    "97133": "BL", "97150": "MF", "971": "GP", "972": "MQ", "973": "GF", "974": "RE", "975": "PM",
    "976": "YT", "986": "WF", "987": "PF", "988": "NC", "57": "6AE", "67": "6AE", "68": "6AE",
}  # fmt: skip
_DIGITS: Final = (5, 3, 2)


def at_postal_code(postal_code: str) -> Territory:
    """Where a postal code lies; the mainland when its digits say nothing else."""
    starts = (postal_code[:size] for size in _DIGITS)
    return _TERRITORIES[next((_POSTAL[start] for start in starts if start in _POSTAL), MAINLAND)]


def in_region(region: str) -> Territory:
    """The territory of a region (FR, RE, …); the mainland when it is none of ours."""
    return _TERRITORIES.get(region, _TERRITORIES[MAINLAND])


@cache
def holidays(subdivision: str | None) -> Container[date]:
    """The public holidays of every year, the common ones or those of a `subdivision`."""
    return country_holidays("FR", subdiv=subdivision)


def is_holiday(day: date, region: str = MAINLAND) -> bool:
    """Whether `day` is a public holiday in `region` (FR, RE, …)."""
    return day in holidays(in_region(region).subdivision)


def day_in_paris(at: float) -> str:
    """The date in Paris at `at` (Unix seconds), by which daily limits are counted: 2026-11-28."""
    return datetime.fromtimestamp(at, ZoneInfo(_PARIS)).date().isoformat()
