"""Recognizers side by side, by telephone: word error, right values by kind of answer, by voice and by noise.

    .venv/bin/python -m benchmarks.recognizers --styles FOLDER --human FOLDER whisper-base whisper-phone

`--styles` holds Kokoro's voices as npm's `kokoro-js` packs them (package/voices). The six of `KEPT_APART` and
Pico say recognizers.yaml, each a part of it, at every noise of `NOISE_DB`. `--human` is Debian's
asterisk-prompt-fr-armelle, unpacked: single numbers, months, days. Whisper is told what it is told in a
call. (Pico's voice was learned from, its sentences were not; the other voices were not either.)
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.heard import NOISE_DB, by_telephone
from training.speak import KEPT_APART, KokoroVoices
from voicebot import datafile
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.errors import ModelError
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech import voices
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, resample
from voicebot.speech.models import find
from voicebot.speech.spoken import spoken
from voicebot.speech.stt.recognizer import Expected
from voicebot.speech.stt.whisper import WhisperRecognizer
from voicebot.speech.tts.synthesizer import for_telephone

VAR = Path("var")
SPOKEN = VAR / "cache" / "recognizers"
SAID = Path(__file__).with_suffix(".yaml")
GENERAL = "general"
_VOICES = len(KEPT_APART) + 1
_ARROW = " → "
_MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
_DAYS = ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"]


@dataclass(frozen=True)
class Utterance:
    """A sound at 8 kHz, who says it, at which question, and what is right."""

    voice: str
    kind: str
    written: str
    sound: Pcm


@dataclass(frozen=True)
class Heard:
    """What was made of one utterance over noise: text, whether the value is right, seconds of work."""

    utterance: Utterance
    noise_db: float
    text: str
    right: bool
    seconds: float


def main() -> None:
    """Speak, hear with each, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("models", nargs="+", help="names in var/models, or folders")
    parser.add_argument("--styles", type=Path)
    parser.add_argument("--human", type=Path)
    parser.add_argument(
        "--quick", action="store_true", help="every other sentence by one voice, each sound at one noise"
    )
    chosen = parser.parse_args()
    said = [
        *(synthetic(chosen.styles, *((_VOICES, 2) if chosen.quick else (3, 1))) if chosen.styles else ()),
        *(human(chosen.human) if chosen.human else ()),
    ]
    understanding = Understanding.load()
    results = {
        model: hear_all(_recognizer(model), understanding, said, chosen.quick) for model in chosen.models
    }
    for table in tables(results):
        Console(width=110).print(table)


def synthetic(styles: Path, share: int, every: int = 1) -> Iterator[Utterance]:
    """Each, or one in `every` sentences, by one in `share` of the seven voices."""
    kokoro, pico = KokoroVoices(VAR / "models" / "kokoro", styles), voices.start("pico", VAR)
    speakers: dict[str, Callable[[str], Pcm]] = {name: _kokoro(kokoro, name) for name in sorted(KEPT_APART)}
    if pico:
        speakers["pico"] = lambda text: pico.speak(text, "normal")
    place = 0
    for kind, texts in datafile.read(SAID).data.items():
        for text in texts:
            as_said, _, written = text.partition(_ARROW)
            for number, (name, speak) in enumerate(speakers.items()):
                if (number + place) % share == 0 and place % every == 0:
                    yield Utterance(name, kind, written or text, _once(name, spoken(as_said), speak))
            place += 1


def _once(name: str, text: str, speak: Callable[[str], Pcm]) -> Pcm:
    """What was spoken before is taken from `SPOKEN`."""
    path = SPOKEN / f"{name}-{hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()}.npy"
    if not path.exists():
        SPOKEN.mkdir(parents=True, exist_ok=True)
        np.save(path, speak(text))
    sound: Pcm = np.load(path)
    return sound


def _kokoro(kokoro: KokoroVoices, name: str) -> Callable[[str], Pcm]:
    style = kokoro.styles[name].astype(np.float64)
    return lambda text: for_telephone(kokoro.speak(text, style, 0.95), RECOGNIZER_HZ, name)


