"""The record of one turn, for whoever watches a conversation or takes it over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from voicebot.dialogue.event import Channel
from voicebot.dialogue.session import Place

#: 1: `asked` was the name of a step without its flow. 2: it is a place.
VERSION = 2


@dataclass(frozen=True)
class TurnRecord:
    """One turn, redacted.

    `turn` counts from 1; `at` is in Unix seconds. `event` names what happened (`Heard`, `Pressed` …); `heard`
    is what the person said, `confidence` of the recognizer, `intent`, `value` and `certainty` what it was
    understood as. `asked` is the question that it answers, `place` where the conversation stands after it,
    `pending` the kind of a question of the engine's own. `prompt` is the prompt that asks now, `text`
    everything that was said. `result` is why the conversation ended; `ticket` and `sms` are the ids of what
    the turn caused. `danger` is the class of the danger that was heard, `pressed` the keys that were an
    answer.
    """

    turn: int
    at: float
    """Unix seconds."""
    event: str
    channel: Channel
    status: str
    heard: str = ""
    confidence: float = 1.0
    intent: str = "aucun"
    value: str | None = None
    certainty: str = "none"
    asked: Place | None = None
    place: Place | None = None
    pending: str | None = None
    prompt: str | None = None
    text: str = ""
    result: str | None = None
    ticket: str | None = None
    sms: str | None = None
    danger: str | None = None
    pressed: str = ""

    @property
    def flow(self) -> str | None:
        """The flow of `place`."""
        return self.place.flow if self.place else None

    @property
    def step(self) -> str | None:
        """The step of `place`."""
        return self.place.step if self.place else None

    @property
    def is_lost(self) -> bool:
        """Whether the person spoke and was not understood."""
        return self.event == "Heard" and self.certainty == "none" and self.value is None

    def plain(self) -> dict[str, Any]:
        """The JSON-ready form that is stored."""
        places = {"asked": _plain_place(self.asked), "place": _plain_place(self.place)}
        return {"version": VERSION, **asdict(self), **places}

    def shown(self) -> dict[str, Any]:
        """One line for people and programs that watch: `flow` and `step` instead of the place."""
        asked = f"{self.asked.flow}.{self.asked.step}" if self.asked else None
        plain = {name: value for name, value in asdict(self).items() if name != "place"}
        return {**plain, "asked": asked, "flow": self.flow, "step": self.step}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> TurnRecord:
        """The inverse of `plain`, for records of every version."""
        fields = dict(plain)
        if fields.pop("version", 1) == 1:
            fields = _from_version_1(fields)
        for name in ("asked", "place"):
            fields[name] = Place(*fields[name]) if fields[name] else None
        return cls(**fields)


def _plain_place(place: Place | None) -> list[str] | None:
    return [place.flow, place.step, place.part] if place else None


def _from_version_1(plain: dict[str, Any]) -> dict[str, Any]:
    """The question's flow was not kept; nearly always it is the one in which the conversation went on."""
    flow, step, asked = plain.pop("flow"), plain.pop("step"), plain.pop("asked")
    return {
        **plain,
        "place": [flow, step] if flow and step else None,
        "asked": [flow, asked] if flow and asked else None,
    }
