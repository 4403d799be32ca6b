"""Events: what happened, as past facts. Each has a unique `id` and `at`, in Unix seconds (UTC)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.meaning import Meaning, Value

Channel = Literal["voice", "keypad", "sms"]


@dataclass(frozen=True)
class Started:
    """A call was answered or a first text arrived.

    `previous` is a stored session that can be resumed: after a question, or at once if `resumes` (a call-back
    continues where the person texted). `consent` is their answer about being remembered: "yes", "no",
    "unrecognized" if we could not recognise them again, "" if they were never asked; `remembered` are the
    shared answers of earlier calls. `proposed` is a procedure that a mediator wants offered, or "".
    `follow_up` is the procedure we asked about, which they are now answering; `last_topic` the one that they
    were told about some days ago.
    """

    id: str
    at: float
    """Unix seconds."""
    channel: Channel
    textable: bool = False
    previous: Mapping[str, object] | None = None
    resumes: bool = False
    consent: str = ""
    remembered: Mapping[str, Value] = field(default_factory=dict)
    proposed: str = ""
    follow_up: str = ""
    last_topic: str = ""


@dataclass(frozen=True)
class Heard:
    """The person said or texted something; `meaning` is what we understood.

    `unread`: it was sent before our last answer could be read.
    """

    id: str
    at: float
    """Unix seconds."""
    meaning: Meaning
    unread: bool = False


@dataclass(frozen=True)
class Pressed:
    """The person pressed keys: `digits` of 0-9, * and #."""

    id: str
    at: float
    """Unix seconds."""
    digits: str


@dataclass(frozen=True)
class SentPicture:
    """The person texted a picture, at which only a person can look."""

    id: str
    at: float
    """Unix seconds."""


@dataclass(frozen=True)
class StayedSilent:
    """The person was asked and said nothing until the time was up."""

    id: str
    at: float
    """Unix seconds."""


@dataclass(frozen=True)
class LookedUp:
    """The answer of the lookup `name`: each entry of `result` becomes a slot. `failed` if there was none."""

    id: str
    at: float
    """Unix seconds."""
    name: str
    result: Mapping[str, Value] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True)
class ChannelChanged:
    """The conversation continues on another channel, for example by keypad after the recognizer failed."""

    id: str
    at: float
    """Unix seconds."""
    channel: Channel
    reason: str = ""


@dataclass(frozen=True)
class HungUp:
    """The call is over, whoever ended it."""

    id: str
    at: float
    """Unix seconds."""


@dataclass(frozen=True)
class CameBack:
    """The person was handed to a human and is back: nobody came, or they want to be called back."""

    id: str
    at: float
    """Unix seconds."""
    channel: Channel


Event = Started | Heard | Pressed | SentPicture | StayedSilent | LookedUp | ChannelChanged | CameBack | HungUp
