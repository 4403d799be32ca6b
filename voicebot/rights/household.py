"""A household as far as nine spoken questions tell of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.dialogue.meaning import YES, Value

Housing = Literal["je_loue", "proprietaire", "heberge", "sans_logement"]
Nationality = Literal["francais", "europeen", "etranger"]
Disability = Literal["handicap_moi", "handicap_enfant", "handicap_personne"]

#: From this age on, money that is not earned is a pension; before, unemployment benefit.
PENSION_AGE: Final = 62
_MOST_CHILDREN: Final = 9
_USUAL_AGE: Final = 40
#: Départements of Île-de-France, where housing benefit has the highest ceilings. Source: zones of the APL.
_FIRST_ZONE: Final = frozenset({"75", "77", "78", "91", "92", "93", "94", "95"})


@dataclass(frozen=True)
class Household:
    """`rent`, `wages` and `other` (unemployment benefit or pension) are euros per month.

    The `department` is told only where it matters, for a rent: so that one result serves more households.
    `settled` tells that a permit is held long enough; `severe` that a disability is recognized at 80 %.
    """

    age: int = _USUAL_AGE
    couple: bool = False
    children: int = 0
    small_child: bool = False
    housing: Housing = "heberge"
    rent: float = 0.0
    wages: float = 0.0
    other: float = 0.0
    nationality: Nationality = "francais"
    settled: bool = True
    disability: Disability = "handicap_personne"
    severe: bool = False
    department: str = ""

    @property
    def retired(self) -> bool:
        """Whether the other money is a pension."""
        return self.age >= PENSION_AGE

    @property
    def zone(self) -> str:
        """The zone of the housing benefit, as OpenFisca names it; outside Île-de-France the middle one."""
        return "zone_1" if self.department in _FIRST_ZONE else "zone_2"


def household(slots: Mapping[str, Value]) -> Household:
    """What the answers tell. An unanswered question counts as the usual case, which is the cautious one."""
    nationality = str(slots.get("nationalite", "francais"))
    housing = str(slots.get("droits_logement", "heberge"))
    disability = str(slots.get("droits_handicap", "handicap_personne"))
    children = min(int(_number(slots, "droits_enfants")), _MOST_CHILDREN)
    return Household(
        age=int(_number(slots, "age", _USUAL_AGE)),
        couple=slots.get("droits_couple") == "en_couple",
        children=children,
        small_child=children > 0 and slots.get("droits_petit") == YES,
        housing=housing,  # type: ignore[arg-type]
        rent=_number(slots, "droits_loyer") if housing == "je_loue" else 0.0,
        wages=_number(slots, "droits_salaire"),
        other=_number(slots, "droits_autre"),
        nationality=nationality,  # type: ignore[arg-type]
        settled=nationality != "etranger" or slots.get("droits_titre") == YES,
        disability=disability,  # type: ignore[arg-type]
        severe=disability == "handicap_moi" and slots.get("droits_taux") == YES,
        department=str(slots.get("code_postal", ""))[:2] if housing == "je_loue" else "",
    )


def _number(slots: Mapping[str, Value], name: str, default: float = 0.0) -> float:
    value = slots.get(name, default)
    return float(value) if isinstance(value, int | float) else default
