"""How well the voices are understood by telephone, how fast they speak and what memory they take.

    .venv/bin/python -m benchmarks.voices

Ten sentences (voicebot/webphone/fr/sentences.yaml) by each voice and pace go through the telephone band
and μ-law into whisper-base, which is not told what to expect. Word error counts numbers as words.
"Cold" is the first sentence with loading the engine, in a fresh process; "x real time" is seconds of
work a second of speech;
"MB" leaves out the process that pyttsx3 starts for each sentence.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console
from rich.table import Table

from voicebot.dialogue.session import Pace
from voicebot.errors import ModelError
from voicebot.speech import voices
from voicebot.speech.audio import TELEPHONE_HZ, Pcm
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.choose import recognizers
from voicebot.webphone.intelligibility import heard, sentences, word_error

VAR = Path("var")
SENTENCES = sentences()


@dataclass(frozen=True)
class Spoken:
    """One voice at one pace: its sounds (8 kHz), seconds of work and the megabytes it needed."""

    sounds: tuple[Pcm, ...]
    cold_s: float
    warm_s: float
    megabytes: float

    @property
    def seconds(self) -> float:
        """The length of all sounds."""
        return sum(map(len, self.sounds)) / TELEPHONE_HZ


def main() -> None:
    """Measure and print the table."""
    ears, notes = recognizers(VAR / "models", "whisper")
    if not ears:
        raise ModelError(" ".join(notes))
    table = Table("engine", "pace", "word error", "x real time", "cold ms", "speech s", "MB")
    for name in voices.NAMES:
        for pace in ("normal", "slow"):
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                said = fresh.submit(speak, name, pace).result()
            understood = [heard(ears[0], sound) for sound in said.sounds]
            table.add_row(
                name,
                pace,
                f"{word_error(SENTENCES, understood):.1%}",
                f"{said.warm_s / said.seconds:.3f}",
                f"{1000 * said.cold_s:.0f}",
                f"{said.seconds:.1f}",
                f"{said.megabytes:.0f}",
            )
    Console(width=100).print(table)


def speak(name: str, pace: Pace) -> Spoken:
    """All sentences by the voice `name`; to be run in a process of its own."""
    before = _megabytes()
    start = time.perf_counter()
    voice = voices.start(name, VAR)
    if voice is None:
        raise ModelError(f"{name} is not installed; see `voicebot models list`")
    voice.speak(spoken(SENTENCES[0]), pace)
    cold_s = time.perf_counter() - start
    start = time.perf_counter()
    sounds = tuple(voice.speak(spoken(sentence), pace) for sentence in SENTENCES)
    return Spoken(sounds, cold_s, time.perf_counter() - start, _megabytes() - before)


def _megabytes() -> float:
    """The most memory that this process has had (Linux; `getrusage` would count its parent's too)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
