"""Actions: what shall happen, as imperatives. Channels render them, the runner performs the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Expecting, Value

#: How a prompt is worded: `ask` first, `retry` shorter with an example, `keys` by keypad, `help` explained.
Variant = Literal["ask", "retry", "keys", "help"]
Priority = Literal["danger", "high", "normal"]


@dataclass(frozen=True)
class Option:
    """One offered choice: its `value`, the `key` to press, the prompt `label` that names it."""

    value: str
    key: str
    label: str


@dataclass(frozen=True)
class Say:
    """Speak or text the prompt `prompt`, worded as `variant`, then the options if any."""

    prompt: str
    variant: Variant = "ask"
    slots: Mapping[str, Value] = field(default_factory=dict)
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Listen:
    """Wait for an answer; after `timeout_s` of silence the channel reports `StayedSilent`."""

    expecting: Expecting
    timeout_s: float


@dataclass(frozen=True)
class LookUp:
    """Call the named lookup with the slots it needs and report `LookedUp`."""

    name: str
    slots: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class SendSummary:
    """Text the person the `notes` (prompt keys) gathered on the way through `topic`."""

    key: str
    topic: str
    notes: tuple[str, ...]
    slots: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class HandOff:
    """Give the person to a human mediator: open a ticket. `key` makes a repeat harmless."""

    key: str
    reason: str
    priority: Priority
    topic: str | None = None


@dataclass(frozen=True)
class ChangeChannel:
    """Go on by another channel at the same step, for example `keypad`."""

    channel: Channel


@dataclass(frozen=True)
class CallBack:
    """Call the person, at our cost, and go on where they are. `key` makes a repeat harmless."""

    key: str


@dataclass(frozen=True)
class OptOut:
    """Send the person no more texts until they ask for them again."""


@dataclass(frozen=True)
class Remember:
    """Keep for later calls whether the person `agreed` to be remembered, and if so exactly these `slots`."""

    agreed: bool
    slots: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Forget:
    """Erase everything personal about the person, now."""


@dataclass(frozen=True)
class End:
    """Close the conversation; on the telephone, hang up after what was said."""

    reason: Literal["done", "goodbye", "handed_off", "silence", "forgotten"]


Action = (
    Say
    | Listen
    | LookUp
    | SendSummary
    | HandOff
    | CallBack
    | OptOut
    | ChangeChannel
    | Remember
    | Forget
    | End
)
