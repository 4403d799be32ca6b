"""The directory of mediators in a real Redis: sealed, changed by one at a time, rung by one at a time."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from tests.handoff.people import mediator
from voicebot.privacy import Privacy
from voicebot.store.mediators import Mediators

ADA = mediator("ada", name="Ada", territories=("93", "75"), skills=("rsa",))


@pytest.fixture
def mediators(redis: Redis, privacy: Privacy) -> Mediators:
    return Mediators(redis, privacy)


async def test_a_mediator_comes_back_as_they_were(mediators: Mediators) -> None:
    await mediators.save(ADA)
    await mediators.save(mediator("zoe", name="adèle"))
    assert await mediators.get("ada") == ADA
    assert [one.name for one in await mediators.all()] == ["Ada", "adèle"]
    assert await mediators.get("nobody") is None
    await mediators.remove("ada")
    assert await mediators.get("ada") is None


async def test_numbers_and_names_are_sealed(mediators: Mediators, redis: Redis) -> None:
    await mediators.save(ADA)
    dump = str([await redis.hgetall(key) for key in await redis.keys("*")])
    assert "639980100" not in dump
    assert "Ada" not in dump


async def test_changes_at_once_are_all_kept(mediators: Mediators) -> None:
    await mediators.save(ADA)
    skills = [
        mediators.change("ada", lambda one, n=n: replace(one, skills=(*one.skills, f"s{n}")))
        for n in range(6)
    ]
    await asyncio.gather(*skills)
    kept = await mediators.get("ada")
    assert kept is not None
    assert set(kept.skills) == {"rsa", *(f"s{n}" for n in range(6))}
    assert await mediators.change("nobody", lambda one: one) is None


async def test_a_mediator_is_rung_about_one_person_at_a_time(mediators: Mediators) -> None:
    tries = await asyncio.gather(*(mediators.reserve("ada", f"CA{n}:1", 60.0) for n in range(4)))
    assert sorted(tries) == [False, False, False, True]
    await mediators.free("ada")
    assert await mediators.reserve("ada", "CA9:1", 60.0)
