"""Who makes which call, and which audio streams have been opened."""

from __future__ import annotations

from redis.asyncio import Redis

from voicebot.store.keys import HOUR_S, SESSION_TTL_S, PersonKeys, call, live_stream, stream
from voicebot.store.server import arrived
from voicebot.store.transactions import Command, indexed, named_failure, together


class Calls:
    """The calls in Redis, by their CallSid."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def bind(self, call_id: str, person: str) -> None:
        """Remember who makes this call."""
        keys = PersonKeys(person)
        made: list[Command] = [("SADD", keys.calls(), call_id), ("EXPIRE", keys.calls(), SESSION_TTL_S)]
        async with named_failure():
            await together(self._redis, [*made, *indexed(keys, [keys.calls()])])
            await self._redis.set(call(call_id), person, ex=SESSION_TTL_S)

    async def caller(self, call_id: str) -> str | None:
        """The pseudonym of whoever makes this call."""
        async with named_failure():
            person = await self._redis.get(call(call_id))
        return None if person is None else str(person)

    async def of(self, person: str) -> set[str]:
        """The ids of the calls that the person made."""
        async with named_failure():
            return {str(one) for one in await arrived(self._redis.smembers(PersonKeys(person).calls()))}

    async def open_stream(self, call_id: str, stream_id: str, nonce: str) -> tuple[bool, str | None]:
        """Whether `nonce` is used for the first time, and who calls. The stream is now the live one."""
        async with named_failure(), self._redis.pipeline(transaction=False) as pipe:
            pipe.set(stream(nonce), "1", nx=True, ex=HOUR_S)
            pipe.get(call(call_id))
            is_new, person = await pipe.execute()
            if is_new:
                await self._redis.set(live_stream(call_id), stream_id, ex=SESSION_TTL_S)
        return bool(is_new), None if person is None else str(person)

    async def is_live(self, call_id: str, stream_id: str) -> bool:
        """Whether no newer stream of this call was opened, by any process."""
        async with named_failure():
            newest = await self._redis.get(live_stream(call_id))
        return newest is None or str(newest) == stream_id
