"""The grid of the digital needs check, read from grid.yaml, and what it concludes from a person's answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, TypeAdapter

from voicebot import datafile
from voicebot.dialogue.meaning import NO, YES, Value
from voicebot.packaged import packaged

#: From the most at ease with digital services to the least.
LEVELS: Final = ("autonome", "accompagne", "eloigne")
LEVEL: Final = "bilan_niveau"
NEEDS: Final = ("bilan_materiel", "bilan_formation", "bilan_lieu")
#: The lookup with the slots it fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {"bilan": (LEVEL, *NEEDS)}
GRID: Final = packaged("assessment", "grid.yaml")


class _GridFile(BaseModel):
    """grid.yaml: points by question and answer, where each level begins, the answers that show a need."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    levels: dict[str, int]
    points: dict[str, dict[str, int]]
    needs: dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Grid:
    """How answers (slots) are weighed."""

    levels: Mapping[str, int]
    points: Mapping[str, Mapping[str, int]]
    needs: Mapping[str, Mapping[str, tuple[str, ...]]]

    def result(self, slots: Mapping[str, Value]) -> dict[str, Value]:
        """The level, and "yes" or "no" for each need. Unanswered questions do not count."""
        points = sum(worth.get(str(slots.get(question)), 0) for question, worth in self.points.items())
        level = max((at, name) for name, at in self.levels.items() if points >= at)[1]
        needs = {name: YES if _shown(answers, slots) else NO for name, answers in self.needs.items()}
        return {LEVEL: level, **needs}

    @property
    def questions(self) -> tuple[str, ...]:
        """The slots that it reads."""
        return tuple(self.points)


@cache
def load_grid(path: Path = GRID) -> Grid:
    """The grid in `path`. Raises DataError naming the file and line of any mistake."""
    shaped, findings = datafile.validate(datafile.read(path), TypeAdapter(_GridFile).validate_python)
    datafile.raise_if_any(findings)
    assert shaped is not None
    return Grid(shaped.levels, shaped.points, shaped.needs)


def _shown(answers: Mapping[str, tuple[str, ...]], slots: Mapping[str, Value]) -> bool:
    return any(slots.get(question) in shown for question, shown in answers.items())
