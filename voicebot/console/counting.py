"""Counts made safe to show: added up, with small ones hidden so that nobody can be identified. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

#: Counts from 1 up to just below this are hidden, in people.
SMALL: Final = 5
Period = Literal["day", "week", "month"]
DAYS: Final[Mapping[Period, int]] = {"day": 1, "week": 7, "month": 30}
#: A count that is not shown: because it is small, or because it would reveal a small one.
Hidden = Literal["small", "covered"]
Shown = int | Hidden
#: The most entries in a list of topics, or of steps where people left.
_MOST_LINES: Final = 10


@dataclass(frozen=True)
class FigureLine:
    """A named count in a list, and its size relative to the largest, from 0 to 100."""

    code: str
    count: Shown
    share: int
    """Relative to the largest, 0 to 100."""


@dataclass(frozen=True)
class Wait:
    """How long people waited for a mediator: how many people, and their average wait in seconds."""

    people: Shown
    seconds: float


def days_until(today: date, period: Period) -> list[str]:
    """The days of the period that ends today, oldest first."""
    return [(today - timedelta(days=ago)).isoformat() for ago in reversed(range(DAYS[period]))]


def total(days: Iterable[Mapping[str, int]]) -> Counter[str]:
    """The counts of several days added up."""
    summed: Counter[str] = Counter()
    for counts in days:
        summed.update(counts)
    return summed


def hidden(counts: Sequence[int]) -> list[Shown]:
    """The same counts with those from 1 to 4 hidden ("small").

    If that hides only one, the next smallest is covered too: with the sum known, the one could be told. It is
    not said to be small, because it is not.
    """
    shown: list[Shown] = ["small" if 0 < count < SMALL else count for count in counts]
    if shown.count("small") == 1:
        others = [at for at, count in enumerate(counts) if count >= SMALL]
        for at in sorted(others, key=lambda at: counts[at])[:1]:
            shown[at] = "covered"
    return shown


def number(shown: Shown) -> int:
    """The count, 0 where it is hidden."""
    return shown if isinstance(shown, int) else 0


def single(count: int) -> Shown:
    """A count that stands alone, hidden if it is small."""
    return "small" if 0 < count < SMALL else count


def ranked(summed: Mapping[str, int], what: str) -> list[FigureLine]:
    """The counts named `what:…`, largest first, hidden ones last in no particular order."""
    found = {name.partition(":")[2]: count for name, count in summed.items() if name.startswith(f"{what}:")}
    codes = sorted(found, key=lambda code: (-found[code], code))
    shown = dict(zip(codes, hidden([found[code] for code in codes]), strict=True))
    largest = max((number(count) for count in shown.values()), default=0) or 1
    order = sorted(codes, key=lambda code: (not number(shown[code]), -number(shown[code]), code))
    return [
        FigureLine(code, shown[code], 100 * number(shown[code]) // largest) for code in order[:_MOST_LINES]
    ]


def series(days: Sequence[Mapping[str, int]], name: str) -> list[Shown]:
    """One count, day by day."""
    return hidden([counts.get(name, 0) for counts in days])


def percent(part: int, rest: int) -> int | None:
    """`part` as a percentage of `part` and `rest` together; None when there are too few people to say."""
    both = part + rest
    return round(100 * part / both) if both >= SMALL else None


def waited(summed: Mapping[str, int]) -> Wait:
    """From the counts `waited` (people) and `waited_s` (seconds)."""
    people = summed.get("waited", 0)
    return Wait(single(people), summed.get("waited_s", 0) / people if people else 0.0)
