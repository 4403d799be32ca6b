"""The households computed by hand: well formed, and a difference is seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rights.test_calculator import OpenFisca, calculator
from voicebot.errors import DataError
from voicebot.rights.cases import Checked, check, read_cases


def test_there_are_twelve_by_hand_and_some_that_openfisca_publishes() -> None:
    cases = read_cases()
    assert len([case for case in cases if case.month == "2026-11"]) == 12
    assert len([case for case in cases if case.month < "2020"]) >= 3


async def test_a_case_is_compared_with_what_openfisca_says() -> None:
    alone = read_cases()[0].model_copy(update={"expected": {"rsa": 573.49}})
    found = [each async for each in check(calculator(OpenFisca()), (alone,))]
    assert [each.differing for each in found] == [()]


@pytest.mark.parametrize(
    ("found", "differing"), [({"rsa": 573.5}, ()), ({"rsa": 600.0}, ("rsa",)), ({}, ("rsa",))]
)
def test_more_than_rounding_differs(found: dict[str, float], differing: tuple[str, ...]) -> None:
    alone = read_cases()[0].model_copy(update={"expected": {"rsa": 573.49}})
    assert Checked(alone, found).differing == differing


def test_a_mistake_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text("by_hand:\n  - {name: x, month: soon, household: {}, expected: {}}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"cases\.yaml:2"):
        read_cases(path)
