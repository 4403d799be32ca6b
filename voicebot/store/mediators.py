"""The mediators in Redis, encrypted, and which of them is being rung."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter
from redis.asyncio import Redis

from voicebot.handoff.mediator import Mediator
from voicebot.privacy import Privacy
from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import compare_and_change, named_failure

_MEDIATOR = TypeAdapter(Mediator)


class Mediators:
    """The directory of mediators."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def save(self, mediator: Mediator) -> None:
        """Store `mediator` as it is now."""
        async with named_failure():
            await arrived(self._redis.hset(keys.mediators(), mediator.id, self._sealed(mediator)))

    async def get(self, mediator_id: str) -> Mediator | None:
        """The mediator with this id."""
        async with named_failure():
            sealed = await arrived(self._redis.hget(keys.mediators(), mediator_id))
        return None if sealed is None else self._opened(sealed)

    async def all(self) -> list[Mediator]:
        """Every mediator, by name."""
        async with named_failure():
            sealed = await arrived(self._redis.hvals(keys.mediators()))
        return sorted(map(self._opened, sealed), key=lambda one: one.name.casefold())

    async def remove(self, mediator_id: str) -> None:
        """Erase a mediator."""
        async with named_failure():
            await arrived(self._redis.hdel(keys.mediators(), mediator_id))

    async def change(self, mediator_id: str, change: Callable[[Mediator], Mediator]) -> Mediator | None:
        """Apply `change` to the mediator's current state; None if there is no such mediator."""

        async def attempt(pipe: Any) -> Mediator | None:
            await pipe.watch(keys.mediators())
            sealed = await arrived(pipe.hget(keys.mediators(), mediator_id))
            if sealed is None:
                return None
            changed = change(self._opened(sealed))
            pipe.multi()
            pipe.hset(keys.mediators(), mediator_id, self._sealed(changed))
            return changed

        return await compare_and_change(self._redis, "a mediator", attempt)

    async def reserve(self, mediator_id: str, ticket_id: str, for_s: float) -> bool:
        """Whether the mediator may be rung about this ticket: two processes never ring them at once."""
        async with named_failure():
            return bool(
                await self._redis.set(keys.rung(mediator_id), ticket_id, nx=True, ex=max(1, round(for_s)))
            )

    async def free(self, mediator_id: str) -> None:
        """They are no longer being rung."""
        async with named_failure():
            await self._redis.delete(keys.rung(mediator_id))

    def _sealed(self, mediator: Mediator) -> str:
        return self._privacy.seal(_MEDIATOR.dump_python(mediator, mode="json"))

    def _opened(self, sealed: str | bytes) -> Mediator:
        return _MEDIATOR.validate_python(self._privacy.unseal(sealed))
