"""A sentence can be read once three different people have said it, and not before."""

from __future__ import annotations

from redis.asyncio import Redis

from tests import left
from voicebot.privacy import Privacy
from voicebot.store.unheard import Unheard

SAID = "j'attends toujours mon argent"


async def test_two_people_leave_nothing_that_can_be_read(redis: Redis, privacy: Privacy) -> None:
    unheard = Unheard(redis, privacy)
    for person in ("awa", "bea", "awa", "bea"):
        await unheard.note("rsa.besoin", SAID, person, 1.0)
    assert await unheard.all() == []
    assert await left.of(redis, privacy, SAID, "awa", "bea") == set()


async def test_the_third_makes_it_readable_and_it_can_be_dealt_with(redis: Redis, privacy: Privacy) -> None:
    unheard = Unheard(redis, privacy)
    for person in ("awa", "bea", "zoe", "lea"):
        await unheard.note("rsa.besoin", SAID, person, 1.0)
    (one,) = await unheard.all()
    assert (one.step, one.text, one.people) == ("rsa.besoin", SAID, 4)
    assert await unheard.drop(one.id) == one
    await unheard.note("rsa.besoin", SAID, "eva", 2.0)
    assert await unheard.all() == []
    assert await unheard.drop(one.id) is None
