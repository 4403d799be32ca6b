"""One turn in progress: the session so far and the actions collected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from voicebot.dialogue.action import (
    Action,
    CallBack,
    End,
    HandOff,
    Listen,
    Option,
    Role,
    Say,
    SendSummary,
    Variant,
)
from voicebot.dialogue.documents import missing
from voicebot.dialogue.flow import SAFE, Flows, Step
from voicebot.dialogue.meaning import Expecting, Value
from voicebot.dialogue.policy import timeout_s
from voicebot.dialogue.replace import replace
from voicebot.dialogue.session import Session
from voicebot.dialogue.style import STYLES, Style
from voicebot.dialogue.waiting import waiting_for


@dataclass(frozen=True)
class Turn:
    """What `step` builds up. `spoken` is the part that "répéter" repeats, without our remarks."""

    flows: Flows
    session: Session
    actions: tuple[Action, ...] = ()
    spoken: tuple[Say, ...] = ()

    @property
    def step(self) -> Step:
        """The step where the session is, or the main question if it is nowhere."""
        place = self.session.place
        return self.flows.step(place if place and self.flows.has(place) else self.flows.question)

    @property
    def style(self) -> Style:
        """How the channel likes things told."""
        return STYLES[self.session.channel]

    @property
    def expecting(self) -> Expecting:
        """What the person was asked last."""
        return waiting_for(self.flows, self.session)

    @property
    def key(self) -> str:
        """A name for what this turn causes, the same if it is computed again."""
        return f"{self.session.id}:{self.session.turn}"

    def change(self, **changes: Any) -> Turn:
        """The same turn with session fields replaced."""
        return replace(self, session=replace(self.session, **changes))

    def act(self, *actions: Action) -> Turn:
        """Add actions."""
        return replace(self, actions=self.actions + actions)

    def cause(self, action: HandOff | SendSummary | CallBack) -> Turn:
        """Add an action that reaches somebody; during practice it has no effect."""
        return self if self.session.practice else self.act(action)

    def remark(self, prompt: str, slots: Mapping[str, Value] | None = None) -> Turn:
        """Say something that "répéter" must not repeat, with the session's slots and its own."""
        return self.act(Say(prompt, slots=self._slots(slots or {}), role="remark"))

    def say(
        self,
        prompt: str,
        variant: Variant = "ask",
        slots: Mapping[str, Value] | None = None,
        options: tuple[Option, ...] = (),
        role: Role = "statement",
    ) -> Turn:
        """Say a prompt with the session's slots and its own."""
        said = Say(self.timely(prompt), variant, self._slots(slots or {}), options, role)
        return replace(self.act(said), spoken=(*self.spoken, said))

    def listen(self) -> Turn:
        """Wait for the answer to what was said in this turn."""
        turn = self.change(spoken=self.spoken) if self.spoken else self
        expecting = turn.expecting
        return turn.act(Listen(expecting, timeout_s(expecting.kind, turn.session.pace)))

    def again(self) -> Turn:
        """Repeat the last question, word for word, and wait."""
        return self.act(*self.retold()).listen()

    def retold(self) -> tuple[Say, ...]:
        """The last question again, without any fact that has expired since."""
        return tuple(replace(said, prompt=self.timely(said.prompt)) for said in self.session.spoken)

    def timely(self, key: str) -> str:
        """The prompt or note to use for `key` now: the one without figures if its fact has expired."""
        expired = self.flows.expiring.get(key, inf) <= self.session.updated_at
        return f"{key}{SAFE}" if expired else key

    def end(self, reason: str, status: str = "ended") -> Turn:
        """Close the conversation."""
        return self.change(status=status, pending=None).act(End(reason))  # type: ignore[arg-type]

    def _slots(self, own: Mapping[str, Value]) -> dict[str, Value]:
        topic, lacking = self.session.topic, missing(self.session.slots)
        about = {"topic": topic, "missing": ",".join(lacking)}
        return {**self.session.slots, **{name: value for name, value in about.items() if value}, **own}
