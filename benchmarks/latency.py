"""How long a caller waits: from the end of their speech to the first sound of the answer.

    .venv/bin/python -m benchmarks.latency [--calls N]

One run measures each recognizer at closed and open questions, in real time, through the real socket, and
splits the wait into its parts. Vosk is measured with the packaged Korean model and Korean answers, because
the build machines cannot download the French one: its accuracy in French has not been measured.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np
from redis.asyncio import Redis
from rich.console import Console
from rich.table import Table

from benchmarks import korean
from voicebot.app import build
from voicebot.channels.service import Service
from voicebot.config import Settings
from voicebot.observability.logs import quiet
from voicebot.simulator import (
    Answers,
    CallerTurn,
    CallerVoice,
    CallOptions,
    PlayWav,
    Press,
    SayText,
    place_call,
)
from voicebot.simulator.rehearsal import Rehearsal, rehearse
from voicebot.speech import voices
from voicebot.speech.stt.recognizer import Recognizer
from voicebot.speech.turn import TurnTiming

#: Questions that a grammar of yes, no and "next" cannot answer are answered by keypad.
KEYED: dict[str, Sequence[CallerTurn]] = {
    "rsa.besoin": [Press("1")],
    "rsa.age": [Press("61#")],
    "rsa.nationalite": [Press("1")],
    "rsa.ressources": [Press("1")],
    "documents.piece_identite": [Press("1")],
    "documents.rib": [Press("2")],
    "documents.ressources": [Press("1")],
    "documents.logement": [Press("1")],
}
PARTS = ("endpointing", "recognition", "dialogue", "speech")
FRENCH = Answers(
    {
        "accueil.question": [SayText("bonjour, je voudrais demander le RSA")],
        "rsa.besoin": [SayText("je veux le demander")],
        "rsa.age": [SayText("j'ai trente ans")],
        "common.value_age": [SayText("oui")],
        "rsa.france": [SayText("oui")],
        "rsa.nationalite": [SayText("je suis française")],
        "rsa.ressources": [SayText("je n'ai rien")],
        "caf.agricole": [SayText("non")],
        "documents.piece_identite": [SayText("oui je l'ai")],
    }
)


@dataclass(frozen=True)
class MeasuredReply:
    """One reply: where its time went, and how long the caller waited in all."""

    timing: TurnTiming
    latency_ms: int

    @property
    def question(self) -> str:
        """ "open" or "closed"."""
        return "open" if self.timing.kind == "intent" else "closed"


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=4, help="calls per recognizer")
    calls = parser.parse_args().calls
    quiet()
    table = Table(
        "recognizer", "question", "replies", "latency ms", "p95", *PARTS, title="Wait, medians in ms"
    )
    with tempfile.TemporaryDirectory() as folder:
        vosk = korean.KoreanVosk()
        for name, recognizer, answers in (
            ("vosk (Korean)", vosk, korean_answers(Path(folder))),
            ("whisper-base", None, FRENCH),
        ):
            measured = asyncio.run(measure(recognizer, answers, calls))
            for question in ("open", "closed"):
                _add_row(table, name, question, [one for one in measured if one.question == question])
        vosk.close()
    Console(width=110).print(table)


def korean_answers(folder: Path) -> Answers:
    """A caller who speaks Korean: an open sentence, then yes, no and "next"."""
    said = {text: PlayWav(korean.speak(text, folder / f"{number}.wav")) for number, text in
            enumerate((korean.OPEN, korean.YES, korean.NO, korean.NEXT))}  # fmt: skip
    asked = {
        "accueil.question": korean.OPEN, "rsa.enfant": korean.NO, "rsa.france": korean.YES,
        "caf.agricole": korean.NO, "documents.manque": korean.NEXT, "common.topic_confirm": korean.YES,
    }  # fmt: skip
    return Answers({question: [said[text]] for question, text in asked.items()} | KEYED)


async def measure(recognizer: Recognizer | None, answers: Answers, calls: int) -> list[MeasuredReply]:
    """All replies of `calls` calls in real time; `recognizer` replaces the installed one."""
    timings: list[TurnTiming] = []
    settings = Settings(recognizer="none") if recognizer else Settings()

    def make(own: Settings, redis: Redis) -> Service:
        service = build(own, redis)
        hears = recognizer or service.speech.recognizer
        return replace(service, speech=replace(service.speech, recognizer=hears, watch=timings.append))

    caller = CallerVoice(voices.caller(settings.var))
    measured: list[MeasuredReply] = []
    with tempfile.TemporaryDirectory() as data, rehearse(settings, Path(data), make=make) as running:
        for number in range(calls):
            latencies = await _latencies(running, answers, caller, number)
            measured += [
                MeasuredReply(timing, latency_ms)
                for timing, latency_ms in zip(timings, latencies, strict=False)
            ]
            timings.clear()
    return measured


async def _latencies(running: Rehearsal, answers: Answers, caller: CallerVoice, number: int) -> Sequence[int]:
    options = CallOptions(tempo="real_time", from_number=f"+3363998{number:04}", journal=running.journal)
    report = await place_call(running.url, running.auth_token, answers, caller, options)
    return [line["gap_ms"] for line in report.lines if line["heard"] and line["gap_ms"] is not None]


def _add_row(table: Table, name: str, question: str, measured: Sequence[MeasuredReply]) -> None:
    if not measured:
        table.add_row(name, question, "0")
        return
    latencies = [one.latency_ms for one in measured]
    parts = [round(1000 * median(getattr(one.timing, part) for one in measured)) for part in PARTS]
    p95 = round(float(np.percentile(latencies, 95)))
    table.add_row(
        name, question, str(len(latencies)), str(round(median(latencies))), str(p95), *map(str, parts)
    )


if __name__ == "__main__":
    main()
