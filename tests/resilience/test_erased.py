"""Erased is unreadable: with our own keys, in the append-only file, in dumps, in logs, under every key."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis

from tests import left
from tests.conftest import DATA_KEY
from tests.deployment import TOKEN, KeypadCaller, MortalRedis
from tests.resilience.conftest import KEYS, ORIGIN, Clock, on, webhooks
from voicebot.channels.service import Service
from voicebot.channels.sms import SMS_PATH
from voicebot.errors import StoreError
from voicebot.handoff import ticket as handoff
from voicebot.privacy import Privacy
from voicebot.store.personal_keys import FiledKeys
from voicebot.store.server import connect
from voicebot.store.spoken_files import SpokenFiles, Steps
from voicebot.store.upkeep import Upkeep
from voicebot.telephony import sign

NUMBER = "+33639980365"
#: What must be found nowhere: what was written, in any form.
WORDS = ("Zoubida", "rue des Lilas", "639980365", "perdu mon travail")
WRITTEN = "je m'appelle Zoubida, 12 rue des Lilas, j'ai perdu mon travail, je voudrais le RSA"
_SEALED = re.compile(rb"p?gAAAA[A-Za-z0-9_=-]{40,}")
_PATIENCE_S, _LOOK_S = 10.0, 0.02
_ids = count(1)


@dataclass
class World:
    """The service with keys for each person, on a store whose files are looked at."""

    service: Service
    redis: Redis
    folder: Path
    client: httpx.AsyncClient

    async def texted(self, body: str) -> str:
        form = {"MessageSid": f"SM{next(_ids):032x}", "From": NUMBER, "To": "+33939000001", "Body": body}
        signature = sign(ORIGIN + SMS_PATH, form, TOKEN)
        headers = {"X-Twilio-Signature": signature}
        return (await self.client.post(SMS_PATH, data=form, headers=headers)).text

    @property
    def person(self) -> str:
        return self.service.privacy.pseudonym(NUMBER)

    def files(self) -> bytes:
        """Everything that Redis wrote, with all that our keys open in it."""
        return all_opened(self.service.privacy, self.folder)


def all_opened(privacy: Privacy, folder: Path, pattern: str = "*") -> bytes:
    """The content of all files, with everything that is sealed in it in clear where a key fits."""
    content = b"\n".join(file.read_bytes() for file in folder.rglob(pattern) if file.is_file())
    return b"\n".join((content, *_in_clear(privacy, content)))


def _in_clear(privacy: Privacy, content: bytes) -> Iterator[bytes]:
    for token in _SEALED.findall(content):
        try:
            yield str(privacy.unseal(token.removeprefix(b"p"))).encode()
        except StoreError:
            continue


@pytest.fixture
async def world(built: Service, clock: Clock, tmp_path: Path) -> AsyncIterator[World]:
    async with with_keys(built, clock, tmp_path) as world:
        yield world


@asynccontextmanager
async def with_keys(built: Service, clock: Clock, tmp_path: Path) -> AsyncIterator[World]:
    mortal = MortalRedis(tmp_path / "redis")
    own = replace(built, privacy=Privacy("pepper", [DATA_KEY], FiledKeys(tmp_path / "keys.sqlite")))
    try:
        async with connect(mortal.url, mortal.data) as redis:
            service = on(own, redis, clock)
            async with webhooks(service) as client:
                yield World(service, redis, tmp_path / "redis", client)
    finally:
        mortal.stop()


async def everything_about_somebody(world: World) -> None:
    """They text, call, ask for a person, and keep a spoken file."""
    for body in (WRITTEN, "21", "CONSEILLER"):
        await world.texted(body)
    caller = KeypadCaller(ORIGIN, NUMBER, client=world.client)
    await caller.dial()
    for keys in KEYS[:2]:
        await caller.press(keys)
    await caller.hang_up()
    files = SpokenFiles(world.redis, world.service.privacy)
    await files.keep(files.ref(world.person, "4821"), Steps("rsa", 1.0))


async def rewritten(world: World) -> None:
    """As the elected process does within a minute."""
    assert await Upkeep(world.redis, world.service.privacy).look()
    async with asyncio.timeout(_PATIENCE_S):
        while (await world.redis.info("persistence"))["aof_rewrite_in_progress"]:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_S)


def found(content: bytes) -> list[str]:
    return [word for word in WORDS if word.encode() in content]


@pytest.mark.parametrize("how", ["by text", "by a mediator"])
async def test_after_being_forgotten_nothing_can_be_read_anywhere(
    world: World, how: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await everything_about_somebody(world)
    backup = shutil.copytree(world.folder, tmp_path / "backup", ignore=shutil.ignore_patterns("*.sock"))
    assert _SEALED.search(world.files()), "something was written, or the rest proves nothing"
    if how == "by text":
        if "OUI OUBLI" in await world.texted("OUBLI"):  # something is open: they are asked once more
            await world.texted("OUI OUBLI")
    else:
        await world.service.runner.sessions.erase(world.person)
    assert found(world.files()) == [], "even before the file is rewritten"
    await rewritten(world)
    assert found(world.files()) == []
    privacy = world.service.privacy
    in_backup = all_opened(privacy, Path(backup))
    assert found(in_backup) == [], "a backup made before cannot be read either"
    assert (await privacy.of(world.person)).open(personal_in(all_opened(privacy, Path(backup)))[0]) is None
    assert await left.of(world.redis, privacy, *WORDS) == set()
    assert found("".join(capsys.readouterr()).encode()) == []
    assert world.person.encode() not in (tmp_path / "keys.sqlite").read_bytes()


def personal_in(content: bytes) -> list[str]:
    """What is sealed with somebody's own key."""
    return [token.decode() for token in _SEALED.findall(content) if token.startswith(b"p")]


async def test_a_spoken_file_is_found_although_a_request_was_closed_later(world: World) -> None:
    """Once, a ticket shortened the index to thirty days; the file, which lives ninety, then stayed."""
    await everything_about_somebody(world)
    files = SpokenFiles(world.redis, world.service.privacy)
    ref = files.ref(world.person, "4821")
    (index,) = await world.redis.keys(f"*{{{world.person}}}:keys")
    before = await world.redis.ttl(index)
    for ticket in await world.service.switches.tickets.of(world.person):
        await world.service.switches.tickets.change(ticket.id, lambda one: handoff.claim(one, "m1", 2.0))
    assert await world.redis.ttl(index) >= before - 60
    await world.service.runner.sessions.erase(world.person)
    assert await files.read(ref) == ()


async def test_whoever_was_forgotten_begins_anew(world: World) -> None:
    await everything_about_somebody(world)
    await world.service.runner.sessions.erase(world.person)
    assert await world.texted("RSA")
    known = await world.service.runner.sessions.known(world.person, "")
    assert known.memory is None
    assert await world.service.runner.sessions.people.number(world.person) == NUMBER


async def test_the_key_goes_even_if_the_process_dies_right_after_erasing(world: World) -> None:
    await everything_about_somebody(world)
    privacy, sessions = world.service.privacy, world.service.runner.sessions
    await sessions._traces(world.person)  # it begins,
    (index,) = await world.redis.keys(f"*{{{world.person}}}:keys")
    await world.redis.delete(index)  # erases, and dies
    await rewritten(world)
    assert (await privacy.of(world.person)).open("pgAAAA") is None
    assert world.person.encode() not in (world.folder.parent / "keys.sqlite").read_bytes()


async def test_redis_keeps_no_dump(world: World) -> None:
    assert (await world.redis.config_get("save"))["save"] == ""
