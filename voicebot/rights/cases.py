"""Households whose benefits are known, and whether OpenFisca computes the same for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from voicebot import datafile
from voicebot.packaged import packaged
from voicebot.rights.calculator import Calculator
from voicebot.rights.household import Household

CASES: Final = packaged("rights", "cases.yaml")
#: Euros: OpenFisca rounds at other places than a person with paper does.
_TOLERANCE: Final = 0.02


class Case(BaseModel):
    """A household in a month ("2026-11"), and what it is `expected` to get of some benefits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    household: Household
    expected: dict[str, float]


@dataclass(frozen=True)
class Checked:
    """What OpenFisca computed for a case; `differing` are the benefits that it computes otherwise."""

    case: Case
    found: dict[str, float]

    @property
    def differing(self) -> tuple[str, ...]:
        """The benefits that differ by more than rounding."""
        return tuple(
            name
            for name, euros in self.case.expected.items()
            if abs(self.found.get(name, -1.0) - euros) > _TOLERANCE
        )


def read_cases(path: Path = CASES) -> tuple[Case, ...]:
    """All cases of a file. Raises DataError naming the line of any mistake."""
    shape = TypeAdapter(dict[str, list[Case]])
    shaped, findings = datafile.validate(datafile.read(path), shape.validate_python)
    datafile.raise_if_any(findings)
    return tuple(case for cases in (shaped or {}).values() for case in cases)


async def check(calculator: Calculator, cases: tuple[Case, ...]) -> AsyncIterator[Checked]:
    """Each case, computed. Raises httpx.HTTPError when OpenFisca is not reached."""
    for case in cases:
        yield Checked(case, await calculator.amounts(case.household, case.month))
