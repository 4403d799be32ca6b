"""Callers who answer with "oui", numbers and dates alone: how often they are told that nothing was heard.

    .venv/bin/python -m benchmarks.short_answers [--calls 10] [--at-once 2]

The RSA, a small pension and the place finder by real sound through the real socket, each so many times, by
another number; the caller speaks with the voice that the tests call with. Counted are the calls that ended by
themselves, what was not heard ("Je n'ai rien entendu") and what was not understood.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from voicebot import datafile
from voicebot.config import Settings
from voicebot.dialogue.action import Say
from voicebot.dialogue.flow import Flows
from voicebot.flows.load import load_flows
from voicebot.observability.logs import quiet
from voicebot.packaged import FLOWS, PROMPTS
from voicebot.prompts import Prompts
from voicebot.simulator import Answers, CallerVoice, CallOptions, CallReport, SayText, place_call
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices

SAID = Path(__file__).with_suffix(".yaml")
#: What is said to somebody who was not heard, and to somebody who was not understood.
NOT_HEARD, NOT_UNDERSTOOD = Say("common.no_input"), Say("common.no_match")
_FIRST_NUMBER = 33639981000


@dataclass
class Kind:
    """What became of the calls of one kind."""

    ended: Counter[str] = field(default_factory=Counter)
    turns: int = 0
    not_heard: int = 0
    not_understood: int = 0
    silent: int = 0


def main() -> None:
    """Play the calls and print the table."""
    quiet()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--calls", type=int, default=10, help="of each kind")
    parser.add_argument("--at-once", type=int, default=2, help="a core for each")
    options = parser.parse_args()
    settings = Settings()
    told = datafile.read(SAID).data
    caller = CallerVoice(voices.caller(settings.var))
    with (
        tempfile.TemporaryDirectory() as folder,
        rehearse(settings.model_copy(update={"var": settings.var}), Path(folder)) as running,
    ):
        kinds = asyncio.run(_played(running, caller, told, options.calls, options.at_once))
    table = Table("call", "calls", "ended", "turns", "calls told", "not heard", "not understood")
    for name, kind in kinds.items():
        ended = ", ".join(f"{count} {ending}" for ending, count in kind.ended.items())
        counts = (kind.turns, kind.silent, kind.not_heard, kind.not_understood)
        table.add_row(name, str(sum(kind.ended.values())), ended, *map(str, counts))
    Console(width=110).print(table)


async def _played(
    running: Rehearsal, caller: CallerVoice, told: Mapping[str, Any], calls: int, at_once: int
) -> Mapping[str, Kind]:
    flows, kinds = load_flows(FLOWS), {name: Kind() for name in told["calls"]}
    prompts = Prompts.load(PROMPTS)
    slots = asyncio.Semaphore(at_once)

    async def play(name: str, number: int) -> None:
        answers = Answers({key: [SayText(said)] for key, said in answers_of(flows, told, name).items()})
        options = CallOptions(journal=running.journal, from_number=f"+{_FIRST_NUMBER + number}")
        async with slots:
            report = await place_call(running.url, running.auth_token, answers, caller, options)
        count(kinds[name], report, prompts)
        print(".", end="", flush=True)

    each = [name for name in told["calls"] for _ in range(calls)]
    await asyncio.gather(*(play(name, number) for number, name in enumerate(each)))
    print()
    return kinds


def answers_of(flows: Flows, told: Mapping[str, Any], name: str) -> dict[str, str]:
    """What the caller of `name` says to each question, by prompt."""
    steps = [step for flow in flows.by_name.values() for step in flow.steps.values()]
    by_kind = {step.prompt: told["kinds"].get(step.expecting().kind) for step in steps}
    papers = {f"documents.{paper}": "oui" for step in steps for paper in step.documents}
    answers = {prompt: said for prompt, said in by_kind.items() if said}
    return {**answers, **papers, **told["asked"], **told["calls"][name]}


def count(kind: Kind, report: CallReport, prompts: Prompts) -> None:
    """Add a call to those of its kind."""
    said = [str(line["text"]) for line in report.lines]
    heard, understood = (prompts.text(prompts.render(say, "voice")) for say in (NOT_HEARD, NOT_UNDERSTOOD))
    kind.ended[f"{report.last['result'] or report.ending}"] += 1
    kind.turns += len(report.lines)
    kind.not_heard += sum(heard in text for text in said)
    kind.not_understood += sum(understood in text for text in said)
    kind.silent += any(heard in text for text in said)


if __name__ == "__main__":
    main()
