"""What the telephone webhooks need of the assistant: a `VoiceDesk` that answers each with a `Reply`.

The webhooks parse and render; the desk decides. A reply's `turn` numbers the question, and comes back in the
addresses that Twilio calls next, so that a repeat can be told from a new answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol


@dataclass(frozen=True)
class Audio:
    """Sound that `VoiceDesk.audio` gives for `token`."""

    token: str


@dataclass(frozen=True)
class Words:
    """Text in Twilio's own voice, for when ours cannot be made."""

    text: str


@dataclass(frozen=True)
class Silence:
    """A pause."""

    seconds: float


Sound = Audio | Words | Silence


@dataclass(frozen=True)
class Stream:
    """Talk over the audio socket; `parameters` come back in its `start` message."""

    turn: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class AskKeys:
    """Say `sounds` and wait for keys: at most `max_digits`, or up to `finish_on_key` ("": no such key)."""

    sounds: tuple[Sound, ...]
    turn: int = 0
    max_digits: int | None = 1
    finish_on_key: Literal["", "#"] = ""
    timeout_s: float = 8.0


@dataclass(frozen=True)
class SpeakAndHangUp:
    """Say the last words and end the call."""

    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class Enqueue:
    """Wait in `queue` for a mediator, hearing the TwiML at the path `wait_path` (None: Twilio's music)."""

    queue: str
    turn: int = 0
    sounds: tuple[Sound, ...] = ()
    wait_path: str | None = None


@dataclass(frozen=True)
class Dial:
    """Call a mediator's `number` and connect both; who answers first hears the TwiML at `whisper_path`."""

    number: str
    turn: int = 0
    sounds: tuple[Sound, ...] = ()
    caller_id: str | None = None
    timeout_s: float = 30.0
    whisper_path: str | None = None


@dataclass(frozen=True)
class Refuse:
    """Do not answer the call."""

    reason: Literal["rejected", "busy"] = "busy"


@dataclass(frozen=True)
class RecordVoices:
    """Open the audio socket of the voice studio; `parameters` come back in its `start` message."""

    parameters: Mapping[str, str] = field(default_factory=dict)


Reply = Stream | AskKeys | SpeakAndHangUp | Enqueue | Dial | Refuse | RecordVoices

#: How a call ended.
EndStatus = Literal["completed", "busy", "failed", "no-answer", "canceled"]


@dataclass(frozen=True)
class IncomingCall:
    """A call that rings. `from_number` is whatever Twilio says, "" or "anonymous" when it is hidden."""

    call_id: str
    event_id: str
    from_number: str
    to_number: str


class VoiceDesk(Protocol):
    """The assistant as the telephone webhooks see it.

    An `event_id` already seen is the same webhook again: it gets the same answer and changes nothing.
    Whatever these methods raise, the caller hears `apology` and the webhook is tried once more.
    """

    async def answer(self, call: IncomingCall) -> Reply:
        """Somebody calls."""

    async def call_back(self, call: IncomingCall) -> Reply:
        """The person was called by us and has picked up; `from_number` is theirs."""

    async def machine_answered(self, call_id: str) -> None:
        """An answering machine took the call that we made."""

    async def keys(self, call_id: str, digits: str, event_id: str) -> Reply:
        """The person pressed `digits` (0-9, * and #), or nothing: ""."""

    async def after_stream(self, call_id: str, event_id: str) -> Reply:
        """The audio socket was closed, or never opened: what next?"""

    async def after_studio(self, call_id: str, event_id: str) -> Reply:
        """The audio socket of the voice studio was closed."""

    async def after_handoff(self, call_id: str, outcome: str, event_id: str) -> Reply:
        """The queue or the dialled call is over. `outcome` is Twilio's QueueResult or DialCallStatus."""

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        """The call is over."""

    async def audio(self, token: str) -> bytes | None:
        """The μ-law sound (8 kHz) of an `Audio`; None when there is none by this name."""

    def apology(self) -> str:
        """One sentence to say when we failed. Must not fail itself: load it beforehand."""
