"""Short words and noises through the whole ear: from a frame of sound to an answer, or to none.

    .venv/bin/python -m benchmarks.short_words [--styles FOLDER] [--sample SHARE] [--only GROUP…]

"oui", "non", "si", "ok", "un" and "suite" by every voice there is (Pico, Kokoro's French voice, more of
its voices where `--styles` holds npm `kokoro-js`' package/voices, a human voice's numbers where `make test`
has fetched them) are said 0.2 s after a question, at its end and over it, 25, 18 and 12 dB over the line's
noise. "lost" is an answer of which the dialogue hears nothing; "right" one that is understood as it was
meant. Breath, coughs, clicks, music, people talking and the line itself are played to the same questions:
"heard" is text of any kind, "answer" text that is understood as an answer. Audio time decides, so a busy
machine changes nothing.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table

from voicebot.dialogue.meaning import NEXT, NO, YES, Expecting, Value
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.nlu.progress import progress
from voicebot.sound import Speech
from voicebot.speech.audio import FRAME_BYTES, TELEPHONE_HZ, Pcm, decode, encode
from voicebot.speech.conversation import Conversation
from voicebot.speech.endpointing import Progress
from voicebot.speech.stt.choose import recognizers
from voicebot.speech.stt.recognizer import Recognizer, Transcript
from voicebot.speech.telephone_line import band
from voicebot.speech.tts.kokoro import Kokoro
from voicebot.speech.tts.pico import Pico
from voicebot.speech.tts.synthesizer import SPEECH_DBFS, Synthesizer
from voicebot.speech.turn import Spoken, TurnTiming

VAR: Final = Path("var")
HUMAN: Final = VAR / "test/armelle/usr/share/asterisk/sounds/fr/digits"
#: Voices that no recognizer of ours learned from.
HELD_OUT: Final = ("ff_siwis", "if_sara", "am_onyx", "pf_dora", "em_alex", "bf_lily")
SNR_DB: Final = (25.0, 18.0, 12.0)
#: When the word begins, in seconds after the end of the question.
PLACES_S: Final = (0.2, -0.15, -0.6)
_QUESTION_S: Final = 1.4
_TIMEOUT_S: Final = 4.0
#: The line is never quieter than this.
_LINE_DBFS: Final = -62.0
_FULL_SCALE: Final = 32768.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """One sound (8 kHz) at a question; `wanted` is the value that it means, None for a noise."""

    name: str
    group: str
    sound: Pcm
    kind: str
    wanted: Value | None
    snr_db: float
    begins_s: float


@dataclass
class Booth:
    """A line and a dialogue with one question; `heard` is what came of it."""

    understanding: Understanding
    expecting: Expecting
    heard: Transcript | None = None
    stopped: bool = False
    silent: bool = False
    _done: Spoken = field(default_factory=lambda: Spoken((), leaves=True))

    async def play(self, frame: Pcm) -> None:
        """The caller hears the question."""

    async def clear(self) -> None:
        """The question was stopped."""
        self.stopped = True

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        """Nobody waits for it."""

    async def say(self, piece: Speech) -> Pcm:
        """The question as a sound."""
        return np.full(int(_QUESTION_S * TELEPHONE_HZ), 500, np.int16)

    async def hear(self, transcript: Transcript) -> Spoken:
        """An answer."""
        self.heard = transcript
        return self._done

    async def press(self, digits: str) -> Spoken:
        """Nobody presses keys here."""
        return self._done

    async def stay_silent(self) -> Spoken:
        """Nothing was heard."""
        self.silent = True
        return self._done

    async def on_recognizer_lost(self) -> Spoken:
        """The recognizer failed, which no figure may hide."""
        raise RuntimeError("the recognizer failed")

    def fail(self) -> Spoken:
        """As above."""
        raise RuntimeError("a turn failed")

    def hold_on(self) -> Spoken:
        """A busy machine."""
        return Spoken(())

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """As in a call."""
        return progress(self.understanding, text, expecting)

    def took(self, timing: TurnTiming) -> None:
        """Times of the clock are measured elsewhere."""


async def ring(case: Case, recognizer: Recognizer, understanding: Understanding) -> Booth:
    """Ask the question, play the sound, wait for what is made of it."""
    expecting = Expecting(case.kind)
    booth = Booth(understanding, expecting)
    conversation = Conversation(booth, booth, recognizer, booth.say, patience_s=600.0)
    question = Spoken((Speech("?"),), expecting, hints(understanding, expecting), _TIMEOUT_S)
    conversation.begin(question)
    for frame in frames(line(case)):
        await conversation.frame(frame)
        await _settled()
        if booth.heard or booth.silent:
            break
    await conversation.close()
    return booth


async def _settled() -> None:
    current = asyncio.current_task()
    while busy := [task for task in asyncio.all_tasks() if task is not current and not task.done()]:
        await asyncio.wait(busy)


def line(case: Case) -> Pcm:
    """All the caller's frames of one case, as they come out of the network."""
    before, after = _QUESTION_S + case.begins_s, _TIMEOUT_S + 2.0
    quiet = [np.zeros(int(seconds * TELEPHONE_HZ)) for seconds in (before, after)]
    sound = np.concatenate([quiet[0], case.sound.astype(np.float64), quiet[1]])
    noise_dbfs = max(_LINE_DBFS, SPEECH_DBFS - case.snr_db) if case.wanted is not None else _LINE_DBFS
    draw = np.random.default_rng(len(sound))
    sound += draw.normal(0, _FULL_SCALE * 10 ** (noise_dbfs / 20), len(sound))
    return decode(encode(band(_pcm(sound))))


