"""What flows get from the lookups: exactly the slots that the check was told of."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from voicebot.places import LOOKUPS, lookups

NOON = datetime(2026, 3, 10, 11, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "slots",
    [
        {},
        {"code_postal": "75018"},
        {"ville": "Saint-Denis"},
        {"code_postal": "98701"},
        {"lieu_besoin": "douche"},
    ],
)
async def test_every_lookup_fills_what_it_promises(tmp_path: Path, slots: dict[str, str]) -> None:
    found = lookups(tmp_path, lambda: NOON)
    assert set(found) == set(LOOKUPS)
    for name, lookup in found.items():
        assert set(await lookup(slots)) == set(LOOKUPS[name])


async def test_the_nearest_place_is_ready_to_be_said(tmp_path: Path) -> None:
    found = await lookups(tmp_path, lambda: NOON)["places"]({"code_postal": "75018"})
    assert found["place_count"] == 3
    assert found["place_list"] == "2024-08"
    assert found["place_1_town"] == "Paris 18e"
    assert found["place_1_distance"] == "à environ un kilomètre"
    assert found["place_1_opening"] == "C'est ouvert maintenant, jusqu'à 13 heures"
    assert found["place_1_call"] == "yes"


async def test_homonyms_are_named_with_their_departement(tmp_path: Path) -> None:
    found = await lookups(tmp_path, lambda: NOON)["area"]({"ville": "Saint-Denis"})
    assert found == {"place_area": "homonyms", "place_town": "Saint-Denis", "place_department": "974"}
