"""A comparison with Pipecat: the same calls to a bot on Pipecat and to ours, in one run.

    .venv/bin/python -m benchmarks.side_by_side [--calls N] [--rounds R] [--recognizer scripted|whisper]

Each serves on one core, one after the other; the callers have the other core. The caller's sound, the frames,
the clock and the method of measurement are the same (our simulated telephone), and so are recognizer and
voice. With the recognizer "scripted", which knows in advance what is said, the CPU figure is everything
except recognition. docs/benchmarks.md lists the differences. The first run installs Pipecat into
var/bench-venv.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.pinned import Pinned, pinned, served
from benchmarks.scripted import OPENING
from voicebot.config import Settings
from voicebot.simulator import (
    CallerTurn,
    CallerVoice,
    CallOptions,
    CallReport,
    HangUp,
    SayText,
    place_call,
)
from voicebot.speech import voices

ROOT = Path(__file__).parents[1]
PEER = "pipecat-ai[websocket,silero]==1.14.0"
SAID: Sequence[CallerTurn] = (
    *map(SayText, (OPENING, "j'ai trente ans", "oui", "oui", "non", "oui, c'est ça", "non")),
    HangUp(),
)
#: Name → how the peer decides that a turn is over; None is ours.
SYSTEMS = {"voicebot": None, "Pipecat, by silence": "timeout", "Pipecat, smart turn": "smart"}


@dataclass
class Side:
    """What one system did in all rounds."""

    latencies_ms: list[int] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0
    idle_mb: float = 0.0
    busy_mb: float = 0.0

    def row(self, calls: int) -> tuple[str, ...]:
        """Median and p95 of the latency, CPU per minute of one call, memory at rest and per call."""
        p50, p95 = np.percentile(self.latencies_ms, (50, 95)) if self.latencies_ms else (0, 0)
        cpu, each = 60 * self.cpu_s / self.seconds, (self.busy_mb - self.idle_mb) / calls
        return f"{p50:.0f}", f"{p95:.0f}", f"{cpu:.2f}", f"{self.idle_mb:.0f}", f"{each:.1f}"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=4, help="simultaneous calls")
    parser.add_argument("--rounds", type=int, default=2, help="how often each system takes its turn")
    parser.add_argument("--recognizer", choices=("scripted", "whisper"), default="scripted")
    options = parser.parse_args()
    python = peer_python()
    caller = CallerVoice(voices.caller(Settings().var))
    sides = {name: Side() for name in SYSTEMS}
    for name in list(SYSTEMS) * options.rounds:
        with _system(name, options.recognizer, python) as service:
            asyncio.run(_measure(service, sides[name], caller, options.calls))
    columns = ("system", "latency ms", "p95", "CPU s per minute of call", "MB at rest", "MB per call")
    table = Table(*columns, title=f"{options.recognizer}, {options.calls} simultaneous calls on one core")
    for name, side in sides.items():
        table.add_row(name, *side.row(options.calls))
    Console(width=100).print(table)


@contextmanager
def _system(name: str, recognizer: str, python: Path) -> Iterator[Pinned]:
    turns = SYSTEMS[name]
    if turns is None:
        with pinned(recognizer) as service:
            yield service
    else:
        command = [str(python), "-m", "benchmarks.pipecat_peer", recognizer, turns, "0"]
        with served(command, 0) as service:
            yield service


async def _measure(service: Pinned, side: Side, caller: CallerVoice, calls: int) -> None:
    await _call(service, caller, 0.0, (*SAID[:1], HangUp()))  # whatever the first call loads is not counted
    side.idle_mb, before = service.memory_mb(), service.cpu_s()
    watching = asyncio.create_task(_most_memory(service))
    reports = await asyncio.gather(*(_call(service, caller, random.uniform(0, 3)) for _ in range(calls)))
    side.cpu_s += service.cpu_s() - before
    watching.cancel()
    side.busy_mb = max(side.busy_mb, *await asyncio.gather(watching))
    side.seconds += sum(report.seconds for report in reports)
    side.latencies_ms += chain.from_iterable(report.latencies_ms for report in reports)


async def _most_memory(service: Pinned) -> float:
    most = 0.0
    try:
        while True:
            most = max(most, await asyncio.to_thread(service.memory_mb))
            await asyncio.sleep(1.0)
    except asyncio.CancelledError:
        return most


async def _call(
    service: Pinned, caller: CallerVoice, delay_s: float, said: Sequence[CallerTurn] = SAID
) -> CallReport:
    await asyncio.sleep(delay_s)
    number = f"+3363998{random.randrange(10_000):04}"
    options = CallOptions(tempo="real_time", from_number=number)
    return await place_call(service.url, service.auth_token, said, caller, options)


def peer_python() -> Path:
    """Python with Pipecat; its own packages come first, then ours. Created on the first run."""
    folder = Settings().var / "bench-venv"
    python = folder / "bin" / "python"
    if not (folder / ".installed").exists():
        print("Installing Pipecat into an environment of its own…", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", PEER], check=True)
        packages = next(folder.glob("lib/python*/site-packages"))
        (packages / "zz_voicebot.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n")
        (folder / ".installed").touch()
    return python


if __name__ == "__main__":
    main()