def frames(pcm: Pcm) -> Iterator[Pcm]:
    """20 ms each."""
    yield from np.pad(pcm, (0, -len(pcm) % FRAME_BYTES)).reshape(-1, FRAME_BYTES)


def words(talkers: Sequence[Synthesizer]) -> Iterator[Case]:
    """Every word by every voice, each time at another moment."""
    said: dict[str, tuple[str, Value]] = {
        "oui": ("yes_no", YES),
        "non": ("yes_no", NO),
        "si": ("yes_no", YES),
        "ok": ("yes_no", YES),
        "un": ("number", 1),
        "suite": ("more", NEXT),
    }
    asked = [(word, *meant) for word, meant in said.items()] + [("oui", "more", NEXT)]
    turn = 0
    for talker in talkers:
        for word, kind, wanted in asked:
            sound = talker.speak(word, "normal")
            for snr_db in SNR_DB:
                turn += 1
                yield Case(
                    f"{talker.name} {word}", word, sound, kind, wanted, snr_db, PLACES_S[turn % len(PLACES_S)]
                )


def human() -> Iterator[Case]:
    """Numbers of a human voice by telephone."""
    for path in sorted(HUMAN.glob("[0-9].gsm")):
        sound = soundfile.read(path, dtype="int16")[0]
        for place, snr_db in enumerate(SNR_DB):
            number = int(path.stem)
            yield Case(f"human {number}", "a digit", sound, "number", number, snr_db, PLACES_S[place])


def noises(talkers: Sequence[Synthesizer]) -> Iterator[Case]:
    """What is no answer, at three questions."""
    others = [talker.speak(_NEIGHBOURS, "normal").astype(np.float64) for talker in talkers[:3]]
    makers: dict[str, Callable[[np.random.Generator], Floats]] = {
        "breath": breath,
        "cough": cough,
        "clicks": clicks,
        "music": music,
        "hiss": hiss,
        "babble": partial(babble, others),
    }
    for group, make in makers.items():
        for seed in range(_EACH_NOISE):
            draw = np.random.default_rng(seed)
            kind = ("yes_no", "more", "number")[seed % 3]
            begins_s = PLACES_S[seed % len(PLACES_S)]
            yield Case(f"{group} {seed}", group, _pcm(make(draw)), kind, None, 0.0, begins_s)


_EACH_NOISE: Final = 17
_NEIGHBOURS: Final = (
    "Tu as vu le match hier soir ? On était au moins vingt à la maison, et après on a mangé dehors parce "
    "qu'il faisait encore chaud, les enfants jouaient dans la cour jusqu'à minuit."
)


def breath(draw: np.random.Generator) -> Floats:
    """Air over the microphone."""
    length = int(draw.uniform(0.3, 0.9) * TELEPHONE_HZ)
    soft = np.convolve(draw.normal(0, 1, length), np.hanning(6), "same") * np.hanning(length)
    return _at(soft, draw.uniform(-42, -28))


def cough(draw: np.random.Generator) -> Floats:
    """One to three bursts that die away."""
    length = int(draw.uniform(0.08, 0.22) * TELEPHONE_HZ)
    burst = np.convolve(draw.normal(0, 1, length), np.hanning(5), "same")
    burst *= np.exp(-5 * np.arange(length) / length)
    gap = np.zeros(int(0.12 * TELEPHONE_HZ))
    return _at(np.concatenate([burst, gap] * int(draw.integers(1, 4))), draw.uniform(-24, -12))


def clicks(draw: np.random.Generator) -> Floats:
    """A handset that is put down, keys, a bad contact."""
    sound = np.zeros(int(1.2 * TELEPHONE_HZ))
    for at in draw.integers(0, len(sound) - 80, draw.integers(2, 7)):
        length = int(draw.integers(4, 80))
        sound[at : at + length] += draw.normal(0, 1, length) * np.exp(-4 * np.arange(length) / length)
    return _at(sound, draw.uniform(-32, -18))


