"""A fact against its parameter, in files of the form that OpenFisca publishes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.facts.test_records import fact
from voicebot.facts import openfisca
from voicebot.facts.openfisca import Compared, compare, value_on

AMOUNT = """\
description: Montant de base du RSA
values:
  2025-04-01:
    value: 646.52
  2026-04-01:
    value: 651.69
  2099-04-01:
    value: 1
metadata:
  unit: currency
"""


@pytest.mark.parametrize(
    ("day", "value"), [(date(2026, 11, 28), 651.69), (date(2026, 3, 31), 646.52), (date(2020, 1, 1), None)]
)
def test_the_value_in_force_on_the_day_counts(tmp_path: Path, day: date, value: float | None) -> None:
    path = tmp_path / "montant.yaml"
    path.write_text(AMOUNT, encoding="utf-8")
    assert value_on(path, day) == value


def test_facts_that_name_a_parameter_are_compared_and_a_missing_one_is_seen(tmp_path: Path) -> None:
    (tmp_path / "montant.yaml").write_text(AMOUNT, encoding="utf-8")
    facts = {
        "right": fact(check={"parameter": "montant", "value": 651.69}),
        "old": fact(check={"parameter": "montant", "value": 646.52}),
        "gone": fact(check={"parameter": "moved/away", "value": 1}),
        "unchecked": fact(),
    }
    found = list(compare(facts, tmp_path, date(2026, 11, 28)))
    assert found == [
        Compared("right", 651.69, 651.69),
        Compared("old", 646.52, 651.69),
        Compared("gone", 1, None),
    ]
    assert [each.agrees for each in found] == [True, False, False]


def test_the_code_of_openfisca_is_never_imported() -> None:
    source = Path(openfisca.__file__).parents[1]
    assert not [path for path in source.rglob("*.py") if "import openfisca_" in path.read_text("utf-8")]


def test_without_the_package_there_are_no_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openfisca, "PACKAGE", "openfisca-of-nowhere")
    assert openfisca.parameters() is None
