"""One telephone conversation: 20 ms frames and keys in, frames out, turns taken in between.

Time is counted in frames, so the same code runs in a live call, in a simulated one and faster than real time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final, Literal, Protocol

import structlog

from voicebot.dialogue.digits import is_complete
from voicebot.speech.audio import RECOGNIZER_HZ, Pcm, Upsampler
from voicebot.speech.call_state import BUSY, CallEvent, CallState, after
from voicebot.speech.endpointing import Endpointer, Signal
from voicebot.speech.playback import PlaybackBuffer, Say
from voicebot.speech.recognition_task import RecognitionTask
from voicebot.speech.stt.recognizer import Expected, Recognizer, Transcript
from voicebot.speech.turn import PATIENCE_S, Spoken, TurnFn, TurnTaker, TurnTiming, in_time
from voicebot.speech.vad import WINDOW, SileroVad, VadStream

log = structlog.get_logger()

FRAME_S = 0.02
#: A recognizer that takes this many times as long is lost. Until then it may only be busy with others, and
#: people who cannot read keys would rather wait than press them.
_BUSY_OR_LOST: Final = 3.0
WINDOW_S = WINDOW / RECOGNIZER_HZ
#: Audio kept from before speech was noticed, so that its first sound is not lost.
_PREROLL_FRAMES = 25
#: Seconds after which a key entry without # is complete.
_KEY_PAUSE_S = 2.5
#: Speech over our own voice must be this probable for this many seconds to stop us; a cough does not. With
#: 0.6 for 0.13 s it took 0.26 to 0.54 s from the first sound to the stop.
_BARGE_IN_PROBABILITY, _BARGE_IN_S = 0.5, 0.09


class FrameSink(Protocol):
    """The outbound side of the telephone line."""

    async def play(self, frame: Pcm) -> None:
        """Send 20 ms."""

    async def clear(self) -> None:
        """Stop what was sent but has not been played yet."""

    async def mark(self, name: Literal["listen", "leave"]) -> None:
        """Mark that everything up to here is what `name` announces."""


class Conversation:
    """The audio side of a call. Call `frame` every 20 ms, `press` on a key; `over` says when to leave.

    `state` follows the table of `call_state`.
    """

    def __init__(
        self,
        turns: TurnTaker,
        line: FrameSink,
        recognizer: Recognizer,
        say: Say,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._turns = turns
        self._line = line
        self._recognizer = recognizer
        self._patience_s = patience_s
        self._playback = PlaybackBuffer(say)
        self._upsampler = Upsampler()
        self._speech = VadStream(SileroVad())
        self._recent: deque[Pcm] = deque(maxlen=_PREROLL_FRAMES)
        self._spoken = Spoken(())
        self._endpointer = Endpointer("intent", 8.0)
        self._listening: RecognitionTask | None = None
        #: The turn being taken, from the end of speech to the reply.
        self._turn: asyncio.Task[Spoken] | None = None
        self._peeking: asyncio.Task[str | None] | None = None
        self._peeked_pause = 0
        self._entry = ""
        self._entry_s = 0.0
        self._written: deque[str] = deque()
        self._over_voice_s = 0.0
        self._was_speaking = False
        self._judged = ""
        self._interrupted = False
        self._timing: TurnTiming | None = None
        self._replied_at = 0.0
        self.state: CallState = "greeting"

    @property
    def over(self) -> bool:
        """Everything was said: nothing remains but to leave the line."""
        return self.state == "leaving"

    def begin(self, spoken: Spoken) -> None:
        """Say the first words."""
        self._speak(spoken)

    async def frame(self, pcm: Pcm) -> None:
        """20 ms came in: speak on, listen, and take the turn if it is ours."""
        if self._turn and self._turn.done() and not self._playback.speaking:
            self._reply(self._turn)
        if self._written and self._hears:
            await self._take_written()
        await self._play()
        wide = self._upsampler.accept(pcm)
        for _, probability in self._speech.accept(wide):
            await self._window(probability, WINDOW_S)
        self._keep(wide)
        self._await_key()

    async def press(self, key: str) -> None:
        """The person pressed `key`; speech stops, and digits accumulate until they form an answer."""
        if self.state == "recognizing":
            await self._prefer_key()
        if not self._hears:
            return
        await self._hush()
        self._entry += key
        self._entry_s = 0.0
        if is_complete(self._entry, self._spoken.expecting):
            self._take_keys()

    def read(self, text: str) -> None:
        """The person typed `text` instead of speaking: it is their answer once the last one is dealt with."""
        self._written.append(text)

    async def close(self) -> None:
        """The line is gone."""
        self._playback.stop()
        tasks = [task for task in (self._turn, self._peeking) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listening:
            await self._listening.close()

    @property
    def _hears(self) -> bool:
        """Whether what the person does now counts as an answer."""
        return self.state not in BUSY and not self.over

    def _note(self, event: CallEvent) -> None:
        self.state = after(self.state, event)

    async def _play(self) -> None:
        frames = self._playback.tick()
        for frame in frames:
            await self._line.play(frame)
        if frames and self._timing:
            self._turns.took(replace(self._timing, speech=time.perf_counter() - self._replied_at))
            self._timing = None
        speaking = self._playback.speaking
        if self._was_speaking and not speaking and self._hears:
            await self._finished_speaking()
        self._was_speaking = speaking

    async def _finished_speaking(self) -> None:
        failure = self._playback.failure()
        if failure:
            raise failure
        self._note("said goodbye" if self._spoken.leaves else "said")
        await self._line.mark("leave" if self.over else "listen")

    async def _window(self, probability: float, window_s: float) -> None:
        if not self._hears or self._entry:
            return
        if self._playback.speaking and not self._endpointer.speaking:
            await self._listen_over_voice(probability, window_s)
            return
        if self._endpointer.speaking:
            self._watch_progress()
        signal = self._endpointer.hear(probability, window_s)
        if signal:
            self._react(signal)

    async def _listen_over_voice(self, probability: float, window_s: float) -> None:
        """Barge-in: after enough speech over ours we stop; the answer began with that speech."""
        self._over_voice_s = self._over_voice_s + window_s if probability >= _BARGE_IN_PROBABILITY else 0.0
        if self._over_voice_s < _BARGE_IN_S or self._spoken.leaves:
            return
        await self._hush()
        self._react(self._endpointer.hear(1.0, self._over_voice_s) or "started")

    async def _hush(self) -> None:
        if self._playback.speaking:
            self._playback.stop()
            self._was_speaking = False
            if self.state != "listening":  # what asked the person to hold on was no prompt
                self._note("interrupted")
            self._interrupted = True
            await self._line.clear()

    def _react(self, signal: Signal) -> None:
        reactions: dict[Signal, Callable[[], None]] = {
            "started": self._start_listening,
            "paused": self._peek,
            "ended": lambda: self._take("heard", self._hear),
            "timeout": lambda: self._take("answered", self._in_time(self._turns.stay_silent)),
        }
        reactions[signal]()

    def _start_listening(self) -> None:
        spoken = self._spoken
        expected = Expected(spoken.phrases, spoken.expecting.closed, spoken.expecting.kind)
        self._judged = ""
        try:
            self._listening = RecognitionTask(self._recognizer.start(expected))
        except Exception as error:  # an engine may fail in any way, and the call must continue by keypad
            self._take("recognizer lost", self._in_time(partial(self._deaf, error)))
            return
        for pcm in self._recent:
            self._listening.accept(pcm)

    def _keep(self, wide: Pcm) -> None:
        self._recent.append(wide)
        if self._listening and self._hears:
            self._listening.accept(wide)

    def _peek(self) -> None:
        """A short pause: check whether what was said is already a whole answer."""
        if self._listening and not self._peeking:
            self._peeked_pause = self._endpointer.pause
            self._peeking = asyncio.create_task(self._listening.peek())

    def _watch_progress(self) -> None:
        if self._peeking and self._peeking.done():
            peeked, self._peeking = self._peeking, None
            text = "" if peeked.cancelled() or peeked.exception() else peeked.result()
            if self._endpointer.pause:
                self._use(text)
        elif self._listening:
            self._judge(self._listening.partial)

    def _use(self, text: str | None) -> None:
        """What was said up to a pause, if that pause still lasts; None: the engine was busy with others."""
        if text is None or self._peeked_pause != self._endpointer.pause:
            self._peek()
        else:
            self._judge(text)

    def _judge(self, text: str) -> None:
        if text and text != self._judged:
            self._judged = text
            self._endpointer.progress = self._turns.judge(text, self._spoken.expecting)

    async def _hear(self) -> Spoken:
        """Recognize what was said, then take the turn."""
        listening, self._listening = self._listening, None
        kind, silence_s, began = self._spoken.expecting.kind, self._endpointer.silence_s, time.perf_counter()
        try:
            transcript = await self._recognize(listening) if listening else Transcript("", 0.0)
        except Exception as error:  # as above: whatever the engine does or fails to do, the call continues
            self._note("recognizer lost")
            return await self._in_time(partial(self._deaf, error))()
        if not transcript.text.strip():
            return Spoken(())
        self._note("recognized")
        recognized_s = time.perf_counter() - began
        spoken = await self._in_time(partial(self._turns.hear, transcript), recognized_s)()
        self._replied_at = time.perf_counter()
        dialogue_s = self._replied_at - began - recognized_s
        self._timing = TurnTiming(kind, silence_s, recognized_s, dialogue_s, 0.0)
        return spoken

    async def _recognize(self, listening: RecognitionTask) -> Transcript:
        """What was said; somebody who waits long is meanwhile asked to hold on."""
        holding = asyncio.get_running_loop().call_later(self._patience_s, self._hold_on)
        try:
            async with asyncio.timeout(_BUSY_OR_LOST * self._patience_s):
                return await listening.finish()
        except BaseException:  # also if a key was pressed or the line is gone
            with suppress(Exception):
                await listening.close()
            raise
        finally:
            holding.cancel()

    async def _prefer_key(self) -> None:
        """A key counts at once, whatever the recognizer would still make of what was said."""
        turn, self._turn = self._turn, None
        self._note("key preferred")
        if turn:
            turn.cancel()
            await asyncio.gather(turn, return_exceptions=True)

    def _hold_on(self) -> None:
        """The question is repeated if nothing was recognized after all."""
        self._interrupted = True
        self._playback.start(self._turns.hold_on().sounds)

    async def _deaf(self, error: Exception) -> Spoken:
        log.error("recognizer lost", recognizer=self._recognizer.name, error=type(error).__name__)
        return await self._turns.on_recognizer_lost()

    def _take(self, event: CallEvent, turn: TurnFn) -> None:
        self._note(event)
        self._turn = asyncio.ensure_future(turn())

    def _in_time(self, turn: TurnFn, waited_s: float = 0.0) -> TurnFn:
        """The person has endured `waited_s` of silence, unless they were asked to hold on in the meantime."""
        borne_s = waited_s if waited_s < self._patience_s else 0.0
        return partial(in_time, turn, self._turns, self._patience_s - borne_s)

    def _reply(self, turn: asyncio.Task[Spoken]) -> None:
        self._turn = None
        self._over_voice_s = 0.0
        spoken = turn.result()
        if spoken.sounds or spoken.leaves:
            self._note("replied")
            self._speak(spoken)
        elif self._interrupted:
            # A noise stopped us in the middle of a sentence: repeat it.
            self._note("repeated")
            self._speak(self._spoken)
        else:
            self._note("not recognized" if self.state == "recognizing" else "ignored")
            self._endpointer.dismiss()

    def _speak(self, spoken: Spoken) -> None:
        self._spoken = spoken
        self._endpointer = Endpointer(spoken.expecting.kind, spoken.timeout_s)
        self._listening = self._peeking = None
        self._entry = ""
        self._interrupted = False
        self._playback.start(spoken.sounds)
        self._was_speaking = True

    def _await_key(self) -> None:
        if self._entry and self._hears:
            self._entry_s += FRAME_S
            if self._entry_s >= _KEY_PAUSE_S:
                self._take_keys()

    async def _take_written(self) -> None:
        await self._hush()
        said = Transcript(self._written.popleft(), 1.0)
        self._take("answered", self._in_time(partial(self._turns.hear, said)))

    def _take_keys(self) -> None:
        digits, self._entry = self._entry, ""
        self._take("answered", self._in_time(partial(self._turns.press, digits)))
