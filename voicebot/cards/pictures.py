"""Which picture stands beside what: pictures.yaml says it for procedures, papers, and the words of a line."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from voicebot.datafile import raise_if_any, read, validate

FOLDER = Path(__file__).parent
_ICONS = FOLDER / "icons"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Look(_Strict):
    """How the card of a procedure looks: its picture, its colour as #rrggbb, dark enough for white print."""

    picture: str
    colour: str = Field(pattern=r"^#[0-9a-f]{6}$")


class Pictures(_Strict):
    """pictures.yaml. In `words` the first picture wins of which one word begins a word of the line."""

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
        """The picture of a paper of documents.yaml."""
        return self.papers.get(document, self.unknown_paper)

    def of(self, text: str) -> str:
        """The picture of a line, by its words."""
        lower = text.lower()
        for picture, words in self.words.items():
            if any(re.search(rf"\b{re.escape(word)}", lower) for word in words):
                return picture
        return self.unknown_line

    @property
    def used(self) -> frozenset[str]:
        """Every picture that is named."""
        looks = {look.picture for look in (*self.procedures.values(), self.unknown_procedure)}
        return frozenset({*looks, *self.papers.values(), *self.words, self.unknown_paper, self.unknown_line})


@cache
def pictures() -> Pictures:
    """The pictures that are shipped. Raises DataError."""
    found, findings = validate(read(FOLDER / "fr" / "pictures.yaml"), Pictures.model_validate)
    raise_if_any(findings)
    assert found  # else there is a finding
    return found


@cache
def icon(name: str) -> str:
    """A picture as SVG, drawn in the colour of the text around it (`currentColor`)."""
    return (_ICONS / f"{name}.svg").read_text(encoding="utf-8")
