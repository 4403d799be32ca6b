"""The page of facts: what changed at its source, old and new, and who confirms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console.conftest import Browser, Hire, OpenBrowser
from tests.facts.test_archive import archive, fiche
from voicebot.console.desk import Desk
from voicebot.facts import confirmations

CHANGED = "Vous devez avoir 25 ans."


@pytest.fixture
def desk(desk: Desk, tmp_path: Path) -> Desk:
    return replace(desk, facts=tmp_path / "facts")


@pytest.fixture
async def hers(browser: OpenBrowser, hire: Hire) -> AsyncIterator[Browser]:
    chief = await hire("Chantal Roy", "administrator")
    async with browser() as hers:
        await hers.sign_in(chief.email)
        yield hers


async def test_a_changed_fiche_is_shown_beside_what_we_say_and_confirmed_by_name(
    hers: Browser, desk: Desk
) -> None:
    desk.facts.mkdir()
    archive(desk.facts / "vosdroits.zip", F19778=fiche("2026-11-02"))
    await hers.open("/faits")
    assert CHANGED in hers.page.text
    assert "Le RSA commence à 25 ans" in hers.page.text
    await hers.send("/faits/rsa_age/confirm")
    assert "le fait est vérifié" in hers.page.text
    assert [(each.id, each.by) for each in confirmations(desk.facts)] == [("rsa_age", "Chantal Roy")]
    assert CHANGED in (desk.facts / "fiches" / "F19778.txt").read_text(encoding="utf-8")


async def test_without_an_archive_what_nobody_verified_is_listed(hers: Browser, desk: Desk) -> None:
    await hers.open("/faits")
    assert "Jamais vérifié" in hers.page.text
    assert "Maintenant, depuis" not in hers.page.text


async def test_an_unknown_fact_cannot_be_confirmed(hers: Browser, desk: Desk) -> None:
    await hers.open("/faits")
    assert (await hers.send("/faits/nothing/confirm")).status_code == 404
    assert confirmations(desk.facts) == ()
