"""How a command is added to the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], int]


def add(commands: Commands, name: str, about: str, run: Run | None = None) -> argparse.ArgumentParser:
    """A command with its help. `run` returns the exit code; without it the command has subcommands."""
    parser = commands.add_parser(name, help=about, description=about)
    if run:
        parser.set_defaults(run=run)
    return parser
