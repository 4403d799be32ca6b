"""The command line of a simulated call: `--say`, `--audio`, `--keys` and `--silence` in the order given."""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from voicebot.simulator.caller_voice import CallerVoice
from voicebot.simulator.carrier import place_call
from voicebot.simulator.live import JsonView, conversation_view
from voicebot.simulator.mediator import standing_by
from voicebot.simulator.options import CallOptions
from voicebot.simulator.report import CallReport, Journal, View
from voicebot.simulator.script import Answers
from voicebot.simulator.turns import CallerTurn, HangUp, PlayWav, Press, SayText, StaySilent
from voicebot.simulator.twilio_api import TwilioAccount
from voicebot.speech.tts.synthesizer import Synthesizer

#: Endings that were not asked for: the command then exits with 1.
FAILED: Final = ("app_failed", "no_reply", "too_long")


def add_call_arguments(parser: argparse.ArgumentParser) -> None:
    """Add all options of `voicebot call`; `turns_of` and `options_of` read their values."""
    turn = parser.add_argument_group("turns, in the order given")
    _add_turn(turn, "--say", "TEXT", SayText, "speak TEXT")
    _add_turn(turn, "--audio", "WAV", lambda text: PlayWav(_file(text)), "play the speech recorded in WAV")
    _add_turn(turn, "--keys", "DIGITS", lambda text: Press(_digits(text)), "press DIGITS: 0-9 * #")
    _add_turn(turn, "--silence", "S", lambda text: StaySilent(_seconds(text)), "say nothing for S seconds")
    turn.add_argument(
        "--hang-up", dest="turns", nargs=0, action=_Append, turn=lambda _: HangUp(), help="hang up"
    )
    turn.add_argument(
        "--barge-in", dest="barge_in", metavar="S", type=_seconds, action=_BargeIn,
        help="begin the next turn S seconds into the prompt instead of after it",
    )  # fmt: skip
    tempo = parser.add_mutually_exclusive_group()
    tempo.add_argument("--fast", dest="tempo", action="store_const", const="fast", default="fast",
                       help="no pauses while one side talks (default)")  # fmt: skip
    tempo.add_argument("--real-time", dest="tempo", action="store_const", const="real_time",
                       help="pace the call like a telephone")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="print one line of JSON per turn")
    parser.add_argument("--wav", metavar="PATH", type=Path, help="record the call in stereo")
    parser.add_argument("--from", dest="from_number", metavar="NUMBER", help="the caller's number")
    parser.add_argument(
        "--mediator", metavar="KEY", choices=("1", "2"),
        help="put on duty a mediator who presses KEYS when rung: 1 takes the call, 2 refuses it",
    )  # fmt: skip
    parser.add_argument("--keypad", action="store_true", help="a call whose audio socket never opens")


def turns_of(arguments: argparse.Namespace) -> tuple[CallerTurn, ...]:
    """The turns in the order in which they were given."""
    return tuple(arguments.turns or ())


def options_of(arguments: argparse.Namespace, defaults: CallOptions) -> CallOptions:
    """`defaults`, overridden by the command line."""
    options = replace(defaults, tempo=arguments.tempo, keypad=arguments.keypad, wav=arguments.wav)
    return replace(options, from_number=arguments.from_number) if arguments.from_number else options


@dataclass(frozen=True)
class Callee:
    """The app to call.

    Its address, its auth token, its journal, the voice behind `<Say>`, the account from which it calls, and a
    function that receives the addresses of the sounds that a mediator heard.
    """

    url: str
    auth_token: str
    journal: Journal | None = None
    say_voice: Synthesizer | None = None
    public_origin: str | None = None
    account: TwilioAccount | None = None
    mediator_heard: Callable[[Sequence[str]], None] = lambda addresses: None


def run(
    arguments: argparse.Namespace, turns: Sequence[CallerTurn] | Answers, callee: Callee, voice: CallerVoice
) -> int:
    """Make the call and show it on standard output; 0, or 1 if it did not end as asked.

    Raises `AudioError` before the call if a turn cannot be spoken.
    """
    with _view(arguments.json) as view:
        defaults = CallOptions(
            journal=callee.journal,
            say_voice=callee.say_voice,
            public_origin=callee.public_origin,
            view=view,
        )
        options = options_of(arguments, defaults)
        report = asyncio.run(_placed(callee, turns, voice, options, arguments.mediator))
    for problem in report.problems:
        print(f"carrier: {problem}", file=sys.stderr)
    return exit_code(report)


async def _placed(
    callee: Callee,
    turns: Sequence[CallerTurn] | Answers,
    voice: CallerVoice,
    options: CallOptions,
    keys: str | None,
) -> CallReport:
    """The call, together with a mediator who presses `keys` when rung, if one was asked for."""
    if keys is None or callee.account is None:
        return await place_call(callee.url, callee.auth_token, turns, voice, options)
    async with standing_by(callee.url, callee.auth_token, callee.account, (keys,)) as phone:
        options = replace(options, exchange=phone.exchange)
        report = await place_call(callee.url, callee.auth_token, turns, voice, options)
        await phone.idle()
        callee.mediator_heard(phone.heard)
        return report


def exit_code(report: CallReport) -> int:
    """0 success, 1 the conversation did not end as asked."""
    return int(report.ending in FAILED)


@contextmanager
def _view(json: bool) -> Iterator[View]:
    if json:
        yield JsonView(sys.stdout)
        return
    with conversation_view(sys.stdout) as view:
        yield view


class _Append(argparse.Action):
    """Appends a turn, so that options of different names keep their order."""

    def __init__(self, *, turn: Callable[[str], CallerTurn], **others: Any) -> None:
        super().__init__(**others)
        self._turn = turn

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        try:
            turn = self._turn(values if isinstance(values, str) else "")
        except argparse.ArgumentTypeError as error:
            raise argparse.ArgumentError(self, str(error)) from error
        barge_in, namespace.barge_in = namespace.barge_in, None
        namespace.turns = [*(namespace.turns or ()), replace(turn, barge_in_s=barge_in)]


class _BargeIn(argparse.Action):
    """Remembers when the next turn begins."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        namespace.barge_in = values


def _add_turn(
    group: argparse._ArgumentGroup, option: str, metavar: str, turn: Callable[[str], CallerTurn], about: str
) -> None:
    group.add_argument(option, dest="turns", metavar=metavar, action=_Append, turn=turn, help=about)


def _file(text: str) -> Path:
    if not Path(text).is_file():
        raise argparse.ArgumentTypeError(f"expected a WAV file, got {text!r}, which does not exist")
    return Path(text)


def _digits(text: str) -> str:
    if not re.fullmatch(r"[0-9*#]+", text):
        raise argparse.ArgumentTypeError("expected keys of 0-9, * and #")
    return text


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 600:
        raise argparse.ArgumentTypeError(f"expected seconds from 0 to 600, got {text!r}")
    return seconds
