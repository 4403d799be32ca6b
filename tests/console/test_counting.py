"""Small counts cannot be read off, nor worked out."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from voicebot.console.counting import (
    SMALL,
    days_until,
    hidden,
    percent,
    ranked,
    series,
    single,
    total,
    waited,
)

COUNTS = st.lists(st.integers(0, 40), max_size=12)


@given(COUNTS)
def test_no_small_count_is_ever_shown(counts: list[int]) -> None:
    shown = hidden(counts)
    assert len(shown) == len(counts)
    assert all(count in ("small", "covered") or count == 0 or count >= SMALL for count in shown)


@given(COUNTS)
def test_what_is_shown_is_true(counts: list[int]) -> None:
    for seen, count in zip(hidden(counts), counts, strict=True):
        assert (
            seen == count or (seen == "small" and 0 < count < SMALL) or (seen == "covered" and count >= SMALL)
        )


@given(COUNTS)
def test_a_hidden_count_is_never_alone_beside_large_ones(counts: list[int]) -> None:
    """With the sum known, one hidden count among shown ones could be worked out."""
    shown = hidden(counts)
    if any(count and count >= SMALL for count in counts):
        assert shown.count("small") + shown.count("covered") != 1


def test_six_are_never_said_to_be_fewer_than_five() -> None:
    assert hidden([30, 3, 6]) == [30, "small", "covered"]


def test_a_period_ends_today() -> None:
    assert days_until(date(2026, 3, 2), "week")[::6] == ["2026-02-24", "2026-03-02"]
    assert days_until(date(2026, 3, 2), "day") == ["2026-03-02"]
    assert len(days_until(date(2026, 3, 2), "month")) == 30


def test_topics_are_ranked_and_the_hidden_come_last() -> None:
    summed = total([{"topic:rsa": 30, "topic:banque": 2}, {"topic:rsa": 10, "topic:impots": 10, "calls": 99}])
    assert [(line.code, line.count, line.share) for line in ranked(summed, "topic")] == [
        ("rsa", 40, 100),
        ("banque", "small", 0),
        ("impots", "covered", 0),
    ]


def test_a_line_of_days() -> None:
    assert series([{"calls": 12}, {}, {"calls": 3}, {"calls": 7}], "calls") == [12, 0, "small", "covered"]


def test_a_share_of_too_few_is_not_told() -> None:
    assert percent(3, 1) is None
    assert percent(30, 10) == 75


def test_waiting_is_told_on_average() -> None:
    wait = waited({"waited": 10, "waited_s": 1200})
    assert (wait.people, wait.seconds) == (10, 120.0)
    assert waited({}).seconds == 0.0
    assert single(3) == "small"
    assert single(0) == 0
