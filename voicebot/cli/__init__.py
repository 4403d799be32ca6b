"""The command line `voicebot`: each module of this package adds its commands.

Exit codes: 0 success; 1 the result is not what was asked for; 2 bad usage or configuration, explained in one
sentence on stderr.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from voicebot.cli import (
    backup,
    cards,
    console,
    content,
    facts,
    fallback,
    first_start,
    hearing,
    letters,
    machine,
    outbox,
    places,
    recordings,
    rights,
    talk,
    text,
    understanding,
    voices,
)
from voicebot.errors import VoicebotError

DONE, NOT_AS_ASKED, BAD_USAGE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except VoicebotError as error:
        print(f"voicebot: {error}", file=sys.stderr)
        return BAD_USAGE
    except KeyboardInterrupt:
        return NOT_AS_ASKED


def parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    root = argparse.ArgumentParser(prog="voicebot", description="A French telephone and SMS assistant")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    parts = (
        talk,
        text,
        understanding,
        hearing,
        letters,
        content,
        facts,
        cards,
        places,
        outbox,
        voices,
        recordings,
        rights,
        console,
        backup,
    )
    for part in (*parts, fallback, first_start, machine):
        part.add_commands(commands)
    return root


def script() -> None:
    """The `voicebot` program."""
    sys.exit(main())
