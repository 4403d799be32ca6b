"""`voicebot hear`: what the service would hear in a telephone recording, and how often it is right.

An association measures its own recordings with it. Neither sound nor words leave the machine or are kept.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from voicebot.app.parts import recognizer
from voicebot.cli.command import Commands, add
from voicebot.config import read_settings
from voicebot.dialogue.meaning import KINDS, NO_INTENT, Expecting, Meaning, Value
from voicebot.errors import AudioError, DataError, ModelError
from voicebot.nlu import Understanding
from voicebot.nlu.hints import hints
from voicebot.speech.audio import RECOGNIZER_HZ, TELEPHONE_HZ, Pcm, read_wav, resample
from voicebot.speech.stt.recognizer import Expected, Recognizer, Transcript
from voicebot.turns.runner import doubted
from voicebot.webphone.intelligibility import by_telephone, word_error, words

_OPEN: Final = "intent"
#: The kinds of answers on which a file can be measured; a choice needs its question's answers.
_KINDS: Final = tuple(kind for kind in KINDS if kind != "choice")
#: Seconds. Recognizers hear no more at once, and nobody answers a question for longer.
_LONGEST_S: Final = 28.0
#: Read no further than this: half a minute of the finest sound there is takes less.
_MOST_BYTES: Final = 100_000_000
#: The quiet line before and after the words, in seconds.
_AROUND_S: Final = 0.5


@dataclass(frozen=True)
class Recording:
    """One file, the `kind` of question it answers and, if known, the words it says."""

    path: Path
    name: str
    kind: str
    said: str | None = None


@dataclass(frozen=True)
class Heard:
    """The result for one recording; `wanted` is what its words mean, None if that is not known."""

    recording: Recording
    transcript: Transcript
    meaning: Meaning
    wanted: Meaning | None
    ms: int
    recognizer: str

    @property
    def is_right(self) -> bool:
        """The value was heard that was said; at an open question the request."""
        return self.wanted is not None and _meant(self.meaning, self) == _meant(self.wanted, self)

    @property
    def counts(self) -> bool:
        """Whether anything was said that can be right."""
        return self.wanted is not None and _meant(self.wanted, self) is not None


def add_commands(commands: Commands) -> None:
    """Add `hear`."""
    parser = add(commands, "hear", "tell what the service hears of a recording by telephone", _hear)
    parser.add_argument("files", nargs="*", type=Path, metavar="WAV", help="16-bit or 24-bit PCM, any rate")
    parser.add_argument("--manifest", type=Path, metavar="TSV", help="lines of file<TAB>text[<TAB>KIND]")
    parser.add_argument("--expect", metavar="KIND", choices=_KINDS, default=_OPEN, help=", ".join(_KINDS))
    parser.add_argument("--json", action="store_true", help="print one line of JSON per file")


def _hear(options: argparse.Namespace) -> int:
    if bool(options.files) == bool(options.manifest):
        print("voicebot: expected WAV files or --manifest, one of the two", file=sys.stderr)
        return 2
    recordings = _listed(options.manifest, options.expect) if options.manifest else _named(options)
    # Everything is read before anything is heard: loading a model takes seconds.
    sounds = [_sound(recording) for recording in recordings]
    ear, notes = recognizer(read_settings())
    if ear is None:
        raise ModelError("expected a recognizer to hear with, none can be loaded. " + " ".join(notes))
    try:
        understanding = Understanding.load()
        heard = []
        for recording, sound in zip(recordings, sounds, strict=True):
            heard.append(_one(recording, sound, ear, understanding))
            _print(heard[-1], options.json)
    finally:
        ear.close()
    if options.manifest:
        _print_total(heard, options.json)
    return 0


def _named(options: argparse.Namespace) -> list[Recording]:
    return [Recording(path, str(path), options.expect) for path in options.files]


def _listed(manifest: Path, kind: str) -> list[Recording]:
    """The recordings of a manifest; their paths are relative to its folder."""
    try:
        text = manifest.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(
            f"{manifest}: expected a text file in UTF-8, got {type(error).__name__}; check the path"
        ) from error
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found = [_row(manifest, number, line, kind) for number, line in lines]
    if not found:
        raise DataError(f"{manifest}: expected lines of file<TAB>text[<TAB>KIND], it holds none")
    return found


def _row(manifest: Path, number: int, line: str, kind: str) -> Recording:
    parts = [part.strip() for part in line.split("\t")]
    named = parts[2] if len(parts) == 3 and parts[2] else kind
    is_whole = len(parts) in (2, 3) and bool(parts[0]) and bool(words(parts[1]))
    if not is_whole or named not in _KINDS:
        raise DataError(
            f"{manifest}:{number}: expected file<TAB>text[<TAB>KIND] with KIND one of {', '.join(_KINDS)}"
        )
    return Recording(manifest.parent / parts[0], parts[0], named, parts[1])


def _sound(recording: Recording) -> Pcm:
    """The recording at 8 kHz. Raises AudioError with a sentence that names the file."""
    path = recording.path
    try:
        size = path.stat().st_size
    except OSError as error:
        raise AudioError(f"{path}: expected a WAV file, it cannot be read: {error.strerror}.") from error
    if not size:
        raise AudioError(f"{path}: expected a WAV file, it is empty; record it again.")
    if size > _MOST_BYTES:
        raise _too_long(path, f"{size // 1_000_000} MB")
    pcm, rate_hz = read_wav(path)
    if not len(pcm):
        raise AudioError(f"{path}: expected sound, the WAV file holds none; record it again.")
    if len(pcm) > _LONGEST_S * rate_hz:
        raise _too_long(path, f"{len(pcm) / rate_hz:.0f} s")
    return resample(pcm, rate_hz, TELEPHONE_HZ)


def _too_long(path: Path, got: str) -> AudioError:
    what = f"{path}: expected one answer of at most {_LONGEST_S:.0f} s, got {got}; cut it into answers."
    return AudioError(what)


def _one(recording: Recording, sound: Pcm, ear: Recognizer, understanding: Understanding) -> Heard:
    """One recording through a telephone line, the recognizer and the understanding."""
    quiet = np.zeros(int(_AROUND_S * TELEPHONE_HZ), np.int16)
    line = resample(by_telephone(np.concatenate([quiet, sound, quiet])), TELEPHONE_HZ, RECOGNIZER_HZ)
    expecting = Expecting(recording.kind)
    began = time.perf_counter()
    stream = ear.start(Expected(hints(understanding, expecting), expecting.closed, expecting.kind))
    stream.accept(line)
    transcript = stream.finish()
    ms = round(1000 * (time.perf_counter() - began))
    read = understanding.interpret(transcript.text, expecting, "voice", transcript.others)
    meaning = doubted(read, expecting, transcript.confidence)
    wanted = understanding.interpret(recording.said, expecting) if recording.said else None
    return Heard(recording, transcript, meaning, wanted, ms, ear.name)


def _meant(meaning: Meaning, heard: Heard) -> Value | None:
    if heard.recording.kind != _OPEN:
        return meaning.value
    return None if meaning.intent == NO_INTENT else meaning.intent


def _print(heard: Heard, as_json: bool) -> None:
    row = as_dict(heard)
    if as_json:
        print(json.dumps(row, ensure_ascii=False), flush=True)
        return
    text = row["text"] or "(nothing)"
    value = "" if row["value"] is None else f", value {row['value']} ({row['certainty']})"
    print(f"{row['file']}: {text}  [confidence {row['confidence']:.2f}{value}, {row['ms']} ms]", flush=True)


def as_dict(heard: Heard) -> dict[str, Any]:
    """One line of `--json`; `value` is None if none was said."""
    return {
        "file": heard.recording.name,
        "text": heard.transcript.text,
        "confidence": round(heard.transcript.confidence, 3),
        "value": heard.meaning.value,
        "certainty": heard.meaning.certainty,
        "ms": heard.ms,
        "recognizer": heard.recognizer,
    }


def _print_total(heard: Sequence[Heard], as_json: bool) -> None:
    """Word error over all files, and how many values are right of those that were said."""
    error = word_error(
        [each.recording.said or "" for each in heard], [each.transcript.text for each in heard]
    )
    values = [each for each in heard if each.counts]
    right = sum(each.is_right for each in values)
    total = {"files": len(heard), "word_error": round(error, 3), "values": len(values), "right": right}
    if as_json:
        print(json.dumps(total))
        return
    print(f"{len(heard)} files: word error {error:.1%}, {right} of {len(values)} values right.")
