"""What the pages of authors work with: the workshop, a way to try a draft, and what became of publishing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from voicebot.datafile import Finding
from voicebot.dialogue.event import Channel
from voicebot.editing.checking import ReadFiles
from voicebot.editing.workshop import Workshop


@dataclass(frozen=True)
class Tried:
    """One turn of a trial: the `answer` (None at first), what is said to it, and the step that asks.

    `understood` and `certainty` are of the answer; `texts` are SMS that would be sent.
    """

    answer: str | None
    says: str
    step: str
    understood: str
    certainty: str
    ended: bool
    texts: tuple[str, ...] = ()


class TryOut(Protocol):
    """Plays a draft without keeping or sending anything."""

    async def __call__(
        self, read: ReadFiles, flow: str, channel: Channel, answers: Sequence[str]
    ) -> tuple[Tried, ...]:
        """The conversation that begins with `flow` and goes on with `answers`. Raises DataError."""


@dataclass(frozen=True)
class Writing:
    """`go_live` takes over what was just published in this process; `refused` is what it would not take."""

    workshop: Workshop
    try_out: TryOut
    go_live: Callable[[], Awaitable[None]]
    refused: Callable[[], tuple[Finding, ...]]
