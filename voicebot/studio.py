"""The voice studio: what people can record, what has been recorded, and judging and keeping takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from voicebot.prompts.measures import spoken_s
from voicebot.prompts.recordable import Recordable
from voicebot.speech.audio import Pcm
from voicebot.speech.recordings import RecordingNote, Recordings, fingerprint
from voicebot.speech.take import Take, listen

#: `stale`: the text has changed since it was recorded.
State = Literal["recorded", "stale", "missing"]
STATES: Final[tuple[State, ...]] = ("recorded", "stale", "missing")


@dataclass(frozen=True)
class StudioLine:
    """A text to record, and its state.

    `before` is what a stale recording says, `seconds` the length of the present one.
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
    """Everything that can be recorded, and where it is kept. `clock` gives Unix seconds."""

    recordings: Recordings
    texts: tuple[Recordable, ...]
    clock: Callable[[], float]

    def lines(self) -> tuple[StudioLine, ...]:
        """Every text in order. Rereads the folder: others may have recorded in the meantime."""
        recorded = self.recordings.texts()
        all_notes = self.recordings.notes()
        notes = {note.text: note for note in all_notes if fingerprint(note.text) in recorded}
        earlier = {key: note for note in _by_age(notes.values()) for key in note.keys}
        return tuple(self._line(what, recorded, notes, earlier) for what in self.texts)

    def find(self, name: str) -> Recordable | None:
        """The text that is said at the place `name`."""
        return self._by_name.get(name)

    def line(self, what: Recordable) -> StudioLine:
        """One text in its present state."""
        return next(line for line in self.lines() if line.what == what)

    def judge(self, what: Recordable, pcm: Pcm, rate_hz: int) -> Take:
        """A recording of a text as a take, with what is wrong with it."""
        return listen(pcm, rate_hz, spoken_s(what.text))

    def keep(self, what: Recordable, take: Take) -> None:
        """Use this take from the next call on. Raises AudioError if it cannot be stored."""
        self.recordings.keep(what.text, what.keys, take.pcm, self.clock())

    def remove(self, what: Recordable) -> bool:
        """Return the text to the synthesizer; whether it was recorded. Raises AudioError if that fails."""
        return self.recordings.remove(what.text)

    @cached_property
    def _by_name(self) -> Mapping[str, Recordable]:
        return {key: what for what in self.texts for key in what.keys}

    def _line(
        self,
        what: Recordable,
        recorded: frozenset[str],
        notes: Mapping[str, RecordingNote],
        earlier: Mapping[str, RecordingNote],
    ) -> StudioLine:
        if fingerprint(what.text) in recorded:
            note = notes.get(what.text)
            return StudioLine(what, "recorded", seconds=note.seconds if note else None)
        former = next((earlier[key] for key in what.keys if key in earlier), None)
        return StudioLine(what, "stale", former.text) if former else StudioLine(what, "missing")


def counted(lines: Iterable[StudioLine]) -> Mapping[State, int]:
    """How many lines are in each state."""
    counts = Counter(line.state for line in lines)
    return {state: counts[state] for state in STATES}


def _by_age(notes: Iterable[RecordingNote]) -> list[RecordingNote]:
    return sorted(notes, key=lambda note: note.at)
