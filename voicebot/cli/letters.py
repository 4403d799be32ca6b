"""`voicebot letters`: the table of letters, for those who know the offices to read through."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table

from voicebot.cli.command import Commands, add
from voicebot.letters import load_table


def add_commands(commands: Commands) -> None:
    """Add `letters`."""
    add(commands, "letters", "list what is said of each letter, by sender and kind", _list)


def _list(options: argparse.Namespace) -> int:
    table = Table("sender", "kind", "urgency", "time to answer", "whom to call", "goes on with")
    for sender, kind, letter in load_table().rows():
        within = letter.deadline.words if letter.deadline else ""
        table.add_row(sender, kind, letter.urgency, within, f"{letter.who} {letter.number}", letter.leads)
    Console().print(table)
    return 0
