"""`voicebot flows try`: walking through a procedure in the terminal by typing the answers."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from time import time as now
from typing import Any

from voicebot.authoring.replay import Stamp, stamp
from voicebot.authoring.walkthrough import Moment, Walkthrough, walking
from voicebot.cli.command import Commands, add
from voicebot.cli.french import words_of
from voicebot.cli.root import add_root, chosen_content
from voicebot.config import read_settings
from voicebot.dialogue.meaning import Meaning
from voicebot.errors import DataError
from voicebot.observability.logs import quiet

_CHANNELS = ("voice", "keypad", "sms")


def add_command(flows: Commands) -> None:
    """Add `try` to `flows`."""
    tried = add(flows, "try", "walk through a procedure here by typing the answers", _try)
    tried.add_argument("flow", metavar="FLOW")
    tried.add_argument("answers", nargs="*", metavar="ANSWER", help="answers to give, instead of asking you")
    tried.add_argument("--channel", choices=_CHANNELS, default="voice", help="whose wording is shown")
    tried.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the call")
    tried.add_argument("--json", action="store_true", help="print one line of JSON per turn")
    add_root(tried)


def _try(options: argparse.Namespace) -> int:
    quiet()
    return asyncio.run(_walk(options))


async def _walk(options: argparse.Namespace) -> int:
    if not options.json:
        _tell(words_of("try")[f"how_{options.channel}"])
    async with AsyncExitStack() as stack:
        trial = await _begun(options, stack)
        for answer in options.answers or _typed(options):
            if trial.last.ended:
                raise DataError(f"expected answers up to the end, got {answer!r} after it; leave it out")
            await trial.answer(answer)
            if trial.last.ended and not options.answers:
                break
    _show_end(trial.last, options.json)
    return 0


@dataclass
class _Trial:
    """A walk that starts again, with the same answers, whenever a file has changed."""

    options: argparse.Namespace
    stack: AsyncExitStack
    walk: Walkthrough
    last: Moment
    stamp: Stamp

    async def answer(self, text: str) -> None:
        """Take the turn of `text`; while a changed file cannot be read, only report what is wrong with it."""
        if stamp(chosen_content(self.options).files()) == self.stamp or await self._reread():
            self._show(await self.walk.answer(text))

    async def _reread(self) -> bool:
        """Whether there is still a question to answer."""
        try:
            walk = await _opened(self.options, self.stack)
        except DataError as error:
            _tell(f"{words_of('try')['unreadable']}\n{error}")
            return False
        given, self.stamp, self.walk = self.walk.answers, stamp(chosen_content(self.options).files()), walk
        _tell(words_of("try")["reread"])
        moment = await walk.begin()
        for text in given:
            moment = moment if moment.ended else await walk.answer(text)
        self._show(moment)
        return not moment.ended

    def _show(self, moment: Moment) -> None:
        self.last = moment
        _show(moment, self.options.json)


async def _begun(options: argparse.Namespace, stack: AsyncExitStack) -> _Trial:
    read_at = stamp(chosen_content(options).files())
    walk = await _opened(options, stack)
    moment = await walk.begin()
    _show(moment, options.json)
    return _Trial(options, stack, walk, moment, read_at)


async def _opened(options: argparse.Namespace, stack: AsyncExitStack) -> Walkthrough:
    at = options.on and datetime.combine(options.on, time(12), UTC).timestamp()
    clock = (lambda: float(at)) if at else now
    settings = read_settings()
    where = (settings.var, settings.places_folder)
    walk = walking(chosen_content(options), options.flow, options.channel, *where, clock)
    return await stack.enter_async_context(walk)


def _typed(options: argparse.Namespace) -> Iterator[str]:
    """The lines typed by a person, or written by another program, until there are no more."""
    asking = sys.stdin.isatty() and not options.json
    while True:
        if asking:
            print("> ", end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        yield line.strip()


def _show(moment: Moment, as_json: bool) -> None:
    if as_json:
        print(json.dumps(_plain(moment), ensure_ascii=False), flush=True)
        return
    words = words_of("try")
    if moment.answer is not None and not sys.stdin.isatty():
        print(f"> {moment.answer or words['silence']}")
    if moment.meaning:
        print(f"    {words['understood']} : {_understood(moment.meaning, words)}")
    if moment.kept:
        kept = ", ".join(f"{slot} = {value}" for slot, value in moment.kept.items())
        print(f"    {words['kept']} : {kept}")
    for key, text in moment.said:
        print(f"[{key}] {text}")


def _understood(meaning: Meaning, words: Mapping[str, str]) -> str:
    what = meaning.danger or (meaning.intent if meaning.value is None else str(meaning.value))
    return f"{what if meaning.certainty != 'none' else words['nothing']} ({words[meaning.certainty]})"


def _plain(moment: Moment) -> dict[str, Any]:
    meaning = moment.meaning
    return {
        "turn": moment.number,
        "heard": moment.answer,
        "intent": meaning.intent if meaning else None,
        "value": meaning.value if meaning else None,
        "certainty": meaning.certainty if meaning else None,
        "flow": moment.flow,
        "step": moment.step,
        "prompt": moment.question,
        "text": " ".join(text for _, text in moment.said),
        "slots": dict(moment.kept),
    }


def _show_end(moment: Moment, as_json: bool) -> None:
    words = words_of("try")
    if as_json:
        left: dict[str, Any] = {"sms": list(moment.texts), "tickets": moment.tickets}
        result = {"result": moment.ended or "waiting", "flow": moment.flow, "step": moment.step, **left}
        print(json.dumps(result, ensure_ascii=False))
        return
    for text in moment.texts:
        print(f"{words['sms']} : {text}")
    if moment.tickets:
        print(words["ticket"])
    told = words["ended"] if moment.ended else words["waiting"]
    print(told.format(reason=moment.ended, question=moment.question))


def _tell(text: str) -> None:
    """Tell the person reading along, separately from what another program reads."""
    print(text, file=sys.stderr)
