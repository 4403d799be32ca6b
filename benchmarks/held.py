"""A number of calls kept up for minutes on end: whether waits, memory and errors stay stable.

    .venv/bin/python -m benchmarks.held N [--recognizer vosk|whisper] [--minutes 10]

N calls run all the time, each one that ends is replaced, and every minute is reported: waits, memory, errors.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.load import AIM_MS, Load, answers_for, call
from benchmarks.pinned import Pinned, pinned
from voicebot.config import Settings
from voicebot.simulator import Answers, CallerVoice, CallReport
from voicebot.speech import voices

_MINUTE_S = 60.0
_SPREAD_S = 10.0


@dataclass
class Minute:
    """The calls that ended in one minute, and the service's memory at its end in MB."""

    reports: list[CallReport] = field(default_factory=list)
    mb: float = 0.0
    cpu_s: float = 0.0

    @property
    def errors(self) -> int:
        """Calls abandoned by the caller or broken by the service, and complaints of the carrier."""
        broken = sum(report.ending in ("no_reply", "app_failed", "too_long") for report in self.reports)
        return broken + sum(len(report.problems) for report in self.reports)


def main() -> None:
    """Hold the calls and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("calls", type=int, metavar="N", help="how many at a time")
    parser.add_argument("--recognizer", choices=sorted(AIM_MS), action="append")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long")
    options = parser.parse_args()
    for name in options.recognizer or sorted(AIM_MS):
        hold(name, options.calls, options.minutes)


def hold(name: str, calls: int, minutes: float) -> None:
    """Keep `calls` calls going and print a line for each minute."""
    caller = CallerVoice(voices.caller(Settings().var))
    with answers_for(name) as answers, pinned(name) as service:
        kept = asyncio.run(_hold(service, answers, caller, calls, minutes))
        told = asyncio.run(_busy(service))
    columns = ("minute", "calls ended", "open ms", "p95", "closed ms", "p95", "CPU %", "MB", "errors")
    table = Table(*columns, title=f"{name}: {calls} calls at a time on one core; targets {AIM_MS[name]}")
    for number, minute in enumerate(kept, start=1):
        table.add_row(str(number), *_figures(minute))
    table.add_section()
    every = Minute([report for minute in kept for report in minute.reports], kept[-1].mb)
    every.cpu_s = sum(minute.cpu_s for minute in kept) / len(kept)
    table.add_row("all", *_figures(every))
    asked_to_wait, by_keypad = told
    Console(width=100).print(
        table,
        f"Memory from minute 2 on: {_growth(kept):+.1f} MB per minute. "
        f"Asked to hold on: {asked_to_wait:.0f} times. By keypad: {by_keypad:.0f} calls.",
    )


async def _hold(
    service: Pinned, answers: Answers, caller: CallerVoice, calls: int, minutes: float
) -> list[Minute]:
    until = time.monotonic() + minutes * _MINUTE_S
    kept = [Minute()]

    async def ring() -> None:
        await asyncio.sleep(random.uniform(0, _SPREAD_S))
        while time.monotonic() < until:
            report = await call(service, answers, caller)
            kept[-1].reports.append(report)

    ringing = asyncio.gather(*(ring() for _ in range(calls)))
    before = service.cpu_s()
    while time.monotonic() < until:
        await asyncio.sleep(min(_MINUTE_S, max(0.1, until - time.monotonic())))
        now = service.cpu_s()
        kept[-1].cpu_s += now - before
        before = now
        kept[-1].mb = await asyncio.to_thread(service.memory_mb)
        if time.monotonic() < until:
            kept.append(Minute())
    await ringing
    return kept


async def _busy(service: Pinned) -> tuple[float, float]:
    """How often callers were asked to hold on, and how often the recognizer was given up."""
    held_on = await service.counted(voicebot_events_total="held_on")
    return held_on, await service.counted(voicebot_failures_total="recognizer lost")


def _figures(minute: Minute) -> Iterator[str]:
    load = Load(0, minute.reports)
    yield str(len(minute.reports))
    for first in (True, False):
        latencies = load.latencies(first)
        for rank in (50, 95):
            yield str(round(float(np.percentile(latencies, rank)))) if latencies else "-"
    yield f"{100 * minute.cpu_s / _MINUTE_S:.0f}"
    yield f"{minute.mb:.0f}"
    yield str(minute.errors)


def _growth(kept: list[Minute]) -> float:
    later = [minute.mb for minute in kept[1:]]
    return float(np.polyfit(range(len(later)), later, 1)[0]) if len(later) > 1 else 0.0


if __name__ == "__main__":
    main()
