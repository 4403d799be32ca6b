"""When somebody wants to be called back: the half day that a request names, a choice of the flow `rappel`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from voicebot import datafile
from voicebot.nlu.entities.answers import phrases
from voicebot.nlu.normalise import plain
from voicebot.packaged import packaged

_FILE: Final = packaged("nlu", "fr", "moments.yaml")
_NOON: Final = 12
_TODAY: Final = "this"


class _Words(BaseModel):
    """moments.yaml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    parts: dict[str, tuple[str, ...]]
    days: dict[str, tuple[str, ...]]
    hours: tuple[str, ...]


_SHAPE: Final = TypeAdapter(_Words)


@dataclass(frozen=True)
class Moments:
    """Only `wished` is used."""

    parts: dict[str, re.Pattern[str]]
    days: dict[str, re.Pattern[str]]
    hour: re.Pattern[str]

    @classmethod
    def load(cls, path: Path = _FILE) -> Moments:
        """Read the words. Raises DataError."""
        words, findings = datafile.validate(datafile.read(path), _SHAPE.validate_python)
        datafile.raise_if_any(findings)
        assert words
        units = "|".join(map(re.escape, words.hours))
        return cls(
            {name: phrases(said) for name, said in words.parts.items()},
            {name: phrases(said) for name, said in words.days.items()},
            re.compile(rf"\b([01]?\d|2[0-3]) ?(?:{units})(?:\d\d)?\b"),
        )

    def wished(self, text: str) -> str | None:
        """The half day, as "tomorrow_morning"; None if no time is named.

        A day without a part is its morning, an hour without a day the next such half day: "this_afternoon".
        """
        words = plain(text)
        day = next((name for name, said in self.days.items() if said.search(words)), None)
        part = self._part(words)
        if day is None and part is None:
            return None
        return f"{day or _TODAY}_{part or 'morning'}"

    def _part(self, words: str) -> str | None:
        hour = self.hour.search(words)
        if hour:
            return "morning" if int(hour[1]) < _NOON else "afternoon"
        without = re.sub(r"\bapres midi\b", "aprem", words)
        return next((name for name, said in self.parts.items() if said.search(without)), None)