def human(folder: Path) -> Iterator[Utterance]:
    """Isolated numbers, months and days by a human telephone voice."""
    wanted = [
        *(("number", str(number), f"digits/{number}") for number in (*range(21), 30, 40, 50, 60, 80, 90)),
        *(("month", name, f"digits/mon-{place}") for place, name in enumerate(_MONTHS)),
        *(("choice", name, f"digits/day-{place}") for place, name in enumerate(_DAYS)),
    ]
    for kind, written, name in wanted:
        for path in folder.rglob(f"{name}.gsm"):
            sound, rate_hz = soundfile.read(path, dtype="int16")
            yield Utterance(
                "human",
                kind,
                written,
                for_telephone(resample(sound, rate_hz, TELEPHONE_HZ), TELEPHONE_HZ, "human"),
            )


def hear_all(
    recognizer: WhisperRecognizer, understanding: Understanding, said: Sequence[Utterance], quick: bool
) -> list[Heard]:
    """Every utterance at every noise, or at one of them in turn."""
    work = [
        (each, noise_db)
        for place, each in enumerate(said)
        for number, noise_db in enumerate(NOISE_DB)
        if not quick or number == place % len(NOISE_DB)
    ]
    return [hear(recognizer, understanding, *each) for each in track(work, recognizer.name)]


def hear(
    recognizer: WhisperRecognizer, understanding: Understanding, said: Utterance, noise_db: float
) -> Heard:
    """One utterance as a call hears it; general French as an open question."""
    open_ = said.kind in (GENERAL, "choice")
    expecting = Expecting("intent" if open_ else said.kind)
    stream = recognizer.start(Expected(hints(understanding, expecting), expecting.closed, expecting.kind))
    stream.accept(by_telephone(said.sound, noise_db))
    began = time.process_time()
    text = stream.finish().text
    seconds = time.process_time() - began
    right = (
        words(text) == words(said.written)
        if open_
        else _is_right(understanding, expecting, text, said.written)
    )
    return Heard(said, noise_db, text, right, seconds)


def _is_right(understanding: Understanding, expecting: Expecting, text: str, written: str) -> bool:
    def value(said: str) -> Value | None:
        return understanding.interpret(said, expecting, "voice").value

    return value(text) is not None and value(text) == value(written)


def _recognizer(model: str) -> WhisperRecognizer:
    folder = Path(model) if Path(model).is_dir() else VAR / "models" / model
    try:
        context = find(folder.name).context
    except ModelError:
        context = None
    return WhisperRecognizer(folder, context=context)


def words(text: str) -> list[str]:
    """As said: numbers as words, no punctuation."""
    said = spoken(text).casefold().replace("-", " ")
    return "".join(sign if sign.isalnum() else " " for sign in said).split()


def errors(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Words put in, left out or taken for others: the edit distance."""
    row = list(range(len(heard) + 1))
    for place, word in enumerate(wanted, 1):
        before, row[0] = row[0], place
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (word != other))
    return row[-1]


def word_error(heard: Sequence[Heard]) -> float:
    """Errors in percent of the words that were said."""
    pairs = [(words(each.utterance.written), words(each.text)) for each in heard]
    return 100 * sum(errors(*pair) for pair in pairs) / sum(len(wanted) for wanted, _ in pairs)


def tables(results: dict[str, list[Heard]]) -> Iterator[Table]:
    """By kind of answer, by voice (answers alone) and by noise."""
    yield _table(
        "kind",
        results,
        lambda each: (
            each.utterance.kind if each.utterance.voice != "human" else f"human {each.utterance.kind}"
        ),
    )
    answers = {
        model: [each for each in heard if each.utterance.kind != GENERAL] for model, heard in results.items()
    }
    yield _table("voice", answers, lambda each: each.utterance.voice)
    yield _table("noise, dB", answers, lambda each: f"{each.noise_db:.0f}")


def _table(what: str, results: dict[str, list[Heard]], group: Callable[[Heard], str]) -> Table:
    table = Table(what, "n", *(f"{model}: word error, right %, s" for model in results))
    rows: dict[str, dict[str, list[Heard]]] = defaultdict(dict)
    for model, heard in results.items():
        for each in heard:
            rows[group(each)].setdefault(model, []).append(each)
            rows["all"].setdefault(model, []).append(each)
    for name, by_model in rows.items():
        cells = [
            f"{word_error(heard):.1f}  {100 * statistics.mean(each.right for each in heard):.1f}  "
            f"{statistics.median(each.seconds for each in heard):.2f}"
            for heard in by_model.values()
        ]
        table.add_row(name, str(len(next(iter(by_model.values())))), *cells)
    return table


if __name__ == "__main__":
    main()
