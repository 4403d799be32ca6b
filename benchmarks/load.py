"""How many calls at a time: the wait for an answer while N callers speak at once, in real time.

    .venv/bin/python -m benchmarks.load [--most N]

Callers and service share this machine, so the service alone carries somewhat more.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from voicebot.channels.simulator import Answers, CallerVoice, CallOptions, SayText, place_call
from voicebot.config import Settings
from voicebot.logs import quiet
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices

SAID = Answers(
    {
        "accueil.question": [SayText("bonjour, je voudrais demander le RSA")],
        "rsa.age": [SayText("j'ai trente ans")],
        "common.value_age": [SayText("oui")],
        "rsa.france": [SayText("oui")],
    }
)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--most", type=int, default=4, help="the most calls at a time")
    most = parser.parse_args().most
    quiet()
    settings = Settings()
    caller = CallerVoice(voices.caller(settings.var))
    table = Table(
        "calls at a time", "replies", "gap ms", "p95", "CPU seconds a call", title="Whisper, real time"
    )
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data)) as running:
        calls = 1
        while calls <= most:
            began = time.process_time()
            gaps = asyncio.run(_together(running, caller, calls))
            spent = (time.process_time() - began) / calls
            p95 = round(float(np.percentile(gaps, 95)))
            table.add_row(str(calls), str(len(gaps)), str(round(median(gaps))), str(p95), f"{spent:.1f}")
            calls *= 2
    Console(width=100).print(table, f"{os.cpu_count()} cores")


async def _together(running: Rehearsal, caller: CallerVoice, calls: int) -> list[int]:
    """The gaps of `calls` simultaneous calls, in ms."""
    reports = await asyncio.gather(*(_call(running, caller, number) for number in range(calls)))
    return [gap for gaps in reports for gap in gaps]


async def _call(running: Rehearsal, caller: CallerVoice, number: int) -> tuple[int, ...]:
    options = CallOptions(tempo="real_time", from_number=f"+3363998{number:04}", journal=running.journal)
    return (await place_call(running.url, running.auth_token, SAID, caller, options)).gaps_ms


if __name__ == "__main__":
    main()
