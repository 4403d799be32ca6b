"""Which files a command uses: those of the service, or those of another checkout."""

from __future__ import annotations

import argparse
from pathlib import Path

from voicebot.app import content_of
from voicebot.config import read_settings
from voicebot.content.folders import Content, checkout


def add_root(command: argparse.ArgumentParser) -> None:
    """Let the command use another checkout."""
    command.add_argument(
        "--root", type=Path, metavar="DIR", help="a checkout, with voicebot/ and prompts/, to look at instead"
    )


def chosen_content(options: argparse.Namespace, *, make: bool = False) -> Content:
    """What the options ask for; `make` creates the association's folder if it does not exist yet."""
    if options.root is not None:
        return checkout(options.root)
    settings = read_settings()
    if make and settings.content_folder:
        settings.content_folder.mkdir(parents=True, exist_ok=True)
    return content_of(settings)
