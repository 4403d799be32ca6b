"""Taking a turn: what the conversation hears goes to the dialogue, what is to be said comes back in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from voicebot.dialogue.meaning import Expecting
from voicebot.speech.endpointing import Progress
from voicebot.speech.piece import Piece, Rest
from voicebot.speech.stt.recognizer import Transcript

log = structlog.get_logger()

#: A caller hears a sentence within three seconds. When the recognizer takes longer than this we ask for a
#: moment; so long we wait for the dialogue, and a little for the rest; what is left is for the sentence.
PATIENCE_S: Final = 2.0
_FOR_THE_REST_S: Final = 0.5


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

    def hold_on(self) -> Spoken:
        """The answer takes a moment: what is said meanwhile."""

    def judge(self, text: str, expecting: Expecting) -> Progress:
        """How `text` looks as an answer that may still go on."""

    def took(self, timing: TurnTiming) -> None:
        """A reply has begun to sound."""


async def in_time(turn: Take, turns: Turns, patience_s: float = PATIENCE_S) -> Spoken:
    """What `turn` says; where it fails or takes too long, what is said instead."""
    try:
        async with asyncio.timeout(patience_s + _FOR_THE_REST_S):
            return await turn()
    except Exception as error:  # whatever it is, the caller must hear a sentence
        log.error("turn failed", error=type(error).__name__)
        return turns.fail()
