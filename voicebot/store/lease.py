"""One process of several is elected to do something; if it dies, another one is within moments."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.scripts import HOLD, RELEASE, run
from voicebot.store.transactions import named_failure


@dataclass(frozen=True)
class Lease:
    """The right to do `name`, for `for_s` seconds each time it is confirmed."""

    redis: Redis
    name: str
    for_s: float
    holder: str = field(default_factory=lambda: secrets.token_hex(8))

    async def held(self) -> bool:
        """Whether we are elected, for `for_s` seconds from now on. Raises StoreError."""
        async with named_failure():
            hold = HOLD.on([keys.lease(self.name)], [self.holder, int(self.for_s * 1000)])
            return bool(await run(self.redis, hold))

    async def release(self) -> None:
        """Another one may be elected at once. Raises StoreError."""
        async with named_failure():
            await run(self.redis, RELEASE.on([keys.lease(self.name)], [self.holder]))
