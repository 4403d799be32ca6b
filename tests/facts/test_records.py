"""Facts as records: what stands in the file, and whether it can still be relied on."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.facts.records import SHAPE, Fact, doubtful, read_facts, standing
from voicebot.packaged import PROMPTS
from voicebot.prompts.load import read_prompts


def fact(**fields: object) -> Fact:
    written = {
        "value": "25 ans",
        "sentence": "Le RSA commence à 25 ans.",
        "source": {"publisher": "service-public.fr", "page": "RSA", "fiche": "F19778"},
        "seen": 2025,
        "verified_on": None,
        "review_by": "2027-05-01",
        **fields,
    }
    return SHAPE.validate_python({"one": written})["one"]


def test_the_shipped_facts_are_sound_and_each_names_the_sentences_that_state_it() -> None:
    facts, _, wrong = read_facts()
    assert wrong == ()
    assert len(facts) >= 30
    said = {id for entry in read_prompts(PROMPTS).entries.values() for id in entry.facts}
    assert [id for id, one in facts.items() if id not in said and not (one.prompts and one.words)] == []


def test_what_costs_money_expires() -> None:
    facts, _, _ = read_facts()
    assert [id for id, one in facts.items() if "euro" in one.value and one.expires is None] == []


def test_a_folder_without_the_file_has_no_facts(tmp_path: Path) -> None:
    assert read_facts(tmp_path / "facts.yaml") == ({}, None, ())


def test_a_mistake_is_told_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "facts.yaml"
    path.write_text("rsa_age:\n  value: 25 ans\n", encoding="utf-8")
    _, _, wrong = read_facts(path)
    assert "facts.yaml:1: il manque « sentence »" in "\n".join(map(str, wrong))


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (fact(), "unverified"),
        (fact(verified_on="2026-11-01"), "good"),
        (fact(verified_on="2026-11-01", review_by="2026-11-28"), "to_review"),
        (fact(verified_on="2026-11-01", expires="2026-11-27"), "expired"),
        (fact(verified_on="2026-11-01", expires="2026-11-28"), "good"),
    ],
)
def test_a_fact_is_good_until_it_is_to_be_reviewed_or_has_expired(written: Fact, told: str) -> None:
    assert standing(written, date(2026, 11, 28)) == told


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (fact(seen=2025, kind="price"), False),
        (fact(seen=2024, kind="price"), True),
        (fact(seen=2024, kind="deadline"), False),
        (fact(seen=2023, kind="deadline"), True),
        (fact(seen=2022, kind="deadline"), True),
        (fact(seen=2022, kind="deadline", verified_on="2026-11-01"), False),
        (fact(seen=None), True),
    ],
)
def test_a_fact_is_told_with_care_when_nobody_verified_it_for_longer_than_its_kind_allows(
    written: Fact, told: bool
) -> None:
    assert doubtful(written, date(2026, 11, 28)) == told
