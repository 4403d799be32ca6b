"""What all parts of the store share: naming failures, writing atomically, and changing contended values."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

from redis.asyncio import Redis
from redis.exceptions import RedisError, WatchError

from voicebot.errors import StoreError
from voicebot.store.keys import INDEX_TTL_S, PersonKeys
from voicebot.store.scripts import Word

#: A Redis command: its name, the key, the rest.
Command = tuple[Word, ...]
T = TypeVar("T")

_TRIES: Final = 50
#: The longest waits in seconds before the second attempt and before any later one. They are random, so that
#: processes which collided once do not collide again.
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.002, 0.05


class ChangedMeanwhileError(Exception):
    """Raised by an attempt that saw somebody else's change before it could write: it is repeated."""


#: What asyncio says of a connection from which somebody who was cancelled is still reading.
_STILL_READ: Final = "another coroutine is already waiting"


@asynccontextmanager
async def named_failure() -> AsyncIterator[None]:
    """Turn a failure of Redis into a StoreError."""
    try:
        yield
    except RedisError as error:
        raise StoreError(
            f"Redis refused or did not answer ({type(error).__name__}): is it up, has it memory?"
        ) from error
    except RuntimeError as error:
        if _STILL_READ not in str(error):
            raise
        raise StoreError("a connection to Redis is still read by somebody who gave up: ask again") from error


async def compare_and_change(redis: Redis, what: str, attempt: Callable[[Any], Awaitable[T]]) -> T:
    """Repeat `attempt` until nothing that it watched was changed by others meanwhile; returns its result.

    It is given a pipeline: it watches keys, reads and, if something is to be written, calls `multi` and
    queues commands, which are executed here. Raises StoreError, naming `what`, after fifty attempts.
    """
    for tried in range(_TRIES):
        try:
            async with named_failure(), redis.pipeline(transaction=True) as pipe:
                result = await attempt(pipe)
                if len(pipe):
                    await _execute(pipe)
            return result
        except ChangedMeanwhileError:
            await asyncio.sleep(random.uniform(0, min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2.0**tried)))
    raise StoreError(f"{what} was changed by others each time: expected to win within {_TRIES} tries")


async def _execute(pipe: Any) -> None:
    try:
        await pipe.execute()
    except WatchError as error:
        raise ChangedMeanwhileError from error


async def together(redis: Redis, commands: Sequence[Command]) -> None:
    """Run `commands` as one transaction."""
    async with redis.pipeline(transaction=True) as pipe:
        for command in commands:
            pipe.execute_command(*command)
        await pipe.execute()


def indexed(keys: PersonKeys, names: Collection[Word]) -> list[Command]:
    """List a person's keys, so that all of them can be erased."""
    return [("SADD", keys.index(), *names), *_lives_on(keys)] if names else []


def index(pipe: Any, keys: PersonKeys, *names: Word) -> None:
    """As `indexed`, within the transaction of `pipe`."""
    for command in indexed(keys, names):
        pipe.execute_command(*command)


def _lives_on(keys: PersonKeys) -> tuple[Command, Command]:
    """The index outlives all that it names, so its lifetime never shrinks ("GT" ignores a new key)."""
    lives: Command = ("EXPIRE", keys.index(), INDEX_TTL_S)
    return (*lives, "NX"), (*lives, "GT")
