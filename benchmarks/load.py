"""How many simultaneous calls one core can carry: the wait for an answer while N callers talk, in real time.

    .venv/bin/python -m benchmarks.load [--recognizer vosk|whisper] [--most N]

The service has a core to itself, the callers have the others. For comparison, the limit of the bare
recognizer is shown: how many such calls it could hear if there were nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.latency import FRENCH, korean_answers
from benchmarks.pinned import Pinned, pinned, recognizer_named
from voicebot.config import Settings
from voicebot.simulator import (
    Answers,
    CallerVoice,
    CallOptions,
    CallReport,
    PlayWav,
    SayText,
    place_call,
)
from voicebot.speech import voices
from voicebot.speech.audio import Pcm, Upsampler
from voicebot.speech.stt.choose import recognizers
from voicebot.speech.stt.recognizer import Expected, Recognizer

#: The project's targets: the highest p95 latency in ms at open and at closed questions, by recognizer.
AIM_MS = {"vosk": (800, 500), "whisper": (1300, 1300)}
#: Seconds over which callers are spread, so that they do not ring all at once.
_SPREAD_S = 8.0
#: The total number of calls, one after the other if only a few run at a time.
_CALLS_IN_ALL = 6


@dataclass(frozen=True)
class Load:
    """What N simultaneous calls were like."""

    calls: int
    reports: Sequence[CallReport]

    def latencies(self, first: bool) -> list[int]:
        """All waits in ms, after the first words of a call (an open question) or after the others."""
        heard = [[line for line in report.lines if line["heard"]] for report in self.reports]
        lines = [line for call in heard for line in (call[:1] if first else call[1:])]
        return [line["gap_ms"] for line in lines if line["gap_ms"] is not None]

    def figures(self) -> tuple[int, ...]:
        """Median and 95th percentile at open questions, then at closed ones."""
        both = (self.latencies(True), self.latencies(False))
        return tuple(round(float(np.percentile(latencies, rank))) for latencies in both for rank in (50, 95))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--recognizer", choices=sorted(AIM_MS), action="append")
    parser.add_argument("--most", type=int, default=64, help="the most simultaneous calls")
    options = parser.parse_args()
    columns = ("recognizer", "calls", "open ms", "p95", "closed ms", "p95", "aims", "CPU s/min", "bare limit")
    table = Table(*columns, title="One core, real time")
    for name in options.recognizer or sorted(AIM_MS):
        measure(name, options.most, table)
    Console(width=100).print(table, f"{os.cpu_count()} cores, one of them for the service")


def measure(name: str, most: int, table: Table) -> None:
    """Double the calls until the wait misses its target."""
    with answers_for(name) as answers:
        caller = CallerVoice(voices.caller(Settings().var))
        calls, limit = 1, 0.0
        with pinned(name) as service:
            while calls <= most:
                before = service.cpu_s()
                load = asyncio.run(_together(service, answers, caller, calls))
                cpu = 60 * (service.cpu_s() - before) / sum(report.seconds for report in load.reports)
                limit = limit or _bare_limit(name, load.reports[0], answers, caller)
                figures, aims = load.figures(), AIM_MS[name]
                ends = (f"{aims[0]}, {aims[1]}", f"{cpu:.1f}", f"{limit:.0f}")
                table.add_row(*map(str, (name, calls, *figures, *ends)))
                if figures[1] > aims[0] or figures[3] > aims[1]:
                    break
                calls *= 2
        used = service.used
        table.add_section()
        table.caption = f"{table.caption or ''} {name}: {used['mb']:.0f} MB at most."


async def _together(service: Pinned, answers: Answers, caller: CallerVoice, calls: int) -> Load:
    chance = random.Random(calls)
    delays = [chance.uniform(0.0, _SPREAD_S if calls > 1 else 0.0) for _ in range(calls)]
    rounds = max(1, _CALLS_IN_ALL // calls)
    made = await asyncio.gather(*(_calls(service, answers, caller, delay, rounds) for delay in delays))
    return Load(calls, [report for reports in made for report in reports])


async def _calls(
    service: Pinned, answers: Answers, caller: CallerVoice, delay_s: float, rounds: int
) -> list[CallReport]:
    await asyncio.sleep(delay_s)
    return [await call(service, answers, caller) for _ in range(rounds)]


@contextmanager
def answers_for(name: str) -> Iterator[Answers]:
    """What callers say when the recognizer `name` is listening."""
    with tempfile.TemporaryDirectory() as folder:
        yield korean_answers(Path(folder)) if name == "vosk" else FRENCH


async def call(service: Pinned, answers: Answers, caller: CallerVoice) -> CallReport:
    """One whole call in real time."""
    number = f"+3363998{random.randrange(10_000):04}"
    options = CallOptions(tempo="real_time", from_number=number, journal=service.journal)
    return await place_call(service.url, service.auth_token, answers, caller, options)


def _bare_limit(name: str, report: CallReport, answers: Answers, caller: CallerVoice) -> float:
    """How many calls like `report` the recognizer alone could hear on one core."""
    own = recognizer_named(name)
    recognizer = own or recognizers(Settings().var / "models", name)[0][0]
    seconds = mean(_heard_in(recognizer, *asked) for asked in _questions(answers, caller))
    recognizer.close()
    said = sum(1 for line in report.lines if line["heard"])
    return report.seconds / (said * seconds)


def _questions(answers: Answers, caller: CallerVoice) -> Iterator[tuple[Pcm, Expected]]:
    """What is said to each question, and what the question expects."""
    for question, turns in answers.by_question.items():
        expected = Expected() if question == "accueil.question" else Expected(("oui", "non"), True, "yes_no")
        for turn in turns:
            if isinstance(turn, PlayWav | SayText):
                said = caller.play(turn.path) if isinstance(turn, PlayWav) else caller.speak(turn.text)
                yield Upsampler().accept(np.concatenate(said)), expected


def _heard_in(recognizer: Recognizer, sound: Pcm, expected: Expected) -> float:
    """Wall-clock seconds: engines work in other processes, and this one has a core of its own."""
    began = time.perf_counter()
    stream = recognizer.start(expected)
    stream.accept(sound)
    stream.finish()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
