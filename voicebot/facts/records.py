"""Facts as records: one file with value, sentence, source and dates of each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from voicebot.datafile import DataFile, Finding, read, validate

FACTS: Final = Path(__file__).with_name("facts.yaml")
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Standing = Literal["good", "unverified", "to_review", "expired"]
Kind = Literal["price", "deadline", "rule"]
#: Months for which a fact of each kind may be told plainly after somebody last read or verified it.
TRUSTED_MONTHS: Final[Mapping[Kind, int]] = {"price": 12, "deadline": 24, "rule": 36}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Strict):
    """Where the fact is stated: `fiche` is the id of service-public's page, F19778, where it has one."""

    publisher: str
    page: str
    fiche: Annotated[str, Field(pattern=r"^[FNR]\d+$")] | None = None


class Parameter(_Strict):
    """The same fact in OpenFisca: the path below `parameters/`, and the value it must have there."""

    parameter: str
    value: float


class Fact(_Strict):
    """One fact. `value` is what sentences say for `{fact:id}`, `short` what they write for `{fact:id.short}`.

    `words` are how its value stands in the sentences named by `prompts` that say it in their own way.
    `ask` is who can verify it, as sentences name them.
    `seen` is the year in which we read it, `verified_on` the day on which a person verified it; after
    `expires` it is not stated any more, and from `review_by` on it wants to be verified again.
    """

    value: str
    short: str | None = None
    kind: Kind = "rule"
    ask: str = "le service"
    sentence: str
    source: Source
    seen: int | None
    verified_on: date | None
    review_by: date
    expires: date | None = None
    check: Parameter | None = None
    words: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


SHAPE: TypeAdapter[dict[str, Fact]] = TypeAdapter(dict[Name, Fact])


def read_facts(path: Path = FACTS) -> tuple[dict[str, Fact], DataFile | None, tuple[Finding, ...]]:
    """The records in a file by id, that file, and what is wrong with it. No file, no records."""
    if not path.exists():
        return {}, None, ()
    file = read(path)
    facts, wrong = validate(file, SHAPE.validate_python)
    return facts or {}, file, wrong


def doubtful(fact: Fact, today: date) -> bool:
    """Whether nobody read or verified the fact for longer than its kind allows: it is told with care."""
    known = fact.verified_on or (date(fact.seen, 12, 31) if fact.seen else None)
    if known is None:
        return True
    months = (today.year - known.year) * 12 + today.month - known.month
    return months >= TRUSTED_MONTHS[fact.kind]


def standing(fact: Fact, today: date) -> Standing:
    """Whether the fact can be relied on: expired, to be verified again, never verified, or good."""
    if fact.expires and fact.expires < today:
        return "expired"
    if fact.review_by <= today:
        return "to_review"
    return "good" if fact.verified_on else "unverified"
