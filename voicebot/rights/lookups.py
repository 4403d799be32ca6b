"""The lookups that the procedure about rights calls: begin to compute, and collect what is probable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.dialogue.meaning import NO, YES, Value
from voicebot.rights.calculator import Calculator
from voicebot.rights.estimate import Right
from voicebot.rights.household import household

Slots = Mapping[str, Value]
Lookup = Callable[[Slots], Awaitable[dict[str, Value]]]

#: Never more than three are told at once; those behind are told when wanted, and texted.
TOLD: Final = 3
MOST: Final = 2 * TOLD
#: The prompt whose options name the benefits.
NAMES: Final = "droits.laquelle"
_PARIS: Final = ZoneInfo("Europe/Paris")
_EACH: Final = tuple(
    f"right_{number}{part}" for number in range(1, MOST + 1) for part in ("", "_euros", "_sum")
)
#: Each lookup with the slots it fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "rights_possible": ("rights_possible",),
    "rights_begin": ("rights_begun",),
    "rights": ("rights_known", "right_count", "rights_top", *_EACH),
}


async def assumed(slots: Slots) -> dict[str, Value]:
    """The lookup `rights_possible` in replays and walkthroughs: as if OpenFisca were there."""
    return {"rights_possible": YES}


def lookups(calculator: Calculator) -> dict[str, Lookup]:
    """The functions behind `LOOKUPS`. `right_1` is a label key, `right_1_sum` whether a sum is known."""

    async def rights_possible(slots: Slots) -> dict[str, Value]:
        return {"rights_possible": YES if calculator.url else NO}

    async def rights_begin(slots: Slots) -> dict[str, Value]:
        calculator.begin(household(slots), _today(slots))
        return {"rights_begun": YES if calculator.url else NO}

    async def rights(slots: Slots) -> dict[str, Value]:
        found = await calculator.estimate(household(slots), _today(slots))
        return _filled(found or (), known=found is not None)

    return {"rights_possible": rights_possible, "rights_begin": rights_begin, "rights": rights}


def _today(slots: Slots) -> datetime:
    return datetime.fromtimestamp(float(slots["now"]), _PARIS)


def _filled(found: tuple[Right, ...], known: bool) -> dict[str, Value]:
    told = found[:MOST]
    filled: dict[str, Value] = {
        "rights_known": YES if known else NO,
        "right_count": len(told),
        "rights_top": ",".join(right.benefit for right in told),
    }
    for number in range(1, MOST + 1):
        right = told[number - 1] if number <= len(told) else None
        filled |= {
            f"right_{number}": f"{NAMES}.{right.benefit}" if right else "",
            f"right_{number}_euros": right.euros if right else 0,
            f"right_{number}_sum": YES if right and right.euros else NO,
        }
    return filled
