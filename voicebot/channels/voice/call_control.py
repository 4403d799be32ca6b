"""What the telephone webhooks need from the assistant: a `CallControl` that answers each with a `CallReply`.

The webhooks parse and render; `CallControl` decides. A reply's `turn` numbers the question, and comes back in
the addresses that Twilio calls next, so that a repetition can be told from a new answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from voicebot.sound import Sound, Speech


@dataclass(frozen=True)
class ConnectStream:
    """Talk over the audio socket; `parameters` come back in its `start` message."""

    turn: int = 0
    parameters: Mapping[str, str] = field(default_factory=dict)
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class AskKeys:
    """Say `sounds` and wait for keys: at most `max_digits`, or up to `finish_on_key` ("": no such key).

    The keys go to the path `action`, by default to the webhook for answers.
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
    """Call `number` and connect the two; whoever answers first hears the TwiML at `whisper_path`.

    The path `action` is then asked what to do next.
    """

    number: str
    action: str
    sounds: tuple[Sound, ...] = ()
    caller_id: str | None = None
    timeout_s: float = 30.0
    whisper_path: str | None = None


@dataclass(frozen=True)
class Hold:
    """What somebody in a queue hears; `round` counts how often it was asked for."""

    sounds: tuple[Sound, ...]
    round: int = 0


@dataclass(frozen=True)
class LeaveQueue:
    """Stop waiting; `after_handoff` is asked what to do next."""


@dataclass(frozen=True)
class TakeFromQueue:
    """Connect a mediator to whoever waits in `queue`; the path `action` is asked what to do next."""

    queue: str
    action: str
    sounds: tuple[Sound, ...] = ()


@dataclass(frozen=True)
class Announce:
    """Say `sounds` to somebody who is about to be connected."""

    sounds: tuple[Sound, ...]


@dataclass(frozen=True)
class Refuse:
    """Do not answer the call."""

    reason: Literal["rejected", "busy"] = "busy"


@dataclass(frozen=True)
class RecordVoices:
    """Open the audio socket of the voice studio; `parameters` come back in its `start` message."""

    parameters: Mapping[str, str] = field(default_factory=dict)


CallReply = (
    ConnectStream
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
    """An incoming call. `from_number` is whatever Twilio says, "" or "anonymous" if it is hidden."""

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


class CallControl(Protocol):
    """The assistant as the telephone webhooks see it.

    An `event_id` already seen is the same webhook again: it gets the same answer and changes nothing.
    Whatever these methods raise, the caller hears `apology` and the webhook is retried once.
    """

    async def answer(self, call: IncomingCall) -> CallReply:
        """Somebody calls."""

    async def call_back(self, call: IncomingCall) -> CallReply:
        """We called the person and they picked up; `from_number` is theirs."""

    async def machine_answered(self, call_id: str) -> None:
        """An answering machine took the call that we made."""

    async def keys(self, call_id: str, digits: str, event_id: str, turn: int | None = None) -> CallReply:
        """The person pressed `digits` (0-9, * and #), or nothing (""), at the question of `turn`."""

    async def after_stream(self, call_id: str, event_id: str, turn: int | None = None) -> CallReply:
        """The audio socket opened at `turn` was closed, or never opened: what comes next."""

    async def after_studio(self, call_id: str, event_id: str) -> CallReply:
        """The audio socket of the voice studio was closed."""

    async def after_handoff(self, call_id: str, left: LeftQueue, event_id: str) -> CallReply:
        """The person left the queue: what comes next."""

    async def wait(self, call_id: str, round_: int) -> CallReply:
        """The person is waiting in a queue: what they hear, for the `round_`th time."""

    async def wait_keys(self, call_id: str, digits: str) -> CallReply:
        """The person pressed `digits` while waiting."""

    async def announce(self, call_id: str) -> CallReply:
        """The person is about to be connected to a mediator."""

    async def ended(self, call_id: str, status: EndStatus, event_id: str) -> None:
        """The call is over."""

    def token(self, speech: Speech) -> str:
        """The name under which `audio` makes the sound of `speech`; it tells nobody what is said."""

    async def audio(self, token: str) -> bytes | None:
        """The μ-law sound (8 kHz) of what `token` was made for; None if it is none of ours."""

    def apology(self) -> str:
        """One sentence to say if we failed. It must not fail itself: load it beforehand."""