def music(draw: np.random.Generator) -> Floats:
    """Chords with a beat."""
    at = np.arange(int(2.0 * TELEPHONE_HZ)) / TELEPHONE_HZ
    root = 220 * 2 ** (draw.integers(0, 12) / 12)
    steps = (0, draw.choice([3, 4]), 7, 12)
    chord = sum(np.sin(2 * np.pi * root * 2 ** (step / 12) * at) for step in steps)
    return _at(chord * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * at)), draw.uniform(-45, -28))


def hiss(draw: np.random.Generator) -> Floats:
    """The line itself, louder."""
    return _at(draw.normal(0, 1, int(2.5 * TELEPHONE_HZ)), draw.uniform(-50, -28))


def babble(others: Sequence[Floats], draw: np.random.Generator) -> Floats:
    """Three to six people at once in the same room, 12 to 25 dB under the caller."""
    length = int(2.5 * TELEPHONE_HZ)
    mixed = np.zeros(length)
    for _ in range(int(draw.integers(3, 7))):
        voice = others[int(draw.integers(len(others)))]
        mixed += np.roll(voice, int(draw.integers(len(voice))))[:length] * draw.uniform(0.4, 1)
    return _at(mixed, SPEECH_DBFS - draw.uniform(12, 25))


def _at(sound: Floats, dbfs: float) -> Floats:
    rms = float(np.sqrt(np.mean(np.square(sound))))
    return sound * (_FULL_SCALE * 10 ** (dbfs / 20) / max(rms, 1e-9))


def _pcm(sound: Floats) -> Pcm:
    return np.clip(np.rint(sound), -_FULL_SCALE, _FULL_SCALE - 1).astype(np.int16)


def main() -> None:
    """Play everything and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--styles", type=Path)
    parser.add_argument("--sample", type=float, default=1.0, help="share of the cases that is played")
    parser.add_argument("--only", nargs="*", metavar="GROUP", help="words or noises: oui, un, babble…")
    chosen = parser.parse_args()
    styles = [chosen.styles / f"{name}.bin" for name in HELD_OUT] if chosen.styles else [None]
    talkers: list[Synthesizer] = [
        Pico(),
        *(Kokoro(VAR / "models" / "kokoro", style=style) for style in styles),
    ]
    (recognizer, *_), _ = recognizers(VAR / "models", "whisper")
    everything = (*words(talkers), *human(), *noises(talkers))
    cases = [case for case in everything if not chosen.only or case.group in chosen.only]
    drawn = np.random.default_rng(1).random(len(cases)) < chosen.sample
    asyncio.run(_measure([case for case, is_in in zip(cases, drawn, strict=True) if is_in], recognizer))


async def _measure(cases: Sequence[Case], recognizer: Recognizer) -> None:
    understanding, counts = Understanding.load(), Counter[tuple[str, str]]()
    console = Console(width=110)
    for case in track(cases, "ringing"):
        booth = await ring(case, recognizer, understanding)
        found = verdicts(case, booth, understanding)
        key = case.group if case.wanted is None else f"{case.group} at {case.snr_db:.0f} dB"
        counts.update((key, verdict) for verdict in ("cases", *found))
        if (case.wanted is None and found) or (case.wanted is not None and "right" not in found):
            text = booth.heard.text if booth.heard else None
            console.print(f"{case.name} ({case.kind}, {case.snr_db:.0f} dB, {case.begins_s} s): {text!r}")
    console.print(_table("words", counts, [key for key, _ in counts if "dB" in key], ("lost", "right")))
    others = [key for key, _ in counts if "dB" not in key]
    console.print(_table("noises", counts, others, ("stopped", "heard", "answer")))


def verdicts(case: Case, booth: Booth, understanding: Understanding) -> tuple[str, ...]:
    """What is counted of one case."""
    text = booth.heard.text if booth.heard else ""
    others = booth.heard.others if booth.heard else ()
    meaning = understanding.interpret(text, Expecting(case.kind), "voice", others)
    if case.wanted is not None:
        return ("lost",) if not text else ("right",) if meaning.value == case.wanted else ()
    answered = meaning.value is not None and meaning.certainty == "sure"
    found = {"stopped": booth.stopped, "heard": bool(text), "answer": bool(text) and answered}
    return tuple(name for name, is_so in found.items() if is_so)


def _table(title: str, counts: Counter[tuple[str, str]], keys: Sequence[str], shown: Sequence[str]) -> Table:
    table = Table("what", "cases", *shown, title=title)
    rows = list(dict.fromkeys(keys))
    for key in rows:
        table.add_row(key, *(str(counts[key, each]) for each in ("cases", *shown)))
    totals = (sum(counts[key, each] for key in rows) for each in ("cases", *shown))
    table.add_row("all", *map(str, totals))
    return table


if __name__ == "__main__":
    main()
