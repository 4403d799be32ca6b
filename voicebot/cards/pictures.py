"""Which pictogram goes with what: pictures.yaml decides for procedures, papers, and the words of a line."""

from __future__ import annotations

import re
from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from voicebot.datafile import raise_if_any, read, validate
from voicebot.packaged import packaged

FOLDER = packaged("cards")
_ICONS = FOLDER / "icons"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Look(_Strict):
    """The look of a procedure's card: its pictogram and its colour as #rrggbb, dark enough for white text."""

    picture: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")


class Pictures(_Strict):
    """pictures.yaml. In `words`, a line gets the first pictogram one of whose words begins a word of it."""

    unknown_procedure: Look
    unknown_paper: str
    unknown_line: str
    procedures: dict[str, Look]
    papers: dict[str, str]
    words: dict[str, tuple[str, ...]]

    def look(self, procedure: str) -> Look:
        """The look of a procedure."""
        return self.procedures.get(procedure, self.unknown_procedure)

    def paper(self, document: str) -> str:
        """The pictogram of a paper in documents.yaml."""
        return self.papers.get(document, self.unknown_paper)

    def of(self, text: str) -> str:
        """The pictogram of a line, chosen by its words."""
        lower = text.lower()
        for picture, words in self.words.items():
            if any(re.search(rf"\b{re.escape(word)}", lower) for word in words):
                return picture
        return self.unknown_line

    @property
    def used(self) -> frozenset[str]:
        """Every pictogram that is named."""
        looks = {look.picture for look in (*self.procedures.values(), self.unknown_procedure)}
        return frozenset({*looks, *self.papers.values(), *self.words, self.unknown_paper, self.unknown_line})


@cache
def pictures() -> Pictures:
    """The packaged pictograms. Raises DataError."""
    found, findings = validate(read(FOLDER / "fr" / "pictures.yaml"), Pictures.model_validate)
    raise_if_any(findings)
    assert found  # otherwise there is a finding
    return found


@cache
def icon(name: str) -> str:
    """A pictogram as SVG, drawn in the colour of the surrounding text (`currentColor`)."""
    return (_ICONS / f"{name}.svg").read_text(encoding="utf-8")
