"""`voicebot facts`: what is listed, what is out of date, what a person verified, what has changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.test_archive import archive, fiche
from voicebot.cli import main


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICEBOT_VAR", str(tmp_path / "var"))


def test_expired_facts_and_those_to_be_verified_again_are_out_of_date(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["facts", "stale", "--on", "2026-11-28"]) == 0
    assert main(["facts", "stale", "--on", "2027-01-20"]) == 1
    told = capsys.readouterr().out
    assert "sejour_taxe: expired" in told
    assert "handicap_silence: to review" in told


def test_a_changed_fiche_is_told_until_a_person_verified_the_fact(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = archive(tmp_path / "a.zip", F19778=fiche("2026-11-02"))
    assert main(["facts", "check", "--archive", str(path)]) == 1
    told = capsys.readouterr().out
    assert "verified by nobody: rsa_age" in told
    assert "rsa_age: fiche F19778 changed on 2026-11-02" in told
    for id in ("rsa_age", "rsa_titre_sejour", "rsa_europe", "caf_recours"):
        assert main(["facts", "confirm", id, "--by", "Amina"]) == 0
    assert main(["facts", "check", "--archive", str(path)]) == 0
    assert "changed on" not in capsys.readouterr().out
    assert main(["facts", "list"]) == 0


def test_a_fact_that_does_not_exist_cannot_be_confirmed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["facts", "confirm", "nothing", "--by", "Amina"]) == 2
    assert "voicebot facts list" in capsys.readouterr().err
