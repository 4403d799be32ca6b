"""Opening hours in the notation of published lists: "09:00 - 12:00 / 14:00 - 17:00"."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voicebot.places.place import Span

_SPAN = re.compile(r"([01]\d|2[0-4]):([0-5]\d) ?- ?([01]\d|2[0-4]):([0-5]\d)")


def read_hours(written: str) -> tuple[Span, ...]:
    """The spans of one day, earliest first. Raises ValueError for any other notation."""
    if _SPAN.sub("", written).strip(" /"):
        raise ValueError("expected hours like 09:00 - 12:00 / 14:00 - 17:00")
    found = (tuple(map(int, match.groups())) for match in _SPAN.finditer(written))
    spans = ((hour * 60 + minute, to_hour * 60 + to_minute) for hour, minute, to_hour, to_minute in found)
    return tuple(sorted(span for span in spans if span[0] < span[1]))


def write_hours(spans: Iterable[Span]) -> str:
    """The same in short: "09:00-12:00 14:00-17:00"."""
    return " ".join("-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in spans)
