"""The sounds that are learned from: zip archives of spoken utterances with their texts, and who speaks them.

An archive `NAME.zip` holds one sound file for each line of `NAME.tsv` beside it: file, voice, kind, spoken
text, written text, with a header. Any format that libsndfile reads (FLAC, Opus, WAV) and any rate.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final
from zipfile import ZIP_STORED, ZipFile

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from training.lines import FULL_SCALE, pcm
from training.sentences import Line
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm

HEADER: Final = ("file", "voice", "kind", "spoken", "written")
#: What is learned is short; a longer sound would make its whole batch long.
LONGEST_S: Final = 9.0


@dataclass(frozen=True)
class Said:
    """One clean utterance at 16 kHz; `voice` is who speaks."""

    sound: Pcm
    voice: str
    line: Line

    @property
    def floats(self) -> NDArray[np.float64]:
        """The sound between -1 and 1."""
        return self.sound / FULL_SCALE


def keep(folder: Path, name: str, said: Iterable[Said]) -> int:
    """Write an archive and its table; how many utterances it holds."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [HEADER]
    with ZipFile(folder / f"{name}.zip", "w", ZIP_STORED) as archive:
        for place, each in enumerate(said):
            sound, file = BytesIO(), f"{place:05}.flac"
            soundfile.write(sound, each.sound, RECOGNIZER_HZ, format="FLAC")
            archive.writestr(file, sound.getvalue())
            rows.append((file, each.voice, each.line.kind, each.line.spoken, each.line.written))
    with (folder / f"{name}.tsv").open("w", encoding="utf-8", newline="") as table:
        csv.writer(table, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\").writerows(rows)
    return len(rows) - 1


def load(folder: Path) -> Iterator[tuple[str, Said]]:
    """Every utterance of every archive in `folder`, with the archive's name; too long ones are left out."""
    for table in sorted(folder.glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as file, ZipFile(table.with_suffix(".zip")) as archive:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, escapechar="\\"):
                sound = _sound(archive.read(row["file"]))
                if len(sound) <= LONGEST_S * RECOGNIZER_HZ:
                    line = Line(row["kind"], row["spoken"], row["written"])
                    yield table.stem, Said(sound, row["voice"], line)


def _sound(data: bytes) -> Pcm:
    sound, rate_hz = soundfile.read(BytesIO(data), dtype="float64")
    if rate_hz != RECOGNIZER_HZ:
        sound = soxr.resample(sound, rate_hz, RECOGNIZER_HZ)
    return pcm(sound)
