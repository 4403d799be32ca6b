"""`voicebot understand`: what one sentence, or each line of a file, means to the assistant."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from voicebot.app import content_of
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.dialogue.meaning import KINDS, Expecting
from voicebot.errors import DataError
from voicebot.nlu import Understanding, as_dict

CHANNELS = ("voice", "sms")


def add_commands(commands: Commands) -> None:
    """Add `understand`."""
    parser = add(commands, "understand", "tell what a sentence means", _understand)
    parser.add_argument("text", nargs="?", help="the sentence")
    parser.add_argument("--file", type=Path, help="lines of channel<TAB>text[<TAB>KIND]")
    parser.add_argument("--channel", choices=CHANNELS, default="voice")
    parser.add_argument("--expect", metavar="KIND", choices=KINDS, default="intent", help=", ".join(KINDS))
    parser.add_argument("--json", action="store_true", help="print one line of JSON per sentence")


def _understand(options: argparse.Namespace) -> int:
    if (options.text is None) == (options.file is None):
        print("voicebot: expected a sentence or --file, one of the two", file=sys.stderr)
        return 2
    settings = read_settings()
    understanding = Understanding.load(
        *content_of(settings).nlu, kept=settings.var / "cache", second_opinion=settings.second_opinion
    )
    today = datetime.now(UTC).date().isoformat()
    for channel, text, kind in _lines(options):
        meaning = as_dict(understanding.interpret(text, Expecting(kind, today=today), channel))
        print(json.dumps(meaning, ensure_ascii=False) if options.json else _readable(text, meaning))
    return 0


def _lines(options: argparse.Namespace) -> list[tuple[str, str, str]]:
    if options.file is None:
        return [(options.channel, options.text, options.expect)]
    try:
        text = options.file.read_text(encoding="utf-8-sig").rstrip()
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{options.file}: expected a text file in UTF-8, got {type(error).__name__}; check the path"
        ) from error
    lines = text.split("\n") if text else []
    return [_line(options.file, number, line) for number, line in enumerate(lines, start=1)]


def _line(file: Path, number: int, line: str) -> tuple[str, str, str]:
    """One line in, one line out: an empty one means that the person said nothing."""
    if not line.strip():
        return "voice", "", "intent"
    parts = line.split("\t")
    channel, kind = parts[0].strip(), parts[2].strip() if len(parts) > 2 else "intent"
    if len(parts) not in (2, 3) or channel not in CHANNELS or (kind or "intent") not in KINDS:
        raise DataError(
            f"{file}:{number}: expected channel<TAB>text[<TAB>KIND] with channel {' or '.join(CHANNELS)} and "
            f"KIND of {' '.join(KINDS)}; put one tab between the fields"
        )
    return channel, parts[1], kind or "intent"


def _readable(text: str, meaning: dict[str, object]) -> str:
    shown = {key: value for key, value in meaning.items() if value not in (None, [], {})}
    return f"{text}\n  " + "  ".join(f"{key}={value}" for key, value in shown.items())
