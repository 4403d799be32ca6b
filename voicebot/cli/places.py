"""`voicebot places`: importing a new official list of places, and checking the association's own table."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.errors import DataError
from voicebot.places import import_list, read_local_places
from voicebot.places.words import place_words


def add_commands(commands: Commands) -> None:
    """Add `places`."""
    places = add(commands, "places", "the places near people").add_subparsers(
        required=True, metavar="COMMAND"
    )
    imported = add(places, "import", "import a new list of France services (CSV of data.gouv.fr)", _import)
    imported.add_argument("file", type=Path)
    imported.add_argument(
        "--date", required=True, metavar="YYYY-MM-DD", help="the day the list was published, told to callers"
    )
    add(places, "check", "check the local places, local.csv in the folder of places", _check)


def _import(options: argparse.Namespace) -> int:
    folder = read_settings().places_folder
    listed = import_list(options.file, _day(options.date), folder, place_words())
    print(f"{len(listed.places)} places of {listed.on}, used from the next search on")
    return 0


def _check(options: argparse.Namespace) -> int:
    places = read_local_places(read_settings().places_folder)
    print(
        f"{len(places)} local places, all right"
        if places
        else "no local places: see voicebot/places/README.md"
    )
    return 0


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise DataError(f"--date: expected a day like 2024-08-01, got {written!r}; write it so") from None
