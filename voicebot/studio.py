"""The voice studio: what people can record, what they have, and takes that are judged and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from voicebot.prompts.measures import spoken_s
from voicebot.prompts.recordable import Recordable
from voicebot.speech.audio import Pcm
from voicebot.speech.recordings import Note, Recordings, fingerprint
from voicebot.speech.take import Take, listen

#: `stale`: the text changed since somebody recorded it.
State = Literal["recorded", "stale", "missing"]
STATES: Final[tuple[State, ...]] = ("recorded", "stale", "missing")


@dataclass(frozen=True)
class Line:
    """A text to record and how far it is.

    `before` is what a stale recording says, `seconds` how long the present one is.
    """

    what: Recordable
    state: State
    before: str | None = None
    seconds: float | None = None

    @property
    def name(self) -> str:
        """The first place where the text is said: its name in addresses and files."""
        return self.what.keys[0]


@dataclass(frozen=True)
class Studio:
    """All that can be recorded, and where it is kept. `clock` gives Unix seconds."""

    recordings: Recordings
    texts: tuple[Recordable, ...]
    clock: Callable[[], float]

    def lines(self) -> tuple[Line, ...]:
        """Every text in order. Reads the folder anew: others may have recorded meanwhile."""
        recorded = self.recordings.texts()
        all_notes = self.recordings.notes()
        notes = {note.text: note for note in all_notes if fingerprint(note.text) in recorded}
        earlier = {key: note for note in _by_age(notes.values()) for key in note.keys}
        return tuple(self._line(what, recorded, notes, earlier) for what in self.texts)

    def find(self, name: str) -> Recordable | None:
        """The text that is said at the place `name`."""
        return self._by_name.get(name)

    def line(self, what: Recordable) -> Line:
        """One text as it stands."""
        return next(line for line in self.lines() if line.what == what)

    def judge(self, what: Recordable, pcm: Pcm, rate_hz: int) -> Take:
        """What somebody recorded of a text, and what is wrong with it."""
        return listen(pcm, rate_hz, spoken_s(what.text))

    def keep(self, what: Recordable, take: Take) -> None:
        """From the next call on the text is spoken so. Raises AudioError when it cannot be kept."""
        self.recordings.keep(what.text, what.keys, take.pcm, self.clock())

    def remove(self, what: Recordable) -> bool:
        """A synthesizer speaks the text again; whether somebody did. Raises AudioError when it cannot be."""
        return self.recordings.remove(what.text)

    @cached_property
    def _by_name(self) -> Mapping[str, Recordable]:
        return {key: what for what in self.texts for key in what.keys}

    def _line(
        self,
        what: Recordable,
        recorded: frozenset[str],
        notes: Mapping[str, Note],
        earlier: Mapping[str, Note],
    ) -> Line:
        if fingerprint(what.text) in recorded:
            note = notes.get(what.text)
            return Line(what, "recorded", seconds=note.seconds if note else None)
        former = next((earlier[key] for key in what.keys if key in earlier), None)
        return Line(what, "stale", former.text) if former else Line(what, "missing")


def counted(lines: Iterable[Line]) -> Mapping[State, int]:
    """How many lines are in each state."""
    counts = Counter(line.state for line in lines)
    return {state: counts[state] for state in STATES}


def _by_age(notes: Iterable[Note]) -> list[Note]:
    return sorted(notes, key=lambda note: note.at)
