"""Texts and notes that a mediator has begun: sealed, erased with the person's data, gone after a week."""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.keys import DRAFT_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.transactions import index, named_failure

#: What can be begun: a text to the person, a note for colleagues.
FIELDS: Final = ("text", "note")


class Drafts:
    """The drafts in Redis, by person, ticket and account."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def keep(self, person: str, ticket: str, account: str, field: str, text: str) -> None:
        """Store how far somebody has got with `field`; an empty text removes it."""
        keys, name = PersonKeys(person), f"{ticket}/{account}/{field}"
        seal = await self._privacy.of(person, make=True)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            if text.strip():
                pipe.hset(keys.drafts(), name, seal.seal(text))
                pipe.expire(keys.drafts(), DRAFT_TTL_S)
                index(pipe, keys, keys.drafts())
            else:
                pipe.hdel(keys.drafts(), name)
            await pipe.execute()

    async def of(self, person: str, ticket: str, account: str) -> dict[str, str]:
        """What somebody has begun about a ticket, "" for a field that is empty."""
        names = [f"{ticket}/{account}/{field}" for field in FIELDS]
        async with named_failure():
            sealed = await arrived(self._redis.hmget(PersonKeys(person).drafts(), names))
        seal = await self._privacy.of(person)
        return {field: str(seal.open(one) or "") for field, one in zip(FIELDS, sealed, strict=True)}
