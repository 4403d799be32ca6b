"""From what OpenFisca computed to what is said: which benefits are probable, the most useful first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from voicebot.rights.household import PENSION_AGE, Household

#: The twelve benefits, by the name of the choice that leads into their procedure.
BENEFITS: Final = (
    "droit_rsa",
    "droit_prime",
    "droit_apl",
    "droit_c2s",
    "droit_aspa",
    "droit_aah",
    "droit_aeeh",
    "droit_af",
    "droit_asf",
    "droit_energie",
    "droit_paje",
    "droit_minimum",
)
#: Those with an amount: the variable of OpenFisca. In the order in which they are said.
_PAID: Final = {
    "aspa": "droit_aspa",
    "aah": "droit_aah",
    "rsa": "droit_rsa",
    "ppa": "droit_prime",
    "aide_logement": "droit_apl",
    "af": "droit_af",
    "asf": "droit_asf",
    "paje_base": "droit_paje",
    "aeeh": "droit_aeeh",
}
#: Less than this a month is not paid out, or too near to nothing to be told.
_LEAST_EUROS: Final = 15.0
#: Amounts are told to the nearest ten: nine questions do not tell more.
_ROUNDED_TO: Final = 10
#: A pension below this may be raised to the contributory minimum. Source: lassuranceretraite.fr, seen 2025.
_SMALL_PENSION: Final = 1100.0


@dataclass(frozen=True)
class Right:
    """A benefit that the household probably has a right to; `euros` a month, 0 where no sum can be told."""

    benefit: str
    euros: int = 0


def rights(home: Household, found: Mapping[str, float]) -> tuple[Right, ...]:
    """The probable benefits. What replaces another (ASPA or AAH instead of RSA) is told alone."""
    paid = [(name, found.get(name, 0.0)) for name in _PAID]
    told = [Right(_PAID[name], _rounded(euros)) for name, euros in paid if euros >= _LEAST_EUROS]
    replaced = {"droit_rsa"} if {right.benefit for right in told} & {"droit_aspa", "droit_aah"} else set()
    kept = [right for right in told if right.benefit not in replaced]
    if home.disability == "handicap_moi" and not home.severe:
        kept.append(Right("droit_aah"))
    if home.age >= PENSION_AGE and 0 < home.other < _SMALL_PENSION:
        kept.append(Right("droit_minimum"))
    if found.get("cmu_c") or found.get("css_participation_forfaitaire"):
        kept.append(Right("droit_c2s"))
        kept += [Right("droit_energie")] if home.housing in ("je_loue", "proprietaire") else []
    return tuple(kept)


def _rounded(euros: float) -> int:
    return max(_ROUNDED_TO, round(euros / _ROUNDED_TO) * _ROUNDED_TO)
