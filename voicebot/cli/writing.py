"""`voicebot flows new | try | replay`: a procedure begun, walked through and tested, without programming."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from voicebot.app import ROOT
from voicebot.cli import trying
from voicebot.cli.command import Commands, add
from voicebot.cli.french import words_of
from voicebot.config import read_settings
from voicebot.errors import DataError
from voicebot.logs import quiet
from voicebot.new_procedure import NewProcedure, begin, robbed
from voicebot.replay import CONVERSATIONS, Conversation, Differs, stage
from voicebot.replay import read as read_conversation

_WORDS = Path(__file__).parent / "fr" / "writing.yaml"
_CHANNELS = ("voice", "keypad", "sms")


def add_commands(flows: Commands) -> None:
    """Add `new` and `try` to `flows`."""
    new = add(flows, "new", "begin a procedure: small, whole, and passing all checks", _new)
    new.add_argument("name", metavar="NAME", help="the name of its files, like carte_grise")
    new.add_argument("--title", metavar="WORDS", help="its name in a sentence, like: la carte grise")
    new.add_argument("--who", metavar="WORDS", help="whom to call, like: la préfecture")
    new.add_argument("--number", metavar="NUMBER", help="their telephone number, like 3939")
    new.add_argument("--source", metavar="PAGE", help="the official page that says so")
    new.add_argument("--root", type=Path, default=ROOT, help="the folder with voicebot/ and prompts/")
    held = add(flows, "replay", "hold the written conversations of procedures again", _replay)
    held.add_argument("flows", nargs="*", metavar="FLOW", help="which procedures; all when none is named")
    held.add_argument("--root", type=Path, default=ROOT, help="the folder with voicebot/ and prompts/")
    trying.add_command(flows)


def _new(options: argparse.Namespace) -> int:
    words = words_of("new")
    title = options.name.replace("_", " ")
    new = NewProcedure(
        options.name,
        _asked(options.title, words["ask_title"], title),
        _asked(options.who, words["ask_who"], words["default_who"]),
        _asked(options.number, words["ask_number"], words["default_number"]),
        _asked(options.source, words["ask_source"], words["default_source"]),
    )
    files = begin(options.root, new)
    print(words["written"])
    for path in files:
        print(f"  {path.relative_to(options.root)}")
    for other in robbed(options.root, new.name):
        print(words["alike"].format(other=other, name=new.name))
    print(words["next"].format(name=new.name), end="")
    return 0


def _asked(given: str | None, question: str, otherwise: str) -> str:
    """The option, or what is typed at a terminal, or what stands for it."""
    if given is None and sys.stdin.isatty():
        given = input(question).strip()
    return given or otherwise


def _replay(options: argparse.Namespace) -> int:
    quiet()
    paths = sorted((options.root / CONVERSATIONS).glob("*.yaml"))
    chosen = [each for each in map(read_conversation, paths) if each.flow in (options.flows or [each.flow])]
    without = set(options.flows) - {each.flow for each in chosen}
    if without or not chosen:
        named = ", ".join(sorted(without)) or "any procedure"
        raise DataError(f"expected conversations of {named} in {options.root / CONVERSATIONS}, found none")
    differing = asyncio.run(_held(chosen, options.root))
    words = words_of("replay")
    count = sum(len(each.channels) for each in chosen)
    print(words["differ"].format(count=differing) if differing else words["same"].format(count=count))
    return int(bool(differing))


async def _held(conversations: Sequence[Conversation], root: Path) -> int:
    """Hold them all and tell which way each went; how many went another way."""
    words, differing = words_of("replay"), 0
    async with stage(root, read_settings().var) as made:
        for each in conversations:
            for channel in each.channels:
                told = {"file": each.file, "name": each.name, "channel": words[channel]}
                try:
                    await made.hold(each, channel)
                    print(words["went"].format(**told))
                except Differs as other:
                    differing += 1
                    where = words["turn"].format(turn=other.turn) if other.turn else words["end"]
                    told |= {"where": where, "expected": other.expected, "came": other.came}
                    print(words["differs"].format(**told))
    return differing
