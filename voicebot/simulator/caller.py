"""The person on the telephone: when to speak, and how long the answer took. Counts ticks, has no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Final

from voicebot.simulator.script import CallerScript
from voicebot.simulator.turns import Utterance
from voicebot.speech.audio import FRAME_MS, Pcm
from voicebot.speech.telephone_line import ticks

#: Seconds of quiet after which a prompt counts as finished, if the assistant never says when it listens.
QUIET_S: Final = 1.0
#: The same if marks do say when the assistant listens, but none came: it is probably looking something up.
PATIENT_S: Final = 3.0


@dataclass(frozen=True)
class Perception:
    """What the caller perceives in one tick.

    `voiced`: sound is audible; `playing`: the prompt is still going on, pauses included; `listening`: the
    assistant waits for an answer, None if it never says so.
    """

    voiced: bool
    playing: bool
    listening: bool | None


@dataclass(frozen=True)
class CallerAction:
    """What the caller does in one tick; `begins`, `answered` and `latency_ms` are for observers of turns."""

    frame: Pcm
    key: str | None = None
    hangs_up: bool = False
    gives_up: bool = False
    begins: Utterance | None = None
    answered: bool = False
    latency_ms: int | None = None


class Caller:
    """Takes the turns of its script one by one."""

    def __init__(self, script: CallerScript, line: Sequence[Pcm], think_s: float, patience_s: float) -> None:
        """`line`: frames of the quiet line; `think_s`: pause before a turn; `patience_s`: longest wait."""
        self._script = script
        self._line = cycle(line)
        self._think, self._patience = ticks(think_s), ticks(patience_s)
        self._now = 0
        self._turn: Utterance | None = None
        self._at = 0
        self._heard = 0
        self._quiet = 0
        self._ready = 0
        self._waits_since: int | None = 0
        self._end: int | None = None
        self._could_answer = True

    @property
    def talks(self) -> bool:
        """True in the middle of a turn that says something."""
        return self._turn is not None and self._turn.end is not None

    @property
    def stays_silent(self) -> bool:
        """True while the caller is deliberately silent."""
        return self._turn is not None and self._turn.end is None

    def tick(self, ear: Perception) -> CallerAction:
        """Live through one frame of 20 ms."""
        begins = self._begin() if self._turn is None and self._may_begin(ear) else None
        answered, latency_ms = self._answer(ear)
        act = self._act(begins, answered, latency_ms)
        self._perceive(ear)
        self._now += 1
        return act

    def _may_begin(self, ear: Perception) -> bool:
        barge_in = self._script.upcoming().barge_in
        if barge_in is not None and self._waits_since is None and self._heard >= barge_in:
            return True
        quiet_enough = ticks(PATIENT_S if ear.listening is False else QUIET_S)
        invited = bool(ear.listening) or self._quiet >= quiet_enough
        ready = self._waits_since is None and not ear.playing and invited
        self._ready = self._ready + 1 if ready else 0
        return self._ready > self._think

    def _begin(self) -> Utterance:
        turn = self._script.take()
        self._turn, self._at, self._ready, self._heard = turn, 0, 0, 0
        if turn.end is not None:
            self._end = self._now + turn.end
            self._waits_since = self._end
            self._could_answer = False
        return turn

    def _answer(self, ear: Perception) -> tuple[bool, int | None]:
        """The first sound after the prompt that was playing has ended or been interrupted."""
        self._could_answer = self._could_answer or not ear.playing
        if self._waits_since is None or not self._could_answer or not ear.voiced:
            return False, None
        latency_ms = None if self._end is None else (self._now - self._end) * FRAME_MS
        self._waits_since, self._heard = None, 0
        return True, latency_ms

    def _act(self, begins: Utterance | None, answered: bool, latency_ms: int | None) -> CallerAction:
        turn, at = self._turn, self._at
        gives_up = self._waits_since is not None and self._now - self._waits_since > self._patience
        if turn is None or at >= len(turn.frames):
            self._turn = None
            hangs_up = turn is not None and turn.hangs_up
            return CallerAction(next(self._line), None, hangs_up, gives_up, begins, answered, latency_ms)
        self._at += 1
        return CallerAction(turn.frames[at], turn.keys.get(at), False, gives_up, begins, answered, latency_ms)

    def _perceive(self, ear: Perception) -> None:
        self._quiet = 0 if ear.playing else self._quiet + 1
        self._heard += ear.voiced or (ear.playing and self._heard > 0)
