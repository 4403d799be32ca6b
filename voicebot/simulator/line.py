"""The telephone line: one tick of both sides, recorded, timed and written down."""

from __future__ import annotations

from typing import Final

from voicebot.simulator.caller import Caller, CallerAction, Perception
from voicebot.simulator.clock import Clock
from voicebot.simulator.recording import Recording
from voicebot.simulator.report import Ending, Minutes, View
from voicebot.speech.audio import Pcm
from voicebot.speech.telephone_line import silence, ticks, voiced

SHOW_EVERY_TICKS: Final = 10


class LineDropped(Exception):  # noqa: N818 - an event on the line, not an error
    """The caller has gone; ends whatever is being played."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending)
        self.ending = ending


class PhoneLine:
    """What all parts of a call share."""

    def __init__(self, caller: Caller, clock: Clock, minutes: Minutes, view: View, longest_s: float) -> None:
        self.caller, self.clock, self.minutes, self.view = caller, clock, minutes, view
        self.recording = Recording()
        self.problems: list[str] = []
        self._longest_s = longest_s

    async def tick(self, assistant: Pcm, *, playing: bool, listening: bool | None) -> CallerAction:
        """Let 20 ms pass; raises `LineDropped` if the caller hangs up or the call lasts too long."""
        sounds = voiced(assistant)
        act = self.caller.tick(Perception(sounds, playing, listening))
        self.recording.add(act.frame, assistant)
        if act.begins:
            await self.minutes.caller_begins(act.begins.label)
        if act.answered:
            await self.minutes.answered(act.latency_ms)
        self._show(sounds)
        self._check(act)
        return act

    async def play(self, sound: tuple[Pcm, ...]) -> None:
        """Play a sound to a caller who is not being asked anything."""
        for frame in sound:
            await self.clock.tick(self.clock.keypad_interval)
            await self.tick(frame, playing=True, listening=False)

    async def wait_for(self, seconds: float) -> None:
        """Record the time that a webhook took, so that audio time stays honest in fast mode."""
        for frame in silence(max(1, ticks(seconds))):
            await self.tick(frame, playing=False, listening=False)

    def complain(self, problem: str) -> None:
        """Note what a carrier's debugger would show."""
        self.problems.append(problem)

    def _show(self, sounds: bool) -> None:
        if self.recording.ticks % SHOW_EVERY_TICKS == 0:
            talking = "caller" if self.caller.talks else "assistant" if sounds else ""
            self.view.clock(self.recording.seconds, talking)

    def _check(self, act: CallerAction) -> None:
        if act.hangs_up:
            raise LineDropped("caller_hung_up")
        if act.gives_up:
            raise LineDropped("no_reply")
        if self.recording.seconds > self._longest_s:
            raise LineDropped("too_long")
