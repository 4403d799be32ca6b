"""The learning rate rises, falls as half a cosine, and can be made to fall sooner."""

from __future__ import annotations

import pytest

from training.plan import WARM_UP, Plan

PLAN = Plan(start=0, end=1000, rate=6e-4)


def test_it_rises_at_the_beginning_and_falls_to_nothing() -> None:
    rates = [PLAN.at(step) for step in range(1001)]
    assert rates[0] == pytest.approx(6e-4 / WARM_UP)
    assert max(rates) == rates[WARM_UP - 1]
    assert rates[WARM_UP - 1 :] == sorted(rates[WARM_UP - 1 :], reverse=True)
    assert PLAN.at(500) == pytest.approx(3e-4)
    assert rates[1000] == 0


def test_an_earlier_end_cools_down_from_where_it_is() -> None:
    sooner = PLAN.ending(400, 500)
    assert sooner.at(400) == pytest.approx(PLAN.at(400))
    assert sooner.at(450) == pytest.approx(PLAN.at(400) / 2)
    assert sooner.at(500) == 0


def test_the_same_end_changes_nothing() -> None:
    assert PLAN.ending(400, 1000) is PLAN
