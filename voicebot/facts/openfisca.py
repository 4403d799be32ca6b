"""What OpenFisca says of a fact: its parameter files are read as data, its AGPL code is never imported.

Source of the format: openfisca.org/doc, "Legislation parameters"; a YAML file with dated values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from voicebot.datafile import read
from voicebot.facts.records import Fact

PACKAGE = "openfisca-france"


@dataclass(frozen=True)
class Compared:
    """A fact against its parameter: `found` is the value in force there, None when there is no such value."""

    id: str
    expected: float
    found: float | None

    @property
    def agrees(self) -> bool:
        """Whether both say the same."""
        return self.found == self.expected


def parameters() -> Path | None:
    """The folder of parameters of the installed package, None when it is not installed."""
    try:
        found = distribution(PACKAGE)
    except PackageNotFoundError:
        return None
    return Path(str(found.locate_file("openfisca_france"))) / "parameters"


def compare(facts: Mapping[str, Fact], folder: Path, today: date) -> Iterator[Compared]:
    """Every fact that names a parameter against the value in force there on `today`."""
    for id, fact in facts.items():
        if fact.check:
            path = folder / f"{fact.check.parameter}.yaml"
            yield Compared(id, fact.check.value, value_on(path, today))


def value_on(path: Path, today: date) -> float | None:
    """The value in force on `today` in one parameter file, None when there is none."""
    data = read(path).data
    dated = data.get("values") if isinstance(data, dict) else None
    if not isinstance(dated, dict):
        return None
    begun = [day for day in map(str, dated) if day <= today.isoformat()]
    value = dated[max(begun)].get("value") if begun else None
    return float(value) if isinstance(value, int | float) else None
