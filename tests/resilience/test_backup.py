"""The backup of docs/operating.md: copied from a running server, unpacked for another, read back."""

from __future__ import annotations

import asyncio
import re
import subprocess
import time
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis.asyncio import Redis

from tests.conftest import DATA_KEY
from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.records import Record, TicketRequest
from voicebot.store.server import embedded
from voicebot.store.sessions import Sessions

DOC = Path(__file__).parents[2] / "docs" / "operating.md"
PERSON = "somebody"


def told(pattern: str) -> list[str]:
    """The words of a command that the document shows."""
    (found,) = re.findall(pattern, DOC.read_text(encoding="utf-8"), re.MULTILINE)
    return str(found).split()


def connected(socket: str) -> Redis:
    return Redis(unix_socket_path=socket, decode_responses=True)


async def quiet(redis: Redis, within_s: float = 10.0) -> None:
    """Until Redis rewrites nothing, as the document asks."""
    end = time.monotonic() + within_s
    while (await redis.info("persistence"))["aof_rewrite_in_progress"]:
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


async def kept(redis: Redis, privacy: Privacy) -> list[str]:
    return [record.order.reason for record in await Sessions(redis, privacy).records("ticket")]


async def test_what_is_backed_up_while_calls_go_on_is_read_after_a_restore(
    tmp_path: Path, privacy: Privacy
) -> None:
    pack = told(r"alpine (tar czf /backup/redis\.tgz .+)$")
    unpack = told(r"alpine (tar xzf /backup/redis\.tgz .+)$")
    stop_rewriting = told(r"redis-cli (CONFIG SET auto-aof-rewrite-percentage 0)$")
    first, second = tmp_path / "first", tmp_path / "second"
    second.mkdir()

    def done(command: list[str], data: Path) -> None:
        # GNU tar tells by 1 that a file grew while it was read, which is the point here; busybox does not.
        here = {"/backup/redis.tgz": str(tmp_path / "redis.tgz"), "/data": str(data)}
        assert subprocess.run([here.get(word, word) for word in command], check=False).returncode in (0, 1)

    with embedded(first) as socket:
        redis = connected(socket)
        sessions = Sessions(redis, privacy)
        await sessions.add(PERSON, Record("one", 1.0, TicketRequest(person=PERSON, reason="before")))
        await redis.bgrewriteaof()
        assert await redis.execute_command(*stop_rewriting)
        await quiet(redis)
        writing = asyncio.create_task(keep_writing(sessions))
        await asyncio.to_thread(done, pack, first)
        writing.cancel()
        await redis.aclose()
    done(unpack, second)
    with embedded(second) as socket:
        restored = connected(socket)
        assert (await kept(restored, privacy))[0] == "before"
        with pytest.raises(StoreError, match="data keys"):
            await kept(restored, Privacy("pepper", [Fernet.generate_key().decode()]))
        await restored.aclose()


async def keep_writing(sessions: Sessions) -> None:
    """Calls go on, and may be cut off in the middle of the copy."""
    for number in range(10_000):
        later = TicketRequest(person=PERSON, reason="later")
        await sessions.add(PERSON, Record(f"later {number}", 2.0 + number, later))


def test_keys_are_rotated_in_the_order_that_the_document_tells() -> None:
    old, new = DATA_KEY, Fernet.generate_key().decode()
    rounds = [(old,), (old, new), (new, old), (new,)]
    services = [Privacy("pepper", keys) for keys in rounds]
    for before, after in pairwise(services[:3]):
        # While one service has already gone round and the other has not, each reads what the other wrote.
        assert after.unseal(before.seal("kept")) == before.unseal(after.seal("kept")) == "kept"
    with pytest.raises(StoreError):
        services[0].unseal(services[2].seal("lost"))
    with pytest.raises(StoreError):
        services[3].unseal(services[0].seal("too early"))
