"""`voicebot voices`: which voices there are, how they sound, and how intelligible they are."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from voicebot.app.parts import recognizer, showroom
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.errors import ModelError
from voicebot.webphone.intelligibility import sentences
from voicebot.webphone.voice_comparison import MeasuredVoice, all_sounds

_CHOOSE = "Choose with VOICEBOT_VOICE_AHEAD (rendered ahead) and VOICEBOT_VOICE_NOW (said at once)."


def add_commands(commands: Commands) -> None:
    """Add `voices`."""
    voices = add(commands, "voices", "the voices of the assistant").add_subparsers(
        required=True, metavar="COMMAND"
    )
    add(voices, "list", "list the installed voices, their use and how intelligible they are", _list)
    hear = add(voices, "hear", "write WAV files of the same sentences, as heard over the telephone", _hear)
    hear.add_argument("names", nargs="*", metavar="NAME", help="some voices only")
    add(voices, "measure", "measure how many words the recognizer gets wrong over the telephone", _measure)


def _list(options: argparse.Namespace) -> int:
    room = showroom(read_settings())
    by_pace = {(one.voice, one.pace): one for one in room.measured()}
    table = Table("voice", "for", "word error", "spoken slowly")
    for shown in room.shown():
        use = ", ".join(name for name, used in (("ahead", shown.ahead), ("now", shown.now)) if used)
        errors = (_percent(by_pace.get((shown.name, pace))) for pace in ("normal", "slow"))
        table.add_row(shown.name, use, *errors)
    Console().print(table)
    print(_CHOOSE)
    if not by_pace:
        print("Word errors: not measured yet, run `voicebot voices measure`.")
    return 0


def _hear(options: argparse.Namespace) -> int:
    room = showroom(read_settings())
    for path in all_sounds(room, tuple(options.names) or room.installed()):
        print(path)
    return 0


def _measure(options: argparse.Namespace) -> int:
    settings = read_settings()
    ear, notes = recognizer(settings)
    if ear is None:
        raise ModelError("expected a recognizer to measure with, none can be loaded. " + " ".join(notes))
    table = Table("voice", "pace", "word error")
    try:
        for one in showroom(settings).measure(ear):
            table.add_row(one.voice, one.pace, _percent(one))
        Console().print(table)
        print(f"{len(sentences())} sentences over the telephone, heard by {ear.name}.")
    finally:
        ear.close()
    return 0


def _percent(measured: MeasuredVoice | None) -> str:
    return f"{measured.word_error:.0%}" if measured else "?"
