"""The lookup that the procedure about letters calls: what the letter is, until when to act, whom to call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from voicebot.dialogue.meaning import Value
from voicebot.letters.table import Letter, Table, load_table

Slots = Mapping[str, Value]

#: The slots that are read: who wrote, which kind of letter, its date, the day of an appointment, the time.
SENDER, KIND, DATED, MEETING = "lettre_expediteur", "lettre_genre", "lettre_date", "lettre_rendez_vous"
NOW = "now"
_PARIS: Final = ZoneInfo("Europe/Paris")
#: From so many days before the end on, there is no time to lose.
_CLOSE_DAYS: Final = 10

#: The lookup with the slots it fills, for `flows check`.
LOOKUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "letter": (
        "letter_urgency",
        "letter_time",
        "letter_deadline",
        "letter_within",
        "letter_who",
        "letter_number",
        "letter_reach",
        "letter_leads",
    ),
}


def lookups(table: Table | None = None) -> dict[str, Callable[[Slots], Awaitable[dict[str, Value]]]]:
    """The function behind `LOOKUPS`.

    `letter_time` is "passed", "close", "open" (there is a `letter_deadline`, YYYY-MM-DD), "undated" (there
    is a limit, `letter_within`, but the letter's date is unknown) or "none". `letter_reach` is "number",
    "who" (no number serves everybody) or "unknown".
    """

    async def letter(slots: Slots) -> dict[str, Value]:
        today = datetime.fromtimestamp(float(slots[NOW]), _PARIS).date()
        known = table or load_table()
        found = known.letter(str(slots.get(SENDER, "")), str(slots.get(KIND, "")))
        return {**_time(found, slots, today), **_reach(found), "letter_urgency": found.urgency}

    return {"letter": letter}


def _time(found: Letter, slots: Slots, today: date) -> dict[str, Value]:
    within = found.deadline.words if found.deadline else ""
    last = _last_day(found, slots, today)
    if last is None:
        time = "undated" if found.deadline else "none"
        return {"letter_time": time, "letter_deadline": "", "letter_within": within}
    left = (last - today).days
    time = "passed" if left < 0 else "close" if left <= _CLOSE_DAYS else "open"
    return {"letter_time": time, "letter_deadline": last.isoformat(), "letter_within": within}


def _last_day(found: Letter, slots: Slots, today: date) -> date | None:
    """The day of the appointment, else the end of the time limit. A letter of tomorrow was misread."""
    if MEETING in slots:
        return date.fromisoformat(str(slots[MEETING]))
    dated = date.fromisoformat(str(slots[DATED])) if DATED in slots else None
    return found.deadline.end(dated) if found.deadline and dated and dated <= today else None


def _reach(found: Letter) -> dict[str, Value]:
    reach = "number" if found.number else "who" if found.who else "unknown"
    return {
        "letter_who": found.who,
        "letter_number": found.number.replace(" ", ""),
        "letter_reach": reach,
        "letter_leads": found.leads or "none",
    }
