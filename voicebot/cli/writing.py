"""`voicebot flows new | try | replay`: creating and testing a procedure without programming."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from voicebot.authoring.new_procedure import NewProcedure, begin, robbed
from voicebot.authoring.replay import Differs, WrittenConversation, stage
from voicebot.authoring.replay import read as read_conversation
from voicebot.cli import scoring, trying
from voicebot.cli.command import Commands, add
from voicebot.cli.french import words_of
from voicebot.cli.root import add_root, chosen_content
from voicebot.config import read_settings
from voicebot.content.folders import Content
from voicebot.errors import DataError
from voicebot.observability.logs import quiet
from voicebot.packaged import packaged

_WORDS = packaged("cli", "fr", "writing.yaml")
_CHANNELS = ("voice", "keypad", "sms")


def add_commands(flows: Commands) -> None:
    """Add `new`, `replay`, `try` and `score` to `flows`."""
    new = add(flows, "new", "start a procedure: small, complete, and passing all checks", _new)
    new.add_argument("name", metavar="NAME", help="the name of its files, such as carte_grise")
    new.add_argument("--title", metavar="WORDS", help="its name within a sentence, such as: la carte grise")
    new.add_argument("--who", metavar="WORDS", help="whom to call, such as: la préfecture")
    new.add_argument("--number", metavar="NUMBER", help="their telephone number, such as 3939")
    new.add_argument("--source", metavar="PAGE", help="the official page that says so")
    add_root(new)
    held = add(flows, "replay", "replay the written conversations of procedures", _replay)
    held.add_argument("flows", nargs="*", metavar="FLOW", help="which procedures; all if none is named")
    add_root(held)
    trying.add_command(flows)
    scoring.add_command(flows)


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
    content = chosen_content(options, make=True)
    files = begin(content, new)
    print(words["written"])
    for path in files:
        print(f"  {path.relative_to(content.base)}")
    if content.own:
        print(words["in_own"].format(folder=content.own))
    told = {"name": new.name, "intent": content.intents[-1].relative_to(content.base) / f"{new.name}.yaml"}
    for other in robbed(content, new.name):
        print(words["alike"].format(other=other, **told))
    print(words["next"].format(**told), end="")
    if content.own is None:
        print(words["utterances"].format(**told))
    return 0


def _asked(given: str | None, question: str, otherwise: str) -> str:
    """The option, else what is typed at a terminal, else the default."""
    if given is None and sys.stdin.isatty():
        given = input(question).strip()
    return given or otherwise


def _replay(options: argparse.Namespace) -> int:
    quiet()
    content = chosen_content(options)
    paths = content.written_conversations()
    chosen = [each for each in map(read_conversation, paths) if each.flow in (options.flows or [each.flow])]
    without = set(options.flows) - {each.flow for each in chosen}
    if without or not chosen:
        named = ", ".join(sorted(without)) or "any procedure"
        raise DataError(f"expected conversations of {named} in {content.conversations[-1]}, found none")
    differing = asyncio.run(_held(chosen, content))
    words = words_of("replay")
    count = sum(len(each.channels) for each in chosen)
    print(words["differ"].format(count=differing) if differing else words["same"].format(count=count))
    return int(bool(differing))


async def _held(conversations: Sequence[WrittenConversation], content: Content) -> int:
    """Replay them all and report the result of each; how many went differently."""
    words, differing = words_of("replay"), 0
    settings = read_settings()
    async with stage(content, settings.var, settings.places_folder) as made:
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
