"""What is told of the amounts that were computed."""

from __future__ import annotations

import pytest

from voicebot.rights.estimate import BENEFITS, Right, rights
from voicebot.rights.household import Household


def told(home: Household, **found: float) -> list[tuple[str, int]]:
    return [(right.benefit, right.euros) for right in rights(home, found)]


@pytest.mark.parametrize(
    ("home", "found", "expected"),
    [
        (Household(), {"rsa": 573.49, "cmu_c": 1}, [("droit_rsa", 570), ("droit_c2s", 0)]),
        (Household(), {"rsa": 8.0}, []),
        (Household(age=70), {"aspa": 1043.59, "rsa": 30}, [("droit_aspa", 1040)]),
        (
            Household(disability="handicap_moi", severe=True),
            {"aah": 1041.59, "rsa": 573},
            [("droit_aah", 1040)],
        ),
        (Household(disability="handicap_moi"), {"rsa": 573.49}, [("droit_rsa", 570), ("droit_aah", 0)]),
        (Household(age=70, other=400), {}, [("droit_minimum", 0)]),
        (
            Household(wages=1000, housing="je_loue", rent=450),
            {"ppa": 304.5, "aide_logement": 134, "css_participation_forfaitaire": 14},
            [("droit_prime", 300), ("droit_apl", 130), ("droit_c2s", 0), ("droit_energie", 0)],
        ),
    ],
)
def test_what_is_probable_is_told_roughly(
    home: Household, found: dict[str, float], expected: list[tuple[str, int]]
) -> None:
    assert told(home, **found) == expected


def test_twelve_benefits_are_known() -> None:
    assert len(set(BENEFITS)) == 12
    paid = dict.fromkeys(
        ("aspa", "aah", "rsa", "ppa", "aide_logement", "af", "asf", "paje_base", "aeeh"), 100.0
    )
    assert {right.benefit for right in rights(Household(), {**paid, "cmu_c": 1})} <= set(BENEFITS)
    assert Right("droit_rsa", 100) not in rights(Household(), paid), "what replaces the RSA is told alone"
