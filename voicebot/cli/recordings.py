"""`voicebot recordings`: listing what human voices have recorded, and importing files."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from voicebot.app import content_of, studio
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.errors import AudioError, DataError
from voicebot.prompts import Prompts
from voicebot.speech.audio import read_wav
from voicebot.speech.take import Fault
from voicebot.studio import STATES, Studio

_FAULTS: Final[Mapping[Fault, str]] = {
    "silent": "no voice can be heard: is it the right file?",
    "cut": "the beginning or the end is missing: leave half a second of silence around the words",
    "loud": "it is too loud and clipped: record it again, further from the microphone",
    "quiet": "it is too quiet: record it again, nearer to the microphone",
    "noisy": "there is too much noise around: record it again in a quiet room",
    "short": "it is too short for its text",
    "long": "it is too long for its text",
}


def add_commands(commands: Commands) -> None:
    """Add `recordings`."""
    recordings = add(commands, "recordings", "the sentences that people have recorded").add_subparsers(
        required=True, metavar="COMMAND"
    )
    listed = add(recordings, "list", "list all texts as tab-separated lines: name, state, words", _list)
    listed.add_argument("--state", choices=STATES, help="only these; stale: the text changed since")
    taken = add(recordings, "import", "import WAV files named after their texts", _import)
    taken.add_argument("folder", metavar="DIR", type=Path)


def _list(options: argparse.Namespace) -> int:
    for line in _studio().lines():
        if options.state in (None, line.state):
            print(f"{line.name}\t{line.state}\t{line.what.text}")
    return 0


def _import(options: argparse.Namespace) -> int:
    folder: Path = options.folder
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() == ".wav")
    if not files:
        raise DataError(
            f"{folder}: expected a folder with WAV files, got none; see `voicebot recordings list`"
        )
    refused = list(_taken(_studio(), files))
    for reason in refused:
        print(reason)
    print(f"{len(files) - len(refused)} kept, {len(refused)} refused")
    return int(bool(refused))


def _taken(studio: Studio, files: list[Path]) -> Iterator[str]:
    """Keep the good ones; yields why each of the others was refused."""
    for path in files:
        what = studio.find(path.stem)
        if what is None:
            yield f"{path.name}: no text has this name, see `voicebot recordings list`"
            continue
        try:
            take = studio.judge(what, *read_wav(path))
        except AudioError as error:
            yield str(error)
            continue
        if take.fault:
            yield f"{path.name}: {_FAULTS[take.fault]}"
        else:
            studio.keep(what, take)


def _studio() -> Studio:
    settings = read_settings()
    return studio(settings, Prompts.load(*content_of(settings).prompts))
