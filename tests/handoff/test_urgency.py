"""A priority grows with the time that has passed, and an old danger rings again."""

from __future__ import annotations

from tests.handoff.people import ticket
from voicebot.handoff.ticket import claim
from voicebot.handoff.urgency import OLD_AFTER_S, grown, is_old, rings


def test_a_request_that_waited_for_hours_ranks_higher_though_never_as_a_danger() -> None:
    asked = ticket()
    after = asked.opened_at + OLD_AFTER_S["normal"]
    assert (grown(asked, after - 1), grown(asked, after)) == ("normal", "high")
    assert grown(ticket(priority="high"), after + 10**6) == "high"
    assert not is_old(claim(asked, "a", after), after)


def test_an_old_danger_looks_old_and_rings_again_until_somebody_takes_it() -> None:
    danger = ticket(priority="danger")
    every = OLD_AFTER_S["danger"]
    assert [rings(danger, danger.opened_at + ago) for ago in (0, every - 1, every, 5 * every)] == [1, 1, 2, 6]
    assert is_old(danger, danger.opened_at + every)
    assert rings(claim(danger, "a", 1001.0), 10**6) == 0
    assert rings(ticket(), 10**9) == 0
