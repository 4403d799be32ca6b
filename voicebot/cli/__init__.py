"""The command line `voicebot`: each module of this package adds its commands.

Exit codes: 0 done, 1 not as asked, 2 bad usage or configuration, with one clear sentence on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from voicebot.cli import (
    cards,
    console,
    content,
    fallback,
    machine,
    outbox,
    places,
    recordings,
    talk,
    text,
    understanding,
    voices,
)
from voicebot.errors import VoicebotError

DONE, NOT_AS_ASKED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except VoicebotError as error:
        print(f"voicebot: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return NOT_AS_ASKED


def parser() -> argparse.ArgumentParser:
    """All commands and their options."""
    root = argparse.ArgumentParser(prog="voicebot", description="A French telephone and SMS assistant")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    parts = (talk, text, understanding, content, cards, places, outbox, voices, recordings, console)
    for part in (*parts, fallback, machine):
        part.add_commands(commands)
    return root


def script() -> None:
    """The `voicebot` program."""
    sys.exit(main())
