"""A stream opens once: what was recorded of its opening opens nothing, not soon after and not later."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from redis.asyncio import Redis

from voicebot.channels.media import stream
from voicebot.channels.media.messages import Start
from voicebot.channels.media.stream import proof, proven
from voicebot.dialogue.session import Session
from voicebot.privacy import Privacy
from voicebot.store.sessions import Change, Sessions

CALL, PERSON = "CA" + "0a" * 16, "p1"


@pytest.fixture
def service(redis: Redis, privacy: Privacy) -> Any:
    """As much of a service as an opening is judged by."""
    return SimpleNamespace(privacy=privacy, runner=SimpleNamespace(sessions=Sessions(redis, privacy)))


def started(service: Any, stream_sid: str = "MZ1", call: str = CALL, **more: str) -> Start:
    parameters = {"person": PERSON, "proof": proof(service, call, PERSON), **more}
    return Start.model_construct(stream_sid=stream_sid, call_sid=call, custom_parameters=parameters)


async def may_open(service: Any, start: Start) -> bool:
    ours = proven(service, start)
    return ours is not None and await stream._may_open(service, start, ours)


async def test_an_opening_is_good_once_whatever_the_stream_is_called(service: Any) -> None:
    await service.runner.sessions.calls.bind(CALL, PERSON)
    first = started(service)
    assert await may_open(service, first)
    for sid in ("MZ1", "MZ2"):
        recorded = first.model_copy(update={"stream_sid": sid})
        assert not await may_open(service, recorded)


async def test_an_opening_expires(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    await service.runner.sessions.calls.bind(CALL, PERSON)
    monkeypatch.setattr(stream, "_PROOF_S", -1)
    assert proven(service, started(service)) is None


async def test_a_proof_is_of_one_call_and_one_person(service: Any) -> None:
    own = proof(service, CALL, PERSON)
    other = "CA" + "0b" * 16
    assert proven(service, started(service, call=other, proof=own)) is None
    assert proven(service, started(service, person="p2", proof=own)) is None
    assert proven(service, started(service, proof="gAAAA")) is None
    assert proven(service, started(service, proof=service.privacy.seal("something else"))) is None


@pytest.mark.parametrize(("status", "opens"), [("open", True), ("ended", False), ("suspended", False)])
async def test_a_call_that_is_over_is_not_opened_again(service: Any, status: Any, opens: bool) -> None:
    sessions = service.runner.sessions
    await sessions.calls.bind(CALL, PERSON)
    assert await sessions.commit(Change(replace(Session(CALL, PERSON), status=status), 0))
    assert await may_open(service, started(service)) is opens


async def test_nothing_is_opened_for_somebody_who_was_forgotten(service: Any) -> None:
    sessions = service.runner.sessions
    await sessions.calls.bind(CALL, PERSON)
    start = started(service)
    await sessions.erase(PERSON)
    assert not await may_open(service, start)


async def test_the_newest_stream_of_a_call_is_the_live_one(service: Any) -> None:
    calls = service.runner.sessions.calls
    await calls.bind(CALL, PERSON)
    for sid in ("MZ1", "MZ2"):  # the webhook came twice, so there are two openings
        assert await may_open(service, started(service, sid))
    assert not await calls.is_live(CALL, "MZ1")
    assert await calls.is_live(CALL, "MZ2")


class Socket:
    """The socket of an older stream."""

    def __init__(self) -> None:
        self.closed_with = 0

    async def close(self, code: int) -> None:
        self.closed_with = code


async def test_the_older_socket_is_closed() -> None:
    older, newer = Socket(), Socket()
    for socket in (older, newer):
        await stream._replace_older(CALL, socket)  # type: ignore[arg-type]
    assert (older.closed_with, newer.closed_with) == (1008, 0)
    stream._forget(newer)  # type: ignore[arg-type]
    assert CALL not in stream._live
