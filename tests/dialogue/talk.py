"""Talking to the core in a test: one line an utterance, the answer as the prompts that are said."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.dialogue.flows import FLOWS
from voicebot.dialogue import step
from voicebot.dialogue.action import Action, Listen, Say
from voicebot.dialogue.event import Event, Heard, Pressed, Started, StayedSilent
from voicebot.dialogue.meaning import Candidate, Certainty, Meaning, Value
from voicebot.dialogue.session import Session


@dataclass
class Talk:
    session: Session = field(default_factory=lambda: Session("CA1", "p1"))
    actions: tuple[Action, ...] = ()
    at: float = 0.0

    def send(self, event: Event) -> list[str]:
        self.session, self.actions = step(self.session, event, FLOWS)
        return self.said

    @property
    def said(self) -> list[str]:
        return [f"{a.prompt}:{a.variant}" if a.variant != "ask" else a.prompt for a in self.says]

    @property
    def says(self) -> list[Say]:
        return [action for action in self.actions if isinstance(action, Say)]

    @property
    def listens(self) -> Listen:
        assert isinstance(self.actions[-1], Listen), self.actions[-1]
        return self.actions[-1]

    def start(self, channel: str = "voice", **more: object) -> list[str]:
        return self.send(Started(self._id(), self.at, channel, **more))  # type: ignore[arg-type]

    def says_intent(
        self, intent: str, certainty: Certainty = "sure", *others: Candidate, **more: Any
    ) -> list[str]:
        alternatives = (Candidate(intent, 0.9), *others)
        meaning = Meaning("…", intent, 1.0, certainty, alternatives, **more)
        return self.send(Heard(self._id(), self.at, meaning))

    def says_value(
        self, value: Value, certainty: Certainty = "sure", second: Value | None = None
    ) -> list[str]:
        meaning = Meaning("…", value=value, certainty=certainty, second=second)
        return self.send(Heard(self._id(), self.at, meaning))

    def says_danger(self, danger: str, certainty: Certainty = "sure") -> list[str]:
        return self.send(Heard(self._id(), self.at, Meaning("…", danger=danger, certainty=certainty)))

    def says_nothing_clear(self, **more: Any) -> list[str]:
        return self.send(Heard(self._id(), self.at, Meaning("blabla", **more)))

    def presses(self, digits: str) -> list[str]:
        return self.send(Pressed(self._id(), self.at, digits))

    def is_silent(self) -> list[str]:
        return self.send(StayedSilent(self._id(), self.at))

    def _id(self) -> str:
        self.at += 1
        return f"e{self.at}"
