"""Sentences that were not understood, once three different people have said them. Nothing is kept before.

Of a sentence that fewer people said, only a keyed hash is kept with a count of people that names nobody
(HyperLogLog), so that nobody's words can be read, and being forgotten leaves nothing to erase.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store import unheard_keys as keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure

#: A sentence is shown when this many different people said it.
LEAST_PEOPLE: Final = 3
#: The sentences kept, the latest ones.
_MOST: Final = 500


@dataclass(frozen=True)
class UnheardSentence:
    """What `people` different callers said at `step` (flow.step); `id` names it in addresses."""

    id: str
    step: str
    text: str
    people: int


class Unheard:
    """The sentences in Redis."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def note(self, step: str, text: str, person: str, at: float) -> None:
        """Somebody (a pseudonym) said `text` at `step`, and was not understood."""
        id = self._privacy.pseudonym(f"unheard:{step}:{text}")
        count = keys.unheard_count(id)
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.pfadd(count, self._privacy.pseudonym(f"unheard:{person}"))
            pipe.pfcount(count)
            pipe.expire(count, keys.UNHEARD_TTL_S)
            pipe.sismember(keys.unheard_ignored(), id)
            _, people, _, ignored = await pipe.execute()
        if int(people) >= LEAST_PEOPLE and not ignored:
            await self._keep(id, step, text, at)

    async def _keep(self, id: str, step: str, text: str, at: float) -> None:
        sealed = self._privacy.seal([step, text])
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(keys.unheard_text(id), sealed, ex=keys.UNHEARD_TTL_S)
            pipe.zadd(keys.unheard(), {id: at})
            pipe.zremrangebyrank(keys.unheard(), 0, -_MOST - 1)
            pipe.expire(keys.unheard(), keys.UNHEARD_TTL_S)
            await pipe.execute()

    async def all(self) -> list[UnheardSentence]:
        """Every sentence that enough people said, the most frequent first."""
        async with named_failure():
            ids = [str(one) for one in await arrived(self._redis.zrange(keys.unheard(), 0, -1))]
            async with self._redis.pipeline() as pipe:
                for id in ids:
                    pipe.get(keys.unheard_text(id))
                    pipe.pfcount(keys.unheard_count(id))
                found: list[Any] = await pipe.execute()
        rows = zip(ids, found[::2], found[1::2], strict=True)
        opened = ((id, self._privacy.unseal(text), int(people)) for id, text, people in rows if text)
        told = [UnheardSentence(id, str(step), str(text), people) for id, (step, text), people in opened]
        return sorted(told, key=lambda one: (-one.people, one.step, one.text))

    async def drop(self, id: str) -> UnheardSentence | None:
        """It was dealt with: do not show it again. Returns it, or None if it is not there."""
        one = next((one for one in await self.all() if one.id == id), None)
        if one:
            async with named_failure(), self._redis.pipeline() as pipe:
                pipe.zrem(keys.unheard(), id)
                pipe.delete(keys.unheard_text(id))
                pipe.sadd(keys.unheard_ignored(), id)
                pipe.expire(keys.unheard_ignored(), keys.UNHEARD_TTL_S)
                await pipe.execute()
        return one
