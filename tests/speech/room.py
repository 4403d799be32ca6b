"""A conversation without network or dialogue: real voice activity, a scripted recognizer, recorded turns."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from voicebot.dialogue.meaning import Expecting
from voicebot.sound import Speech
from voicebot.speech.audio import Pcm
from voicebot.speech.conversation import FRAME_S, Conversation
from voicebot.speech.endpointing import Progress
from voicebot.speech.playback import FRAME_SAMPLES
from voicebot.speech.stt.recognizer import Expected, Transcript
from voicebot.speech.turn import PATIENCE_S, Spoken, TurnTiming

RATE_HZ = 8000


def silence(seconds: float, level: float = 3.0) -> Pcm:
    """A quiet line: never digital zero."""
    noise = np.random.default_rng(1).normal(0, level, int(seconds * RATE_HZ))
    return noise.astype(np.int16)


def noise(seconds: float, level: float = 1500.0) -> Pcm:
    return silence(seconds, level)


def cough() -> Pcm:
    """A burst of noise that dies away within 80 ms."""
    samples = int(0.08 * RATE_HZ)
    return (noise(0.08, 9000.0) * np.exp(-np.arange(samples) / (samples / 4))).astype(np.int16)


def music(seconds: float) -> Pcm:
    """A chord with a beat."""
    t = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * f * t) for f in (262.0, 330.0, 392.0))
    return (chord * 2500 * (0.6 + 0.4 * np.sin(2 * np.pi * 2 * t))).astype(np.int16)


@dataclass
class ScriptedStream:
    text: str
    partial_after_s: float | None
    hangs_in: str = ""
    let_go: threading.Event = field(default_factory=threading.Event)
    crashes: bool = False
    closed: bool = False
    heard: list[Pcm] = field(default_factory=list)
    busy_peeks: int = 0
    peeks: int = 0

    def accept(self, pcm: Pcm) -> str | None:
        self._hang("accept")
        self.heard.append(pcm)
        seconds = sum(map(len, self.heard)) / 16000
        return self.text if self.partial_after_s is not None and seconds >= self.partial_after_s else None

    def peek(self) -> Transcript | None:
        self.peeks += 1
        self._hang("peek")
        known = self.partial_after_s is None and self.peeks > self.busy_peeks
        return Transcript(self.text, 0.9) if known else None

    def finish(self) -> Transcript:
        self._hang("finish")
        if self.crashes:
            raise RuntimeError("the engine crashed")
        return Transcript(self.text, 0.9 if self.text else 0.0)

    def close(self) -> None:
        self.closed = True

    def _hang(self, method: str) -> None:
        if self.hangs_in == method:
            self.let_go.wait()


@dataclass
class ScriptedRecognizer:
    """Hears `texts` one after the other, whatever the sound; `broken` raises instead.

    In the method `hangs_in` it hangs until `let_go`.
    """

    texts: Sequence[str]
    broken: bool = False
    hangs_in: str = ""
    let_go: threading.Event = field(default_factory=threading.Event)
    partial_after_s: float | None = None
    crashes: bool = False
    busy_peeks: int = 0
    streams: list[ScriptedStream] = field(default_factory=list)
    expected: list[Expected] = field(default_factory=list)
    name: str = "scripted"

    def start(self, expected: Expected) -> ScriptedStream:
        if self.broken:
            raise RuntimeError("the engine is gone")
        self.expected.append(expected)
        text = self.texts[min(len(self.streams), len(self.texts) - 1)]
        stream = ScriptedStream(text, self.partial_after_s, self.hangs_in, self.let_go, self.crashes)
        stream.busy_peeks = self.busy_peeks
        self.streams.append(stream)
        return self.streams[-1]

    def close(self) -> None:
        pass


@dataclass
class RecordedTurns:
    """Answers every turn with `reply`; `happened` tells what came."""

    reply: Spoken
    happened: list[tuple[str, str]] = field(default_factory=list)
    progress: Progress = "open"
    timings: list[TurnTiming] = field(default_factory=list)
    judged: int = 0

    async def hear(self, transcript: Transcript) -> Spoken:
        return self._turn("heard", transcript.text)

    async def press(self, digits: str) -> Spoken:
        return self._turn("pressed", digits)

    async def stay_silent(self) -> Spoken:
        return self._turn("silent", "")

    async def on_recognizer_lost(self) -> Spoken:
        self.happened.append(("lost", ""))
        return Spoken((), leaves=True)

    def fail(self) -> Spoken:
        self.happened.append(("failed", ""))
        return Spoken((Speech("un instant"),), leaves=True)

    def hold_on(self) -> Spoken:
        self.happened.append(("held on", ""))
        return Spoken((Speech("un instant"),))

    def judge(self, text: str, expecting: Expecting) -> Progress:
        self.judged += 1
        return self.progress

    def took(self, timing: TurnTiming) -> None:
        self.timings.append(timing)

    def _turn(self, what: str, text: str) -> Spoken:
        self.happened.append((what, text))
        return self.reply


@dataclass
class Room:
    """Runs frames through a conversation and writes down, by audio time, what went out."""

    conversation: Conversation = field(init=False)
    recognizer: ScriptedRecognizer
    turns: RecordedTurns
    prompt_s: float = 1.0
    patience_s: float = PATIENCE_S
    now_s: float = 0.0
    sent: list[tuple[float, Pcm]] = field(default_factory=list)
    cleared: list[float] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.turns, self, self.recognizer, self.say, self.patience_s)

    async def say(self, piece: Speech) -> Pcm:
        return np.full(int(self.prompt_s * RATE_HZ), 800, dtype=np.int16)

    async def play(self, frame: Pcm) -> None:
        self.sent.append((self.now_s, frame))

    async def clear(self) -> None:
        self.cleared.append(self.now_s)

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        self.marks.append((self.now_s, name))

    async def hear(self, *sounds: Pcm) -> None:
        """Frames at full speed; threads get their chance after each."""
        for start in range(0, len(pcm := np.concatenate(sounds)), FRAME_SAMPLES):
            frame = pcm[start : start + FRAME_SAMPLES]
            await self.conversation.frame(np.pad(frame, (0, FRAME_SAMPLES - len(frame))))
            self.now_s = round(self.now_s + FRAME_S, 3)
            await self.settle()

    async def settle(self) -> None:
        """Let the recognizer's threads finish, so that audio time alone decides."""
        current = asyncio.current_task()
        while busy := [t for t in asyncio.all_tasks() if t is not current and not t.done()]:
            done, _ = await asyncio.wait(busy, timeout=self.patience_s)
            if not done:  # something hangs, as it was told to
                return

    async def prompt_over(self) -> None:
        """Listen to the prompt to its end."""
        while not self.marks:
            await self.hear(silence(0.1))
        self.marks.clear()
        self.sent.clear()

    def first_sound_after(self, seconds: float) -> float:
        return next(at for at, _ in self.sent if at >= seconds)
