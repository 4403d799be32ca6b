"""The words of each fiche as they were when a person last confirmed what rests on it: a text file each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from voicebot.facts.archive import Changed, changed
from voicebot.facts.records import Fact, Standing, standing

#: Where `voicebot facts check --fetch` leaves the archive, in the folder of facts.
ARCHIVE: Final = "vosdroits.zip"
_FOLDER: Final = "fiches"


@dataclass(frozen=True)
class ToConfirm:
    """A fact that wants a person: `before` is what the source said, `after` what it says now, "" if unknown.

    `before` is our own sentence where the source's words were never kept.
    """

    id: str
    fact: Fact
    standing: Standing
    before: str
    after: str = ""
    modified: date | None = None


def to_confirm(facts: Mapping[str, Fact], folder: Path, today: date) -> tuple[ToConfirm, ...]:
    """What a person should look at: changed fiches first, then expired facts, then what nobody verified.

    Raises DataError for an archive that is none.
    """
    archive = folder / ARCHIVE
    new = {each.id: each for each in changed(facts, archive)} if archive.exists() else {}
    found = [_to_confirm(id, fact, folder, today, new.get(id)) for id, fact in facts.items()]
    return tuple(
        sorted((each for each in found if each.after or each.standing != "good"), key=_most_urgent_first)
    )


def keep_words(folder: Path, fact: Fact, words: str) -> None:
    """Keep the words of the fact's fiche, to show beside what it says the next time it changes."""
    if fact.source.fiche and words:
        path = folder / _FOLDER / f"{fact.source.fiche}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")


def kept_words(folder: Path, fact: Fact) -> str:
    """The words of its fiche when it was last confirmed, "" if they were not kept."""
    path = folder / _FOLDER / f"{fact.source.fiche}.txt"
    return path.read_text(encoding="utf-8") if fact.source.fiche and path.exists() else ""


def _to_confirm(id: str, fact: Fact, folder: Path, today: date, new: Changed | None) -> ToConfirm:
    before = kept_words(folder, fact) or fact.sentence
    if new is None:
        return ToConfirm(id, fact, standing(fact, today), before)
    return ToConfirm(id, fact, standing(fact, today), before, new.text, new.modified)


def _most_urgent_first(each: ToConfirm) -> tuple[bool, int]:
    return not each.after, ("expired", "to_review", "unverified", "good").index(each.standing)
