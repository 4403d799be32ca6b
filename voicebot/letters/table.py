"""The table of letters (letters.yaml): twenty senders by ten kinds, with urgency and deadline of each."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from voicebot import datafile
from voicebot.errors import DataError
from voicebot.packaged import packaged

TABLE: Final = packaged("letters", "letters.yaml")
#: The key under `leads` for every kind of letter that has no line of its own.
ANY: Final = "any"
Urgency = Literal["today", "soon", "calm"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Deadline(_Strict):
    """A legal time limit: exactly one of `days`, `weeks`, `months`, and how it is said (`words`)."""

    days: int = 0
    weeks: int = 0
    months: int = 0
    words: str
    source: str
    seen: int | None
    verified_on: date | None

    @model_validator(mode="after")
    def _one_length(self) -> Deadline:
        if sum(bool(length) for length in (self.days, self.weeks, self.months)) != 1:
            raise PydanticCustomError("one_length", "exactly one of days, weeks, months")
        return self

    def end(self, start: date) -> date:
        """The last day, counted from `start`. A month that is too short ends on its last day."""
        months = start.month - 1 + self.months
        year, month = start.year + months // 12, months % 12 + 1
        day = min(start.day, calendar.monthrange(year, month)[1])
        return date(year, month, day) + timedelta(days=self.days, weeks=self.weeks)


class Sender(_Strict):
    """Who writes: whom to call about it (`who`, at `number`), and per kind of letter what differs.

    `leads` names the procedure that goes on from there.
    """

    who: str
    number: str = ""
    deadlines: dict[Name, Name] = {}
    urgent: tuple[Name, ...] = ()
    leads: dict[Name, Name] = {}


class _TableFile(_Strict):
    deadlines: dict[Name, Deadline]
    kinds: dict[Name, Urgency]
    senders: dict[Name, Sender]


@dataclass(frozen=True)
class Letter:
    """What follows for one letter. `who` to call and the `leads` may be "": then nobody is known."""

    urgency: Urgency
    deadline: Deadline | None = None
    who: str = ""
    number: str = ""
    leads: str = ""


@dataclass(frozen=True)
class Table:
    """All senders and kinds."""

    deadlines: Mapping[str, Deadline]
    kinds: Mapping[str, Urgency]
    senders: Mapping[str, Sender]

    def letter(self, sender: str, kind: str) -> Letter:
        """What follows; an unknown sender or kind leaves what depends on it open."""
        urgency = self.kinds.get(kind, "soon")
        known = self.senders.get(sender)
        if known is None:
            return Letter(urgency)
        deadline = self.deadlines.get(known.deadlines.get(kind, ""))
        leads = known.leads.get(kind, known.leads.get(ANY, ""))
        return Letter("today" if kind in known.urgent else urgency, deadline, known.who, known.number, leads)

    def rows(self) -> Iterator[tuple[str, str, Letter]]:
        """Every sender with every kind, in the order of the file."""
        return ((sender, kind, self.letter(sender, kind)) for sender in self.senders for kind in self.kinds)


@cache
def load_table(path: Path = TABLE) -> Table:
    """The table in `path`. Raises DataError naming the file and line of any mistake."""
    shaped, findings = datafile.validate(datafile.read(path), _TableFile.model_validate)
    datafile.raise_if_any(findings)
    assert shaped is not None
    for name, sender in shaped.senders.items():
        kinds = {*sender.deadlines, *sender.urgent, *sender.leads} - {ANY}
        unknown = (kinds - set(shaped.kinds)) | (set(sender.deadlines.values()) - set(shaped.deadlines))
        if unknown:
            raise DataError(f"{path}: {name}: expected known kinds and deadlines, got {sorted(unknown)}")
    return Table(shaped.deadlines, shaped.kinds, shaped.senders)
