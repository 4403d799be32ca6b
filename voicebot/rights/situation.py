"""A household as OpenFisca's web API wants it, and which benefits are worth computing for it.

Source of the form: openfisca.org/doc, "Web API, POST /calculate"; variables of openfisca-france 176.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from voicebot.rights.household import Household

#: Years of income before the month that the benefits look at.
_YEARS_BACK: Final = 2
_CHILD_AGE, _SMALL_CHILD_AGE = 8, 1
_HOUSING: Final = {
    "je_loue": "locataire_vide",
    "proprietaire": "proprietaire",
    "heberge": "loge_gratuitement",
    "sans_logement": "sans_domicile",
}
_NATIONALITY: Final = {"francais": "FR", "europeen": "DE", "etranger": "NZ"}
#: Years of permit for somebody who holds it long enough, or not.
_LONG, _SHORT = 11, 1
_SEVERE, _CHILD_RATE = 0.8, 0.8
_RSA_AGE, _ASPA_AGE = 18, 61


def wanted(home: Household) -> tuple[str, ...]:
    """The variables worth computing: those that the answers do not exclude at once. Fewer are quicker."""
    sought = ["css_participation_forfaitaire", "cmu_c"]
    if home.age >= _ASPA_AGE:
        sought.append("aspa")
    if home.age >= _RSA_AGE:
        sought.append("rsa")
    if home.wages:
        sought.append("ppa")
    if home.housing == "je_loue" and home.rent:
        sought.append("aide_logement")
    if home.severe:
        sought.append("aah")
    if home.children:
        sought += ["af", *(["asf"] if not home.couple else []), *(["paje_base"] if home.small_child else [])]
    if home.children and home.disability == "handicap_enfant":
        sought.append("aeeh")
    return tuple(sought)


def situation(home: Household, month: str) -> dict[str, Any]:
    """The body of a request for `month` ("2026-11")."""
    year = int(month[:4])
    months = [
        f"{each}-{number:02}" for each in range(year - _YEARS_BACK, year + 1) for number in range(1, 13)
    ]
    people: dict[str, Any] = {"asker": _adult(home, month, months)}
    if home.couple:
        people["partner"] = {"date_naissance": {"ETERNITY": f"{year - home.age}-03-01"}}
    ages = [_SMALL_CHILD_AGE if home.small_child and not n else _CHILD_AGE for n in range(home.children)]
    people |= {f"child_{n}": _child(home, n, year - age, month) for n, age in enumerate(ages)}
    adults = [name for name in people if not name.startswith("child_")]
    children = [name for name in people if name.startswith("child_")]
    sought = {name: {month: None} for name in wanted(home) if name != "aah"}
    return {
        "individus": people,
        "familles": {"family": {"parents": adults, "enfants": children, **sought}},
        "foyers_fiscaux": {"taxed": {"declarants": adults, "personnes_a_charge": children}},
        "menages": {
            "home": {
                "personne_de_reference": adults[:1],
                "conjoint": adults[1:],
                "enfants": children,
                "statut_occupation_logement": dict.fromkeys(months[-24:], _HOUSING[home.housing]),
                "loyer": {month: home.rent},
                "zone_apl": {month: home.zone},
            }
        },
    }


def amounts(answer: Mapping[str, Any], month: str) -> dict[str, float]:
    """What the answer says of each benefit, in euros per month; yes or no as 1 or 0."""
    family, asker = answer["familles"]["family"], answer["individus"]["asker"]
    found = {
        name: value[month] for name, value in family.items() if isinstance(value, dict) and month in value
    }
    if "aah" in asker:
        found["aah"] = asker["aah"][month]
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}


def _adult(home: Household, month: str, months: list[str]) -> dict[str, Any]:
    other = "retraite" if home.retired else "chomage"
    told: dict[str, Any] = {
        "date_naissance": {"ETERNITY": f"{int(month[:4]) - home.age}-01-01"},
        "nationalite": {month: _NATIONALITY[home.nationality]},
        "duree_possession_titre_sejour": {month: _LONG if home.settled else _SHORT},
    }
    if home.wages:
        told |= {name: dict.fromkeys(months, home.wages) for name in ("salaire_net", "salaire_imposable")}
    if home.other:
        told |= {
            f"{other}_{kind}": dict.fromkeys(months, home.other)
            for kind in (
                "nette" if home.retired else "net",
                "imposable",
                *(("brute",) if home.retired else ()),
            )
        }
    if home.severe:
        told |= {"taux_incapacite": {month: _SEVERE}, "aah": {month: None}}
    return told


def _child(home: Household, number: int, born: int, month: str) -> dict[str, Any]:
    told: dict[str, Any] = {"date_naissance": {"ETERNITY": f"{born}-01-01"}}
    if home.disability == "handicap_enfant" and not number:
        told |= {"taux_incapacite": {month: _CHILD_RATE}, "handicap": {month: True}}
    return told
