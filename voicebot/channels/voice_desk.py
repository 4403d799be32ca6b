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


@dataclass(frozen=True)
class Music:
    """Something soft to wait by."""


Sound = Audio | Words | Silence | Music


@dataclass(frozen=True)
class Stream:
    """Talk over the audio socket; `parameters` come back in its `start` message."""

    turn: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class AskKeys:
    """Say `sounds` and wait for keys: at most `max_digits`, or up to `finish_on_key` ("": no such key).

    They go to the path `action`, by default to who answers questions.
    """

    sounds: tuple[Sound, ...]
    turn: int = 0
    max_digits: int | None = 1
    finish_on_key: Literal["", "#"] = ""
    timeout_s: float = 8.0
    action: str | None = None


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
    """Call `number` and connect both; who answers first hears the TwiML at `whisper_path`.

    What next is asked at the path `action`.
    """

    number: str
    action: str
    sounds: tuple[Sound, ...] = ()
    caller_id: str | None = None
    timeout_s: float = 30.0
    whisper_path: str | None = None


@dataclass(frozen=True)
class Hold:
    """What who waits in a queue hears; `round` counts how often it was asked for."""

    sounds: tuple[Sound, ...]
    round: int = 0


@dataclass(frozen=True)
class LeaveQueue:
    """Wait no longer; `after_handoff` is asked what next."""


@dataclass(frozen=True)
class TakeFromQueue:
    """Connect a mediator with who waits in `queue`; what next is asked at the path `action`."""

    queue: str
    action: str
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class Announce:
    """Say `sounds` to who is about to be connected."""

    sounds: tuple[Sound, ...]


@dataclass(frozen=True)
class Refuse:
    """Do not answer the call."""

    reason: Literal["rejected", "busy"] = "busy"


@dataclass(frozen=True)
class RecordVoices:
    """Open the audio socket of the voice studio; `parameters` come back in its `start` message."""

    parameters: Mapping[str, str] = field(default_factory=dict)


Reply = (
    Stream
    | AskKeys
    | SpeakAndHangUp
    | Enqueue
    | Hold
    | LeaveQueue
    | TakeFromQueue
    | Announce
    | Dial
    | Refuse
    | RecordVoices
)

#: How a call ended.
EndStatus = Literal["completed", "busy", "failed", "no-answer", "canceled"]


@dataclass(frozen=True)
class IncomingCall:
    """A call that rings. `from_number` is whatever Twilio says, "" or "anonymous" when it is hidden."""

    call_id: str
    event_id: str
    from_number: str
    to_number: str


@dataclass(frozen=True)
class LeftQueue:
    """The person left the queue `queue_id`, a SID. `outcome`: Twilio's QueueResult; `gone`: they hung up."""

    outcome: str
    gone: bool
    queue_id: str = ""


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

    async def keys(self, call_id: str, digits: str, event_id: str, turn: int | None = None) -> Reply:
        """The person pressed `digits` (0-9, * and #), or nothing: "", to the question that `turn` put."""

    async def after_stream(self, call_id: str, event_id: str, turn: int | None = None) -> Reply:
        """The audio socket that was opened at `turn` was closed, or never opened: what next?"""

    async def after_studio(self, call_id: str, event_id: str) -> Reply:
        """The audio socket of the voice studio was closed."""

    async def after_handoff(self, call_id: str, left: LeftQueue, event_id: str) -> Reply:
        """The person left the queue: what next?"""

    async def wait(self, call_id: str, round_: int) -> Reply:
        """The person waits in a queue: what do they hear, for the `round_`th time?"""

    async def wait_keys(self, call_id: str, digits: str) -> Reply:
        """The person pressed `digits` while waiting."""

    async def announce(self, call_id: str) -> Reply:
        """The person is about to be connected with a mediator."""

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        """The call is over."""

    async def audio(self, token: str) -> bytes | None:
        """The μ-law sound (8 kHz) of an `Audio`; None when there is none by this name."""

    def apology(self) -> str:
        """One sentence to say when we failed. Must not fail itself: load it beforehand."""
