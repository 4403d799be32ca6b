"""Counts made fit to be shown: summed over days, small ones hidden, so that nobody can be made out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

#: Fewer people than this are not told apart.
SMALL: Final = 5
Period = Literal["day", "week", "month"]
DAYS: Final[Mapping[Period, int]] = {"day": 1, "week": 7, "month": 30}
#: A count; None: hidden, because it is small or would tell a small one.
Shown = int | None
#: The longest list of topics or places where people left.
_MOST_LINES: Final = 10


@dataclass(frozen=True)
class Line:
    """A named count in a list, and its share of the largest, 0 to 100."""

    code: str
    count: Shown
    share: int


@dataclass(frozen=True)
class Wait:
    """How long people waited for a mediator: how many, and seconds on average."""

    people: Shown
    seconds: float


def days_until(today: date, period: Period) -> list[str]:
    """The days of a period that ends today, oldest first."""
    return [(today - timedelta(days=ago)).isoformat() for ago in reversed(range(DAYS[period]))]


def total(days: Iterable[Mapping[str, int]]) -> Counter[str]:
    """All counts of several days."""
    summed: Counter[str] = Counter()
    for counts in days:
        summed.update(counts)
    return summed


def hidden(counts: Sequence[int]) -> list[Shown]:
    """The same with counts from 1 to 4 hidden.

    If that hides only one, the next smallest is hidden too: with the sum known, the one could be told.
    """
    small = [at for at, count in enumerate(counts) if 0 < count < SMALL]
    if len(small) == 1:
        others = [at for at, count in enumerate(counts) if count >= SMALL]
        small += sorted(others, key=lambda at: counts[at])[:1]
    return [None if at in small else count for at, count in enumerate(counts)]


def single(count: int) -> Shown:
    """A count that stands alone."""
    return None if 0 < count < SMALL else count


def ranked(summed: Mapping[str, int], what: str) -> list[Line]:
    """The counts `what:…`, largest first, hidden ones last without their order."""
    found = {name.partition(":")[2]: count for name, count in summed.items() if name.startswith(f"{what}:")}
    codes = sorted(found, key=lambda code: (-found[code], code))
    shown = dict(zip(codes, hidden([found[code] for code in codes]), strict=True))
    largest = max((count for count in shown.values() if count), default=1)
    order = sorted(codes, key=lambda code: (shown[code] is None, -(shown[code] or 0), code))
    return [Line(code, shown[code], 100 * (shown[code] or 0) // largest) for code in order[:_MOST_LINES]]


def series(days: Sequence[Mapping[str, int]], name: str) -> list[Shown]:
    """One count day by day."""
    return hidden([counts.get(name, 0) for counts in days])


def percent(part: int, rest: int) -> Shown:
    """How much `part` is of both, in percent; None where there are too few to tell."""
    both = part + rest
    return round(100 * part / both) if both >= SMALL else None


def waited(summed: Mapping[str, int]) -> Wait:
    """From the counts `waited` (people) and `waited_s` (seconds)."""
    people = summed.get("waited", 0)
    return Wait(single(people), summed.get("waited_s", 0) / people if people else 0.0)
