"""Each person's own key: made once, renewed, destroyed for good; in a file or in a Redis of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from voicebot.errors import ConfigError, Erased, StoreError
from voicebot.privacy import PersonalKeys, Privacy, Seal
from voicebot.store.keys import DAY_S
from voicebot.store.personal_keys import FiledKeys, ServedKeys, check_pair, personal_keys


@pytest.fixture(params=["file", "server"])
def keys(request: pytest.FixtureRequest, tmp_path: Path, redis: Redis) -> PersonalKeys:
    return FiledKeys(tmp_path / "keys.sqlite") if request.param == "file" else ServedKeys(redis)


def privacy_with(keys: PersonalKeys, *common: str) -> Privacy:
    return Privacy("pepper", common or (DATA_KEY,), keys)


async def test_what_is_sealed_for_somebody_opens_until_they_are_forgotten(keys: PersonalKeys) -> None:
    privacy, other = privacy_with(keys), privacy_with(keys)
    sealed = (await privacy.of("p1", make=True)).seal({"name": "Zoubida"})
    assert (await other.of("p1")).unseal(sealed) == {"name": "Zoubida"}, "any process opens it"
    with pytest.raises(StoreError):
        privacy.unseal(sealed)
    assert (await privacy.of("p2", make=True)).open(sealed) is None
    await privacy.forget("p1")
    assert (await other.of("p1")).open(sealed) is None
    with pytest.raises(Erased):
        (await other.of("p1")).seal("more")


async def test_whoever_comes_again_gets_a_new_key(keys: PersonalKeys) -> None:
    privacy = privacy_with(keys)
    old = (await privacy.of("p1", make=True)).seal("old")
    await privacy.forget("p1")
    seal = await privacy.of("p1", make=True)
    assert seal.open(seal.seal("new")) == "new"
    assert seal.open(old) is None


async def test_two_at_once_make_one_key(keys: PersonalKeys) -> None:
    privacy = privacy_with(keys)
    first, second = await asyncio.gather(privacy.of("p1", make=True), privacy.of("p1", make=True))
    assert second.unseal(first.seal("x")) == "x"


async def test_a_key_that_was_destroyed_is_not_brought_back(keys: PersonalKeys) -> None:
    await keys.make("p1", "sealed")
    await keys.destroy("p1")
    await keys.renew("p1", "sealed anew")
    assert await keys.find("p1") is None


async def test_what_was_sealed_before_there_were_own_keys_is_opened(keys: PersonalKeys) -> None:
    before = Seal(Privacy("pepper", [DATA_KEY])).seal("before")
    assert (await privacy_with(keys).of("p1")).open(before) == "before"


async def test_the_common_key_can_be_changed(tmp_path: Path) -> None:
    """A day later the person's key is sealed with the newest common one, and the old one can go."""
    now = 1_795_000_000.0
    keys = FiledKeys(tmp_path / "keys.sqlite", lambda: now)
    fresh = Fernet.generate_key().decode()
    sealed = (await privacy_with(keys, DATA_KEY).of("p1", make=True)).seal("kept")
    now += 2 * DAY_S
    await privacy_with(keys, fresh, DATA_KEY).of("p1")
    assert (await privacy_with(keys, fresh).of("p1")).open(sealed) == "kept"


async def test_a_key_expires_after_its_person_has_been_silent_for_half_a_year(tmp_path: Path) -> None:
    now = 1_795_000_000.0
    keys = FiledKeys(tmp_path / "keys.sqlite", lambda: now)
    await keys.make("p1", "sealed")
    now += 183 * DAY_S
    assert await keys.find("p1") is None
    await keys.make("p2", "another")
    assert b"p1" not in (tmp_path / "keys.sqlite").read_bytes()


async def test_nothing_of_a_destroyed_key_stays_in_the_file(tmp_path: Path) -> None:
    keys = FiledKeys(tmp_path / "keys.sqlite")
    await keys.make("p1", "the-sealed-key-of-somebody")
    assert b"the-sealed-key" in (tmp_path / "keys.sqlite").read_bytes()
    await keys.destroy("p1")
    assert [file.name for file in sorted(tmp_path.glob("*"))] == ["keys.sqlite"]  # noqa: ASYNC240 - a test
    assert b"the-sealed-key" not in (tmp_path / "keys.sqlite").read_bytes()
    assert (tmp_path / "keys.sqlite").stat().st_mode & 0o077 == 0


def test_where_they_are_kept_is_a_setting(tmp_path: Path) -> None:
    assert isinstance(personal_keys("", tmp_path / "a"), FiledKeys)
    assert isinstance(personal_keys("redis://keys:6379/0", tmp_path / "a"), ServedKeys)
    with pytest.raises(StoreError, match="VOICEBOT_PERSONAL_KEYS"):
        personal_keys("/proc/nowhere/keys", tmp_path / "a")


async def test_keys_and_redis_are_a_pair(redis: Redis, tmp_path: Path) -> None:
    """A service with an empty file of its own would make everything unreadable to the others."""
    theirs = privacy_with(FiledKeys(tmp_path / "keys.sqlite"))
    await check_pair(redis, theirs)
    await check_pair(redis, privacy_with(FiledKeys(tmp_path / "keys.sqlite")))
    with pytest.raises(ConfigError, match="VOICEBOT_PERSONAL_KEYS"):
        await check_pair(redis, privacy_with(FiledKeys(tmp_path / "another.sqlite")))
    await redis.flushall()
    await check_pair(redis, theirs)  # an empty Redis takes any


async def test_the_mark_of_the_pair_does_not_expire(redis: Redis, tmp_path: Path) -> None:
    now = 1_795_000_000.0
    keys = FiledKeys(tmp_path / "keys.sqlite", lambda: now)
    await check_pair(redis, privacy_with(keys))
    now += 1000 * DAY_S
    await keys.make("p1", "sealed")
    await check_pair(redis, privacy_with(keys))
