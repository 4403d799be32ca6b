"""One telephone conversation: 20 ms frames and keys in, frames out, turns taken in between.

Time is counted in frames, so the same code runs in a live call, in a simulated one and faster than real time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final, Literal, Protocol

import structlog

from voicebot.dialogue.digits import is_complete
from voicebot.dialogue.meaning import Expecting
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, Upsampler
from voicebot.speech.endpointing import Endpointer, Progress, Signal
from voicebot.speech.listening import Listening
from voicebot.speech.mouth import Mouth, Say
from voicebot.speech.piece import Piece, Rest
from voicebot.speech.stt.recognizer import Expected, Recognizer, Transcript
from voicebot.speech.vad import WINDOW, SileroVad, VadStream

log = structlog.get_logger()

FRAME_S = 0.02
#: A caller hears a sentence within three seconds. So long we wait for the recognizer; a little longer for the
#: whole turn; the rest is for the sentence.
PATIENCE_S: Final = 2.0
_FOR_THE_REST_S: Final = 0.5
WINDOW_S = WINDOW / RECOGNIZER_HZ
#: Audio kept from before speech was noticed, so that its first sound is not lost.
_PREROLL_FRAMES = 25
#: A key entry without # is over after this long.
_KEY_PAUSE_S = 2.5
#: Speech over our own voice must be so probable for so long to stop us; a cough does not. With 0.6 for 0.13 s
#: it took 0.26 to 0.54 s from the first sound to the stop.
_BARGE_IN_PROBABILITY, _BARGE_IN_S = 0.5, 0.09


@dataclass(frozen=True)
class Spoken:
    """What to do now: say `pieces`, then wait for an answer, or leave the line when `leaves`."""

    pieces: tuple[Piece | Rest, ...]
    expecting: Expecting = field(default_factory=Expecting)
    phrases: tuple[str, ...] = ()
    timeout_s: float = 8.0
    leaves: bool = False


@dataclass(frozen=True)
class TurnTiming:
    """Where the time of one reply went, in seconds: what we watch and measure, never what decides.

    `endpointing` is audio time from the last sound of speech; the others are times of the clock:
    `recognition` until the transcript, `dialogue` until the reply, `speech` until its first sound.
    """

    kind: str
    endpointing: float
    recognition: float
    dialogue: float
    speech: float


#: Takes a turn when it is called, and not before.
Take = Callable[[], Awaitable[Spoken]]


class Turns(Protocol):
    """The dialogue as this call sees it."""

    async def hear(self, transcript: Transcript) -> Spoken:
        """The person said this."""

    async def press(self, digits: str) -> Spoken:
        """The person pressed these keys."""

    async def stay_silent(self) -> Spoken:
        """The person said nothing until the time was up."""

    async def lose_hearing(self) -> Spoken:
        """The recognizer failed: go on by keypad."""

    def fail(self) -> Spoken:
        """The dialogue failed or takes too long: say a sentence and go on behind the stream."""

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """How `text` looks as an answer that may still go on."""

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""


class Line(Protocol):
    """The telephone line outwards."""

    async def play(self, frame: Pcm) -> None:
        """Send 20 ms."""

    async def clear(self) -> None:
        """Stop what was sent but not played yet."""

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        """Say that all up to here is what `name` announces."""


class Conversation:
    """The audio side of a call. Call `frame` every 20 ms, `press` on a key; `over` tells when to leave."""

    def __init__(
        self, turns: Turns, line: Line, recognizer: Recognizer, say: Say, patience_s: float = PATIENCE_S
    ) -> None:
        self._turns = turns
        self._line = line
        self._recognizer = recognizer
        self._patience_s = patience_s
        self._mouth = Mouth(say)
        self._upsampler = Upsampler()
        self._speech = VadStream(SileroVad())
        self._recent: deque[Pcm] = deque(maxlen=_PREROLL_FRAMES)
        self._spoken = Spoken(())
        self._ear = Endpointer("intent", 8.0)
        self._listening: Listening | None = None
        self._thinking: asyncio.Task[Spoken] | None = None
        self._peeking: asyncio.Task[str | None] | None = None
        self._entry = ""
        self._entry_s = 0.0
        self._written: deque[str] = deque()
        self._over_voice_s = 0.0
        self._was_speaking = False
        self._judged = ""
        self._interrupted = False
        self._timing: TurnTiming | None = None
        self._replied_at = 0.0
        self.over = False

    def begin(self, spoken: Spoken) -> None:
        """Say the first words."""
        self._speak(spoken)

    async def frame(self, pcm: Pcm) -> None:
        """20 ms came in: speak on, listen, and take the turn when it is ours."""
        if self._thinking and self._thinking.done():
            self._answer(self._thinking)
        if self._written and not self._thinking and not self.over:
            await self._take_written()
        await self._play()
        wide = self._upsampler.accept(pcm)
        for _, probability in self._speech.accept(wide):
            await self._window(probability, WINDOW_S)
        self._keep(wide)
        self._await_key()

    async def press(self, key: str) -> None:
        """The person pressed `key`; speech stops and digits gather until they make an answer."""
        if self.over or self._thinking:
            return
        await self._hush()
        self._entry += key
        self._entry_s = 0.0
        if is_complete(self._entry, self._spoken.expecting):
            self._take_keys()

    def read(self, text: str) -> None:
        """The person wrote `text` instead of speaking: their answer once the last one is dealt with."""
        self._written.append(text)

    async def close(self) -> None:
        """The line is gone."""
        self._mouth.stop()
        tasks = [task for task in (self._thinking, self._peeking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listening:
            await self._listening.close()

    async def _play(self) -> None:
        frames = self._mouth.tick()
        for frame in frames:
            await self._line.play(frame)
        if frames and self._timing:
            self._turns.took(replace(self._timing, speech=time.perf_counter() - self._replied_at))
            self._timing = None
        speaking = self._mouth.speaking
        if self._was_speaking and not speaking:
            await self._finished_speaking()
        self._was_speaking = speaking

    async def _finished_speaking(self) -> None:
        failure = self._mouth.failure()
        if failure:
            raise failure
        if self._spoken.leaves:
            self.over = True
        await self._line.mark("leave" if self.over else "listen")

    async def _window(self, probability: float, window_s: float) -> None:
        if self._thinking or self.over or self._entry:
            return
        if self._mouth.speaking and not self._ear.speaking:
            await self._listen_over_voice(probability, window_s)
            return
        signal = self._ear.hear(probability, window_s)
        if signal:
            self._react(signal)
        if self._ear.speaking:
            self._watch_progress()

    async def _listen_over_voice(self, probability: float, window_s: float) -> None:
        """Barge-in: enough speech over ours and we stop; the answer began with that speech."""
        self._over_voice_s = self._over_voice_s + window_s if probability >= _BARGE_IN_PROBABILITY else 0.0
        if self._over_voice_s < _BARGE_IN_S or self._spoken.leaves:
            return
        await self._hush()
        self._react(self._ear.hear(1.0, self._over_voice_s) or "started")

    async def _hush(self) -> None:
        if self._mouth.speaking:
            self._mouth.stop()
            self._was_speaking = False
            self._interrupted = True
            await self._line.clear()

    def _react(self, signal: Signal) -> None:
        reactions: dict[Signal, Callable[[], None]] = {
            "started": self._start_listening,
            "paused": self._peek,
            "ended": lambda: self._think(self._hear),
            "timeout": lambda: self._think(self._turns.stay_silent),
        }
        reactions[signal]()

    def _start_listening(self) -> None:
        spoken = self._spoken
        expected = Expected(spoken.phrases, spoken.expecting.closed, spoken.expecting.kind)
        self._judged = ""
        try:
            self._listening = Listening(self._recognizer.start(expected))
        except Exception as error:  # an engine may fail in any way, and the call must go on by keypad
            self._think(partial(self._deaf, error))
            return
        for pcm in self._recent:
            self._listening.accept(pcm)

    def _keep(self, wide: Pcm) -> None:
        self._recent.append(wide)
        if self._listening and not self._thinking:
            self._listening.accept(wide)

    def _peek(self) -> None:
        """A short pause: see whether what was said is already a whole answer."""
        if self._listening and not self._peeking:
            self._peeking = asyncio.create_task(self._listening.peek())

    def _watch_progress(self) -> None:
        if self._peeking and self._peeking.done():
            failed = self._peeking.cancelled() or self._peeking.exception()
            text = "" if failed else self._peeking.result()
            self._peeking = None
            if text is None and self._ear.pausing:
                self._peek()  # the engine was busy with others
            self._judge(text or "")
        elif self._listening:
            self._judge(self._listening.partial)

    def _judge(self, text: str) -> None:
        if text and text != self._judged:
            self._judged = text
            self._ear.progress = self._turns.judge(text, self._spoken.expecting)

    async def _hear(self) -> Spoken:
        listening, self._listening = self._listening, None
        silence_s, began = self._ear.silence_s, time.perf_counter()
        try:
            async with asyncio.timeout(self._patience_s):
                transcript = await listening.finish() if listening else Transcript("", 0.0)
        except Exception as error:  # as above: whatever the engine does, or does not, the call goes on
            with suppress(Exception):
                await listening.close() if listening else None
            return await self._deaf(error)
        if not transcript.text.strip():
            return Spoken(())
        recognized = time.perf_counter()
        kind = self._spoken.expecting.kind
        spoken = await self._turns.hear(transcript)
        self._replied_at = time.perf_counter()
        self._timing = TurnTiming(kind, silence_s, recognized - began, self._replied_at - recognized, 0.0)
        return spoken

    async def _deaf(self, error: Exception) -> Spoken:
        log.error("recognizer lost", recognizer=self._recognizer.name, error=type(error).__name__)
        return await self._turns.lose_hearing()

    def _think(self, turn: Take) -> None:
        self._thinking = asyncio.ensure_future(in_time(turn, self._turns, self._patience_s))

    def _answer(self, thinking: asyncio.Task[Spoken]) -> None:
        self._thinking = None
        self._over_voice_s = 0.0
        spoken = thinking.result()
        if spoken.pieces or spoken.leaves:
            self._speak(spoken)
        elif self._interrupted:
            # A noise had stopped us in the middle of a sentence: say it again.
            self._speak(self._spoken)
        else:
            self._ear.dismiss()

    def _speak(self, spoken: Spoken) -> None:
        self._spoken = spoken
        self._ear = Endpointer(spoken.expecting.kind, spoken.timeout_s)
        self._listening = self._peeking = None
        self._entry = ""
        self._interrupted = False
        self._mouth.start(spoken.pieces)
        self._was_speaking = True

    def _await_key(self) -> None:
        if self._entry and not self._thinking:
            self._entry_s += FRAME_S
            if self._entry_s >= _KEY_PAUSE_S:
                self._take_keys()

    async def _take_written(self) -> None:
        await self._hush()
        self._think(partial(self._turns.hear, Transcript(self._written.popleft(), 1.0)))

    def _take_keys(self) -> None:
        digits, self._entry = self._entry, ""
        self._think(partial(self._turns.press, digits))


async def in_time(turn: Take, turns: Turns, patience_s: float = PATIENCE_S) -> Spoken:
    """What `turn` says; where it fails or takes too long, what is said instead."""
    try:
        async with asyncio.timeout(patience_s + _FOR_THE_REST_S):
            return await turn()
    except Exception as error:  # whatever it is, the caller must hear a sentence
        log.error("turn failed", error=type(error).__name__)
        return turns.fail()
