"""Asking OpenFisca: in time, once for the same household, and never in the way when it is not there."""

from __future__ import annotations

import asyncio
import json
from datetime import date

import httpx
import pytest

from voicebot.rights.calculator import Calculator
from voicebot.rights.estimate import Right
from voicebot.rights.household import Household
from voicebot.rights.lookups import LOOKUPS, lookups

TODAY = date(2026, 11, 28)
NOW = 1795867200.0


class OpenFisca:
    """A web API of the same form, whose RSA is always 573.49; it answers when it is let."""

    def __init__(self, status: int = 200) -> None:
        self.asked: list[dict[str, object]] = []
        self.status, self.ready = status, asyncio.Event()
        self.ready.set()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        self.asked.append(body)
        await self.ready.wait()
        family = {name: {"2026-11": 573.49 if name == "rsa" else 0} for name in ("rsa", "cmu_c")}
        return httpx.Response(self.status, json={**body, "familles": {"family": family}})


def calculator(api: OpenFisca, deadline_s: float = 5.0) -> Calculator:
    return Calculator("http://openfisca", httpx.MockTransport(api), deadline_s)


async def test_a_household_is_computed_once() -> None:
    api = OpenFisca()
    asked = calculator(api)
    asked.begin(Household(), TODAY)
    assert await asked.estimate(Household(), TODAY) == (Right("droit_rsa", 570),)
    assert await asked.estimate(Household(), TODAY) == (Right("droit_rsa", 570),)
    assert len(api.asked) == 1


async def test_what_takes_too_long_is_not_waited_for_but_kept_for_later() -> None:
    api = OpenFisca()
    api.ready.clear()
    asked = calculator(api, deadline_s=0.0)
    assert await asked.estimate(Household(), TODAY) is None
    api.ready.set()
    later = Calculator(asked.url, asked.transport, 5.0, asked._running)
    assert await later.estimate(Household(), TODAY) == (Right("droit_rsa", 570),)
    assert len(api.asked) == 1


@pytest.mark.parametrize("status", [400, 500])
async def test_an_error_is_no_answer_and_asked_again_the_next_time(status: int) -> None:
    api = OpenFisca(status)
    asked = calculator(api)
    assert await asked.estimate(Household(), TODAY) is None
    api.status = 200
    assert await asked.estimate(Household(), TODAY) == (Right("droit_rsa", 570),)


async def test_without_openfisca_nothing_is_known() -> None:
    found = lookups(Calculator(""))
    assert await found["rights_begin"]({"now": NOW}) == {"rights_begun": "no"}
    told = await found["rights"]({"now": NOW})
    assert (told["rights_known"], told["right_count"]) == ("no", 0)


async def test_the_lookups_fill_what_they_promise() -> None:
    found = lookups(calculator(OpenFisca()))
    begun = await found["rights_begin"]({"now": NOW, "age": 40})
    told = await found["rights"]({"now": NOW, "age": 40})
    assert set(begun) == set(LOOKUPS["rights_begin"])
    assert set(told) == set(LOOKUPS["rights"])
    assert (told["right_1"], told["right_1_euros"], told["right_1_sum"]) == (
        "droits.laquelle.droit_rsa",
        570,
        "yes",
    )
    assert (told["right_2"], told["right_2_sum"], told["rights_top"]) == ("", "no", "droit_rsa")
