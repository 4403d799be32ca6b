"""How long a caller waits: from the end of their speech to the first sound of the answer.

    .venv/bin/python -m benchmarks.gap [--calls N]

One run measures each recognizer at closed and open questions, in real time, through the real socket, and
splits the wait into its parts. Vosk is measured with the packaged Korean model and Korean answers, because
the French one cannot be fetched on the build machines: its French accuracy has not been measured.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.korean import KoreanVosk, korean_answers
from voicebot.channels.simulator import CallerVoice, CallOptions, PlayWav, SayText, Turn, place_call
from voicebot.config import Settings
from voicebot.logs import quiet
from voicebot.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices
from voicebot.speech.conversation import TurnTiming
from voicebot.speech.stt.recognizer import Recognizer

#: An open question, then closed ones (a number, yes or no, a choice) of the RSA procedure.
FRENCH: tuple[Turn, ...] = (
    SayText("bonjour, je voudrais demander le RSA"),
    SayText("j'ai trente ans"),
    SayText("oui"),
    SayText("je ne sais pas"),
)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=5, help="calls for each recognizer")
    calls = parser.parse_args().calls
    quiet()
    settings = Settings()
    table = Table("recognizer", "question", "turns", "gap ms", "p95", "endpointing", "recognition",
                  "dialogue", "speech", title="Wait for the answer (medians, ms)")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        answers = korean_answers(Path(folder))
        for name, recognizer, turns in (
            ("whisper", None, FRENCH),
            ("vosk (Korean)", KoreanVosk(), tuple(PlayWav(path) for path in answers)),
        ):
            measured = asyncio.run(measure(settings, recognizer, turns, calls))
            for question in ("open", "closed"):
                _add_row(
                    table, name, question, [m for m in measured if is_closed(m[0]) == (question == "closed")]
                )
    Console(width=120).print(table)


def is_closed(timing: TurnTiming) -> bool:
    """Whether every answer to the question can be listed or typed."""
    return timing.kind != "intent"


async def measure(
    settings: Settings, recognizer: Recognizer | None, turns: Sequence[Turn], calls: int
) -> list[tuple[TurnTiming, int]]:
    """The timing and the whole gap in ms of each turn of `calls` calls in real time."""
    measured: list[tuple[TurnTiming, int]] = []
    caller = CallerVoice(voices.caller(settings.var))
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data), recognizer) as running:
        for number in range(calls):
            measured += await _call(running, turns, caller, number)
    return measured


async def _call(
    running: Rehearsal, turns: Sequence[Turn], caller: CallerVoice, number: int
) -> list[tuple[TurnTiming, int]]:
    timings: list[TurnTiming] = []
    running.watch(timings.append)
    options = CallOptions(tempo="real_time", from_number=f"+3363998{number:04}", journal=running.journal)
    report = await place_call(running.url, running.auth_token, turns, caller, options)
    gaps = [gap for gap in report.gaps_ms if gap > 0]
    return list(zip(timings, gaps, strict=False))


def _add_row(table: Table, name: str, question: str, measured: Sequence[tuple[TurnTiming, int]]) -> None:
    gaps = [gap for _, gap in measured]
    if not gaps:
        table.add_row(name, question, "0")
        return
    parts = [
        round(1000 * median(getattr(timing, part) for timing, _ in measured))
        for part in ("endpointing", "recognition", "dialogue", "speech")
    ]
    p95 = round(float(np.percentile(gaps, 95)))
    table.add_row(name, question, str(len(gaps)), str(round(median(gaps))), str(p95), *map(str, parts))


if __name__ == "__main__":
    main()
