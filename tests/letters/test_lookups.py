"""The lookup behind the letters: until when to act, seen from the day of the call."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from voicebot.dialogue.meaning import Value
from voicebot.letters import lookups

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC).timestamp()


async def found(**slots: Value) -> dict[str, Value]:
    return dict(await lookups()["letter"]({"now": NOON, **slots}))


@pytest.mark.parametrize(
    ("dated", "time", "end"),
    [
        ("2026-11-20", "open", "2027-01-20"),
        ("2026-10-05", "close", "2026-12-05"),
        ("2026-09-28", "close", "2026-11-28"),
        ("2026-09-27", "passed", "2026-11-27"),
        ("2026-12-01", "undated", ""),
    ],
)
async def test_a_refusal_of_the_caf_is_contested_within_two_months(dated: str, time: str, end: str) -> None:
    letter = await found(lettre_expediteur="de_la_caf", lettre_genre="rejet", lettre_date=dated)
    assert (letter["letter_time"], letter["letter_deadline"]) == (time, end)
    assert (letter["letter_who"], letter["letter_number"], letter["letter_reach"]) == (
        "la CAF",
        "3230",
        "number",
    )


async def test_without_a_date_the_length_is_told() -> None:
    letter = await found(lettre_expediteur="de_l_amende", lettre_genre="mise_en_demeure")
    assert (letter["letter_time"], letter["letter_within"]) == ("undated", "quarante-cinq jours")


async def test_an_appointment_is_its_own_deadline() -> None:
    letter = await found(
        lettre_expediteur="de_la_caf", lettre_genre="convocation", lettre_rendez_vous="2026-12-02"
    )
    assert (letter["letter_time"], letter["letter_deadline"]) == ("close", "2026-12-02")


async def test_of_nobody_known_nothing_is_invented() -> None:
    letter = await found(lettre_genre="relance", lettre_date="2026-11-20")
    assert (letter["letter_time"], letter["letter_reach"], letter["letter_leads"]) == (
        "none",
        "unknown",
        "none",
    )
