"""Actions: what is to happen, as imperatives. Channels render them, the runner performs the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Expecting, Value

#: How a prompt is worded: `ask` first, `retry` shorter with an example, `keys` by keypad, `help` explained.
Variant = Literal["ask", "retry", "keys", "help"]
#: The purpose of a prompt: the `question` that waits for an answer, the `keys` to answer it with, a `remark`
#: on what the person said, or a `statement`.
Role = Literal["question", "keys", "remark", "statement"]
Priority = Literal["danger", "high", "normal"]


@dataclass(frozen=True)
class Option:
    """One offered choice: its `value`, the `key` to press, the prompt `label` that names it."""

    value: str
    key: str
    label: str


@dataclass(frozen=True)
class Say:
    """Speak or text the prompt `prompt`, worded as `variant`, then the options if there are any."""

    prompt: str
    variant: Variant = "ask"
    slots: Mapping[str, Value] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    role: Role = "statement"


def question_of(says: Sequence[Say]) -> Say | None:
    """What was asked last or, if nothing was, said last. Instructions for the keys count as neither."""
    asked = [say for say in says if say.role == "question"]
    other = [say for say in says if say.role != "keys"]
    return next(iter(reversed(asked or other)), None)


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
    """Text the person the `notes` (prompt keys) collected on the way through `topic`."""

    key: str
    topic: str
    notes: tuple[str, ...]
    slots: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class HandOff:
    """Hand the person to a human mediator: open a ticket. `key` makes a repetition harmless."""

    key: str
    reason: str
    priority: Priority
    topic: str | None = None


@dataclass(frozen=True)
class ChangeChannel:
    """Continue on another channel at the same step, for example `keypad`."""

    channel: Channel


@dataclass(frozen=True)
class CallBack:
    """Call the person, at our cost, and continue where they are. `key` makes a repetition harmless."""

    key: str


@dataclass(frozen=True)
class OptOut:
    """Send the person no more texts until they ask for them again."""


@dataclass(frozen=True)
class Remember:
    """Store for later calls whether the person `agreed` and, if so, exactly these `slots`."""

    agreed: bool
    slots: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Forget:
    """Erase everything personal about the person, now."""


@dataclass(frozen=True)
class End:
    """End the conversation; on the telephone, hang up after what was said."""

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
