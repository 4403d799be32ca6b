"""Events: what happened, as past facts. Each carries a unique `id` and `at`, Unix seconds (UTC)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.meaning import Meaning, Value

Channel = Literal["voice", "keypad", "sms"]


@dataclass(frozen=True)
class Started:
    """A call was answered or a first text came.

    `previous` is a stored session that can be resumed: after a question, or at once when `resumes`
    (a call-back goes on where the person texted). `consent` is what they said to being remembered: "yes",
    "no", "unrecognized" when we could not know them again, "" when they were never asked; `remembered` are
    the shared answers of earlier calls. `proposed` is a procedure that a mediator wants offered, "" for none.
    `follow_up` is the procedure we asked news of, which they answer now.
    """

    id: str
    at: float
    channel: Channel
    textable: bool = False
    previous: Mapping[str, object] | None = None
    resumes: bool = False
    consent: str = ""
    remembered: Mapping[str, Value] = field(default_factory=dict)
    proposed: str = ""
    follow_up: str = ""


@dataclass(frozen=True)
class Heard:
    """The person said or texted something; `meaning` is what we understood."""

    id: str
    at: float
    meaning: Meaning


@dataclass(frozen=True)
class Pressed:
    """The person pressed keys: `digits` of 0-9, * and #."""

    id: str
    at: float
    digits: str


@dataclass(frozen=True)
class StayedSilent:
    """The person was asked and said nothing until the time was up."""

    id: str
    at: float


@dataclass(frozen=True)
class LookedUp:
    """The answer of the lookup `name`: each entry of `result` becomes a slot. `failed` when it had none."""

    id: str
    at: float
    name: str
    result: Mapping[str, Value] = field(default_factory=dict)
    failed: bool = False


@dataclass(frozen=True)
class ChannelChanged:
    """The same conversation goes on elsewhere, for example by keypad after the recognizer failed."""

    id: str
    at: float
    channel: Channel
    reason: str = ""


@dataclass(frozen=True)
class HungUp:
    """The call is over, whoever ended it."""

    id: str
    at: float


@dataclass(frozen=True)
class CameBack:
    """The person was given to a human and is with us again: nobody came, or they want to be called back."""

    id: str
    at: float
    channel: Channel


Event = Started | Heard | Pressed | StayedSilent | LookedUp | ChannelChanged | CameBack | HungUp
