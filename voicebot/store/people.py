"""What is stored about a person besides their conversations: number, wishes, what was offered to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.keys import FOLLOW_UP_TTL_S, LAST_TOPIC_TTL_S, RECORD_TTL_S, PersonKeys
from voicebot.store.person_snapshot import Memory, PersonSnapshot
from voicebot.store.transactions import Command, indexed, named_failure, together


class People:
    """The people in Redis, encrypted. `known` returns everything stored about one, in one round trip."""

    def __init__(
        self, redis: Redis, privacy: Privacy, known: Callable[[str, str], Awaitable[PersonSnapshot]]
    ) -> None:
        self._redis = redis
        self._privacy = privacy
        self._known = known

    async def keep_number(self, person: str, number: str) -> None:
        """Store the number, encrypted, so that the person can be called back or texted."""
        await self._keep(person, PersonKeys(person).number(), number, RECORD_TTL_S)

    async def number(self, person: str) -> str | None:
        """The person's number in E.164; None if it was hidden or erased."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).number())
        number = (await self._privacy.of(person)).open(sealed)
        return None if number is None else str(number)

    async def memory(self, person: str) -> Memory | None:
        """What the person agreed to have remembered; None if they were never asked, or it expired."""
        return (await self._known(person, "")).memory

    async def propose(self, person: str, topic: str) -> None:
        """Offer the procedure `topic` at the person's next contact within a month."""
        await self._keep(person, PersonKeys(person).proposed(), topic, RECORD_TTL_S)

    async def proposed(self, person: str) -> str:
        """The procedure that a mediator wants offered, or ""."""
        return (await self._known(person, "")).proposed

    async def plan_follow_up(self, person: str, topic: str, at: float) -> None:
        """Take what the person texts from `at` (Unix seconds) on as an answer to how `topic` went."""
        await self._keep(person, PersonKeys(person).follow_up(), [topic, at], FOLLOW_UP_TTL_S)

    async def follow_up(self, person: str, now: float) -> str:
        """The procedure about which the person was asked; "" if they were not, or not yet."""
        return (await self._known(person, "")).follow_up(now)

    async def end_follow_up(self, person: str) -> None:
        """It was answered, or is no longer wanted."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).follow_up())

    async def keep_topic(self, person: str, topic: str) -> None:
        """The person is being told about `topic`; "" once everything was said."""
        key = PersonKeys(person).last_topic()
        if not topic:
            async with named_failure():
                await self._redis.delete(key)
            return
        await self._keep(person, key, topic, LAST_TOPIC_TTL_S)

    async def last_topic(self, person: str) -> str:
        """The procedure that the person was told about last, within a week; else ""."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).last_topic())
        return str((await self._privacy.of(person)).open(sealed) or "")

    async def has_opted_out(self, person: str) -> bool:
        """Whether the person wants no texts."""
        async with named_failure():
            return bool(await self._redis.exists(PersonKeys(person).opted_out()))

    async def opt_in(self, person: str) -> None:
        """The person wants texts again."""
        async with named_failure():
            await self._redis.delete(PersonKeys(person).opted_out())

    async def opt_out(self, person: str) -> None:
        """The person wants no texts, according to another source."""
        async with named_failure():
            await self._redis.set(PersonKeys(person).opted_out(), "1")

    async def _keep(self, person: str, key: str, thing: Any, ttl_s: int) -> None:
        seal = await self._privacy.of(person, make=True)
        command: Command = ("SET", key, seal.seal(thing), "EX", ttl_s)
        async with named_failure():
            await together(self._redis, [command, *indexed(PersonKeys(person), [key])])
