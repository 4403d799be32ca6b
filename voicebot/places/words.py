"""The wording for places (words.yaml): column names of CSV files, and how hours and distances are said."""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict

from voicebot.datafile import raise_if_any, read, validate
from voicebot.packaged import packaged

_FILE = packaged("places", "fr", "words.yaml")


class PlaceWords(BaseModel):
    """The whole file, which explains each name next to its value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    list_columns: dict[str, str]
    list_days: tuple[str, ...]
    list_kind: str
    local_columns: dict[str, str]
    kinds: tuple[str, ...]
    days: tuple[str, str, str, str, str, str, str]
    today: str
    tomorrow: str
    noon: str
    hour: str
    hour_minutes: str
    span: str
    and_: str
    open_now: str
    open_later: str
    free_hours: str
    unknown_hours: str
    very_near: str
    one_km: str
    many_km: str
    texted: dict[str, str]

    def written(self) -> PlaceWords:
        """The shorter wording of texts."""
        return self.model_copy(update=self.texted)


@cache
def place_words() -> PlaceWords:
    """The words, read once. Raises DataError if the file is invalid."""
    words, findings = validate(read(_FILE), PlaceWords.model_validate)
    raise_if_any(findings)
    assert words is not None
    return words
