"""The session: everything the core remembers of one conversation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from voicebot.dialogue.action import Say
from voicebot.dialogue.event import Channel
from voicebot.dialogue.meaning import Expecting, Value

Status = Literal["new", "open", "suspended", "handed_off", "ended"]
Pace = Literal["normal", "slow"]
#: Slots whose names begin like this are for one lookup only: they go into no record, ticket or text.
SECRET = "secret_"


@dataclass(frozen=True)
class Place:
    """A step of a flow; `part` is a paper of a `documents` step and, after a dot, the stage of asking."""

    flow: str
    step: str
    part: str = ""

    @property
    def document(self) -> str:
        """The paper asked for here."""
        return self.part.partition(".")[0]

    @property
    def stage(self) -> str:
        """The stage of asking: "" is the question itself."""
        return self.part.partition(".")[2]


@dataclass(frozen=True)
class Note:
    """A prompt key for the SMS summary, noted after `after` questions had been answered."""

    key: str
    after: int


@dataclass(frozen=True)
class Pending:
    """A question of the engine's own that precedes the step: `kind` says what the answer decides.

    `labels` are the prompt keys that name the answers, in the order of `expecting.answers`.
    """

    kind: str
    prompt: str
    expecting: Expecting
    labels: tuple[str, ...] = ()
    slots: Mapping[str, Value] = field(default_factory=dict)
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Interrupted:
    """A procedure that was left for another one, or named beside it and not begun yet (no `place`)."""

    topic: str
    place: Place | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)
    trail: tuple[Place, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Session:
    """One conversation.

    `person` is a pseudonym, never a number. `trail` holds the questions already answered, oldest first.
    `interrupted` are the needs to come back to, the latest last.
    `because` is why a person is offered who did not ask for one. `spoken` is what "répéter" says again.
    `seen` are the last event ids. `updated_at` is in Unix seconds.
    `summarised` are the notes of the last summary that was sent, `heard` the words of the last turn.
    In `practice` nothing is caused. `remembered` are shared answers of this and earlier conversations.
    `edition` names the procedures that it began with.
    """

    id: str
    person: str
    channel: Channel = "voice"
    status: Status = "new"
    place: Place | None = None
    topic: str | None = None
    slots: Mapping[str, Value] = field(default_factory=dict)
    trail: tuple[Place, ...] = ()
    pending: Pending | None = None
    no_match: int = 0
    no_input: int = 0
    unknown: int = 0
    because: str = ""
    pace: Pace = "normal"
    practice: bool = False
    remembered: Mapping[str, Value] = field(default_factory=dict)
    spoken: tuple[Say, ...] = ()
    notes: tuple[Note, ...] = ()
    seen: tuple[str, ...] = ()
    turn: int = 0
    textable: bool = False
    interrupted: tuple[Interrupted, ...] = ()
    summarised: tuple[str, ...] = ()
    heard: str = ""
    edition: str = ""
    updated_at: float = 0.0
    """Unix seconds."""
