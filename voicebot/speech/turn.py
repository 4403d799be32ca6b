"""Taking a turn: what the conversation hears goes to the dialogue, and the reply comes back in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from voicebot.dialogue.meaning import Expecting
from voicebot.sound import Sound
from voicebot.speech.endpointing import Progress
from voicebot.speech.stt.recognizer import Transcript

log = structlog.get_logger()

#: Seconds. A caller must hear a sentence within three. If the recognizer takes longer than the first we ask
#: the caller to hold on; the dialogue gets the second, and the rest a little; what remains is for the
#: sentence.
PATIENCE_S: Final = 2.0
_FOR_THE_REST_S: Final = 0.5


@dataclass(frozen=True)
class Spoken:
    """What to do now: play `sounds`, then wait for an answer or, if `leaves`, leave the line."""

    sounds: tuple[Sound, ...]
    expecting: Expecting = field(default_factory=Expecting)
    phrases: tuple[str, ...] = ()
    timeout_s: float = 8.0
    leaves: bool = False


@dataclass(frozen=True)
class TurnTiming:
    """Where the time of one reply went, in seconds: for observation and measurement, never for decisions.

    `endpointing` is audio time since the last sound of speech; the others are wall-clock times: `recognition`
    until the transcript, `dialogue` until the reply, `speech` until its first sound.
    """

    kind: str
    endpointing: float
    recognition: float
    dialogue: float
    speech: float


#: Takes a turn when called, not before.
TurnFn = Callable[[], Awaitable[Spoken]]


class TurnTaker(Protocol):
    """The dialogue as this call sees it."""

    async def hear(self, transcript: Transcript) -> Spoken:
        """The person said this."""

    async def press(self, digits: str) -> Spoken:
        """The person pressed these keys."""

    async def stay_silent(self) -> Spoken:
        """The person said nothing until the time was up."""

    async def on_recognizer_lost(self) -> Spoken:
        """The recognizer failed: continue by keypad."""

    def fail(self) -> Spoken:
        """The dialogue failed or takes too long: say a sentence and continue after the stream."""

    def hold_on(self) -> Spoken:
        """The answer takes a moment: what to say meanwhile."""

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """How complete `text` looks as an answer that may still continue."""

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""


async def in_time(turn: TurnFn, turns: TurnTaker, patience_s: float = PATIENCE_S) -> Spoken:
    """What `turn` says or, if it fails or takes too long, what to say instead."""
    try:
        async with asyncio.timeout(patience_s + _FOR_THE_REST_S):
            return await turn()
    except Exception as error:  # whatever it is, the caller must hear a sentence
        log.error("turn failed", error=type(error).__name__)
        return turns.fail()
