"""How long people waited, from the requests themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from voicebot.console.waits import waited_s, waits
from voicebot.handoff.ticket import HistoryEntry, Ticket

NOW = 1_780_000_000.0
MINUTE_S, DAY_S = 60.0, 86400.0


def request(ago: float, waited: float | None, **fields: Any) -> Ticket:
    at = NOW - ago
    history = [HistoryEntry(at, "", "opened")]
    if waited is not None:
        history.append(HistoryEntry(at + waited, "awa", "claimed"))
    state = "waiting" if waited is None else "claimed"
    made = Ticket("t", "p", "voice", "CA", at, "asked", state=state, history=tuple(history))  # type: ignore[arg-type]
    return replace(made, **fields)


def test_the_middle_wait_is_not_moved_by_one_who_waited_for_days() -> None:
    taken = [request(DAY_S, minutes * MINUTE_S) for minutes in (1, 2, 3, 4)]
    told = waits([*taken, request(5 * DAY_S, 4 * DAY_S)], NOW - 7 * DAY_S, NOW)
    assert told.median_s == 3 * MINUTE_S
    assert told.within_a_day == 80
    assert told.requests == 5
    assert waits(taken, NOW - 7 * DAY_S, NOW).median_s is None, "too few to say"


def test_the_oldest_wait_is_of_now_whenever_it_began() -> None:
    told = waits([request(40 * DAY_S, None), request(60, None)], NOW - DAY_S, NOW)
    assert told.oldest_s == 40 * DAY_S
    assert told.requests == 1
    assert waits([], NOW - DAY_S, NOW).oldest_s is None


def test_trials_count_for_nothing() -> None:
    told = waits([request(60, None, trial=True, territory="93")], NOW - DAY_S, NOW)
    assert (told.requests, told.oldest_s, told.territories, told.weeks) == (0, None, [], [])


def test_territories_and_weeks_with_small_numbers_hidden() -> None:
    known = [request(60, 5, territory="93") for _ in range(6)] + [
        request(60, 5, territory="59") for _ in range(2)
    ]
    told = waits([*known, request(8 * DAY_S, 5)], NOW - 30 * DAY_S, NOW)
    assert told.territories == [("59", "small"), ("93", 6), ("", "small")]
    assert [week for week, _ in told.weeks] == ["2026-W21", "2026-W22"]


def test_who_was_called_is_answered_as_well_as_who_was_taken_by_hand() -> None:
    called = request(
        60,
        None,
        history=(HistoryEntry(NOW - 60, "", "opened"), HistoryEntry(NOW - 50, "leo", "call_started")),
    )
    assert waited_s(called) == 10
