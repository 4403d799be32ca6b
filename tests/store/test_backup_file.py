"""A backup as a file: all that Redis keeps, sealed, read back into an empty one."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from redis.asyncio import Redis

from voicebot.errors import DataError
from voicebot.privacy import Privacy
from voicebot.records import Record, TicketRequest
from voicebot.store import backup
from voicebot.store.keys import PersonKeys
from voicebot.store.sessions import Sessions

NUMBER = "+33639980011"


@pytest.fixture
async def saved(redis: Redis, privacy: Privacy, tmp_path: Path) -> Path:
    """A backup of a store in which somebody asked for a person, and of 1,200 keys more."""
    sessions = Sessions(redis, privacy)
    await sessions.people.keep_number("p1", NUMBER)
    await sessions.add("p1", Record("t1", 0.0, TicketRequest(person="p1", session="CA1", reason="asked")))
    for number in range(1200):
        await redis.set(f"voicebot:count:{number}", "1", ex=1000)
    await redis.set("another program's", "1")
    file = tmp_path / "day.backup.gz"
    file.write_bytes(b"".join([piece async for piece in backup.packed(redis)]))
    return file


async def test_what_was_saved_is_there_again_and_lives_no_longer_than_before(
    saved: Path, redis: Redis, privacy: Privacy
) -> None:
    before = await redis.ttl(PersonKeys("p1").number())
    await redis.flushall()
    assert await backup.unpack(redis, saved) > 1200
    sessions = Sessions(redis, privacy)
    assert await sessions.people.number("p1") == NUMBER
    assert [record.order.reason for record in await sessions.records("ticket")] == ["asked"]
    assert 0 < await redis.ttl(PersonKeys("p1").number()) <= before
    assert not await redis.exists("another program's")


def test_nobody_can_be_read_in_it(saved: Path) -> None:
    content = gzip.decompress(saved.read_bytes())
    assert NUMBER.encode() not in content
    assert NUMBER[3:].encode() not in content


async def test_a_redis_that_has_something_is_not_overwritten(saved: Path, redis: Redis) -> None:
    with pytest.raises(DataError, match="empty it first"):
        await backup.unpack(redis, saved)


# gzip writes the time into its header: it must not be in a test's name, which both workers of a run collect.
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no backup",
        gzip.compress(b"{}\n", mtime=0),
        gzip.compress(b'{"backup": "voicebot"', mtime=0),
    ],
    ids=["empty", "not compressed", "another file", "cut short"],
)
async def test_what_is_no_backup_is_told(redis: Redis, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(DataError, match="expected a whole backup"):
        await backup.unpack(redis, file)


async def test_a_backup_cut_short_is_told(saved: Path, redis: Redis) -> None:
    cut_short(saved)
    await redis.flushall()
    with pytest.raises(DataError, match="expected a whole backup"):
        await backup.unpack(redis, saved)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])
