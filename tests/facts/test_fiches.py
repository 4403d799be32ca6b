"""What a person should look at, the most urgent first, with the words of the source before and now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.facts.test_archive import archive, fiche
from tests.facts.test_records import fact
from voicebot.facts.fiches import keep_words, to_confirm

TODAY = date(2026, 11, 28)


def test_what_changed_comes_first_then_what_expired_then_what_nobody_verified(tmp_path: Path) -> None:
    archive(tmp_path / "vosdroits.zip", F19778=fiche("2026-11-02"))
    other = {"publisher": "caf.fr", "page": "RSA"}
    facts = {
        "good": fact(source=other, verified_on="2026-11-01"),
        "nobody": fact(source=other),
        "old": fact(source=other, expires="2026-11-01"),
        "changed": fact(verified_on="2026-11-01"),
    }
    found = to_confirm(facts, tmp_path, TODAY)
    assert [each.id for each in found] == ["changed", "old", "nobody"]
    assert (found[0].before, found[0].modified) == ("Le RSA commence à 25 ans.", date(2026, 11, 2))
    assert "25 ans" in found[0].after


def test_the_words_kept_at_the_last_confirmation_are_the_old_ones(tmp_path: Path) -> None:
    archive(tmp_path / "vosdroits.zip", F19778=fiche("2026-11-02"))
    one = fact(verified_on="2026-11-01")
    keep_words(tmp_path, one, "Vous devez avoir 24 ans.")
    (found,) = to_confirm({"one": one}, tmp_path, TODAY)
    assert found.before == "Vous devez avoir 24 ans."


def test_a_fact_without_a_fiche_keeps_no_words(tmp_path: Path) -> None:
    keep_words(tmp_path, fact(source={"publisher": "caf.fr", "page": "RSA"}), "…")
    assert not (tmp_path / "fiches").exists()
