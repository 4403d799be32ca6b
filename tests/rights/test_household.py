"""What nine answers tell of a household."""

from __future__ import annotations

import pytest

from voicebot.rights.household import Household, household
from voicebot.rights.situation import situation, wanted


def test_the_answers_of_a_call_make_a_household() -> None:
    slots = {
        "age": 34,
        "droits_couple": "en_couple",
        "droits_enfants": 2,
        "droits_petit": "yes",
        "droits_logement": "je_loue",
        "droits_loyer": 450,
        "droits_salaire": 900,
        "droits_autre": 100,
        "nationalite": "etranger",
        "droits_titre": "no",
        "droits_handicap": "handicap_moi",
        "droits_taux": "yes",
        "code_postal": "93200",
    }
    assert household(slots) == Household(
        34, True, 2, True, "je_loue", 450.0, 900.0, 100.0, "etranger", False, "handicap_moi", True, "93"
    )


def test_nothing_answered_is_the_usual_household() -> None:
    assert household({}) == Household()


@pytest.mark.parametrize(("postal_code", "zone"), [("75011", "zone_1"), ("59000", "zone_2"), ("", "zone_2")])
def test_the_postal_code_gives_the_zone_of_a_rent(postal_code: str, zone: str) -> None:
    slots = {"droits_logement": "je_loue", "droits_loyer": 500, "code_postal": postal_code}
    assert household(slots).zone == zone
    assert household({"code_postal": postal_code}) == Household(), "without a rent it does not matter"


@pytest.mark.parametrize(
    ("home", "sought", "not_sought"),
    [
        (Household(), {"rsa", "cmu_c"}, {"aspa", "ppa", "aah", "af", "aide_logement"}),
        (Household(wages=900, housing="je_loue", rent=400), {"ppa", "aide_logement"}, {"af"}),
        (Household(age=70), {"aspa"}, {"ppa"}),
        (Household(children=1), {"af", "asf"}, {"aeeh", "paje_base"}),
        (Household(couple=True, children=1, small_child=True), {"paje_base"}, {"asf"}),
        (Household(children=1, disability="handicap_enfant"), {"aeeh"}, {"aah"}),
        (Household(disability="handicap_moi", severe=True), {"aah"}, {"aeeh"}),
    ],
)
def test_only_what_the_answers_allow_is_computed(
    home: Household, sought: set[str], not_sought: set[str]
) -> None:
    assert sought <= set(wanted(home))
    assert not not_sought & set(wanted(home))


def test_the_request_names_everybody_and_their_money() -> None:
    home = Household(age=40, couple=True, children=2, small_child=True, wages=900, other=200)
    body = situation(home, "2026-11")
    asker = body["individus"]["asker"]
    assert set(body["individus"]) == {"asker", "partner", "child_0", "child_1"}
    assert asker["date_naissance"] == {"ETERNITY": "1986-01-01"}
    assert (asker["salaire_net"]["2026-08"], asker["chomage_net"]["2026-08"]) == (900, 200)
    assert body["individus"]["child_0"]["date_naissance"] == {"ETERNITY": "2025-01-01"}
    assert body["familles"]["family"]["enfants"] == ["child_0", "child_1"]
    assert body["familles"]["family"]["rsa"] == {"2026-11": None}


def test_the_other_money_of_the_old_is_a_pension() -> None:
    asker = situation(Household(age=70, other=400), "2026-11")["individus"]["asker"]
    assert asker["retraite_brute"]["2026-11"] == 400
    assert "chomage_net" not in asker
