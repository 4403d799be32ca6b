"""Spoken files in a real Redis: sealed, gone after a while, and guessing them is slow."""

from __future__ import annotations

import json

import pytest
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from voicebot.privacy import Privacy
from voicebot.store.code_attempts import FOR_ONE, OF_ALL, OF_ONE, CodeAttempts
from voicebot.store.keys import DAY_S, FILE_TTL_S, INDEX_TTL_S, PersonKeys
from voicebot.store.spoken_files import MOST, SpokenFiles, Steps

RSA = Steps("rsa", 5.0, "rsa.comment", True, ("piece_identite",), ("rib",), ("rsa.note_caf",))


@pytest.fixture
def files(redis: Redis, privacy: Privacy) -> SpokenFiles:
    return SpokenFiles(redis, privacy)


@pytest.fixture
def guesses(redis: Redis) -> CodeAttempts:
    return CodeAttempts(redis)


async def test_what_was_kept_is_read_with_the_same_owner_and_code_only(files: SpokenFiles) -> None:
    await files.keep(files.ref("awa", "4071"), RSA)
    assert await files.read(files.ref("awa", "4071")) == (RSA,)
    assert await files.read(files.ref("awa", "4072")) == ()
    assert await files.read(files.ref("leo", "4071")) == ()


async def test_neither_code_nor_content_can_be_read_in_the_store(files: SpokenFiles, redis: Redis) -> None:
    await files.keep(files.ref("awa", "4071"), RSA)
    names = [str(name) async for name in redis.scan_iter("*")]
    values = [await redis.get(name) for name in names if "file" in name]
    assert len(values) == 1
    assert "4071" not in json.dumps([names, values])
    assert "rsa" not in json.dumps(values)


async def test_another_key_gives_other_names(files: SpokenFiles, redis: Redis) -> None:
    other = SpokenFiles(redis, Privacy("another pepper", [DATA_KEY]))
    assert other.ref("awa", "4071") != files.ref("awa", "4071")


async def test_it_expires_counted_from_when_it_was_last_heard(files: SpokenFiles, redis: Redis) -> None:
    ref = files.ref("awa", "4071")
    key = PersonKeys("awa").file(ref.partition("/")[2])
    await files.keep(ref, RSA)
    assert FILE_TTL_S <= INDEX_TTL_S
    await redis.expire(key, 10)
    await files.read(ref)
    assert FILE_TTL_S - 5 < await redis.ttl(key) <= FILE_TTL_S
    assert key in {str(name) for name in await redis.smembers(PersonKeys("awa").index())}


async def test_a_file_holds_a_few_procedures_each_once_the_latest_first(files: SpokenFiles) -> None:
    ref = files.ref("awa", "4071")
    for at, topic in enumerate(("rsa", "impots", "energie", "banque", "retraite")):
        await files.keep(ref, Steps(topic, float(at)))
    await files.keep(ref, Steps("impots", 10.0, finished=True))
    kept = await files.read(ref)
    assert [steps.topic for steps in kept] == ["impots", "retraite", "banque", "energie"]
    assert (len(kept), kept[0].finished) == (MOST, True)


async def test_it_can_be_erased(files: SpokenFiles) -> None:
    await files.keep(files.ref("awa", "4071"), RSA)
    await files.erase(files.ref("awa", "4071"))
    assert await files.read(files.ref("awa", "4071")) == ()


async def test_one_telephone_gets_a_few_tries_a_day(guesses: CodeAttempts) -> None:
    tried = [await guesses.allowed("thief", f"owner{number}", 0.0) for number in range(OF_ONE + 1)]
    assert tried == [True] * OF_ONE + [False]
    assert await guesses.allowed("thief", "owner", float(DAY_S))


async def test_one_owner_is_tried_a_few_times_a_day_from_everywhere_and_not_locked_out(
    guesses: CodeAttempts,
) -> None:
    tried = [await guesses.allowed(f"thief{number}", "awa", 0.0) for number in range(FOR_ONE + 1)]
    assert tried == [True] * FOR_ONE + [False]
    assert await guesses.allowed("awa", "awa", 0.0), "her own telephone still opens it"


async def test_everybody_together_gets_so_many_an_hour(guesses: CodeAttempts) -> None:
    tried = [await guesses.allowed(f"thief{n}", f"owner{n}", 0.0) for n in range(OF_ALL + 1)]
    assert tried == [True] * OF_ALL + [False]
    assert await guesses.allowed("awa", "awa", 0.0)
    assert await guesses.allowed("late", "awa", 3600.0)


async def test_a_right_code_does_not_count(guesses: CodeAttempts) -> None:
    for _ in range(3 * OF_ONE):
        assert await guesses.allowed("awa", "awa", 0.0)
        await guesses.right("awa", "awa", 0.0)


async def test_forgetting_lifts_no_limit(guesses: CodeAttempts, redis: Redis) -> None:
    await guesses.allowed("awa", "awa", 0.0)
    index = await redis.smembers(PersonKeys("awa").index())
    assert not [name for name in index if "guess" in str(name)]
