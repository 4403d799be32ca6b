"""A person verifies a fact with its source: name and day are kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.facts.test_records import fact
from voicebot.errors import DataError
from voicebot.facts import confirm, confirmations, with_confirmations

FACTS = {"rsa_age": fact(), "prime_age": fact(verified_on="2026-11-20")}


def test_the_latest_confirmation_is_the_day_of_the_fact(tmp_path: Path) -> None:
    confirm(tmp_path, FACTS, "rsa_age", "Amina", date(2026, 11, 28))
    confirm(tmp_path, FACTS, "rsa_age", "Paul", date(2026, 11, 12))
    confirm(tmp_path, FACTS, "prime_age", "Paul", date(2026, 11, 12))
    first, *_ = confirmations(tmp_path)
    assert (first.by, first.on) == ("Amina", "2026-11-28")
    told = with_confirmations(FACTS, confirmations(tmp_path))
    assert told["rsa_age"].verified_on == date(2026, 11, 28)
    assert told["prime_age"].verified_on == date(2026, 11, 20)


@pytest.mark.parametrize(("id", "by", "told"), [("rsa", "Amina", "'rsa'"), ("rsa_age", " ", "--by")])
def test_an_unknown_fact_or_nobody_is_refused(tmp_path: Path, id: str, by: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        confirm(tmp_path, FACTS, id, by, date(2026, 11, 28))
    assert confirmations(tmp_path) == ()


def test_a_file_that_is_not_ours_is_told(tmp_path: Path) -> None:
    (tmp_path / "confirmed.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(DataError, match="one confirmation a line"):
        confirmations(tmp_path)
