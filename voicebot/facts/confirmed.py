"""Which person verified which fact, and on which day: kept beside the service, laid over the records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from voicebot.errors import DataError
from voicebot.facts.records import Fact


@dataclass(frozen=True)
class Confirmation:
    """`by` verified the fact `id` with its source on the day `on` (ISO)."""

    id: str
    by: str
    on: str


def confirm(folder: Path, facts: Mapping[str, Fact], id: str, by: str, on: date) -> Confirmation:
    """Keep that `by` verified the fact `id` on the day `on`. Raises DataError: unknown fact, no name."""
    if id not in facts:
        raise DataError(f"expected the id of a fact, got {id!r}; `voicebot facts list` shows them")
    if not by.strip():
        raise DataError("--by: expected the name of the person who verified it, got none")
    made = Confirmation(id, by.strip(), on.isoformat())
    folder.mkdir(parents=True, exist_ok=True)
    with _path(folder).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made), ensure_ascii=False) + "\n")
    return made


def confirmations(folder: Path) -> tuple[Confirmation, ...]:
    """All that was confirmed, the oldest first. Raises DataError for a file that is not ours."""
    if not _path(folder).exists():
        return ()
    try:
        lines = _path(folder).read_text(encoding="utf-8").splitlines()
        return tuple(Confirmation(**json.loads(line)) for line in lines)
    except (ValueError, TypeError) as error:
        raise DataError(f"{_path(folder)}: expected one confirmation a line, got {error}") from error


def with_confirmations(facts: Mapping[str, Fact], made: tuple[Confirmation, ...]) -> dict[str, Fact]:
    """The records with the day of the latest confirmation, where that is later than their own."""
    latest = {each.id: date.fromisoformat(each.on) for each in sorted(made, key=lambda each: each.on)}
    return {
        id: fact.model_copy(update={"verified_on": latest[id]})
        if id in latest and (fact.verified_on is None or fact.verified_on < latest[id])
        else fact
        for id, fact in facts.items()
    }


def _path(folder: Path) -> Path:
    return folder / "confirmed.jsonl"
