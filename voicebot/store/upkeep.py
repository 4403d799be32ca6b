"""The append-only file is rewritten daily, and soon after somebody was erased: no word stays long."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from voicebot.errors import StoreError
from voicebot.privacy import Privacy
from voicebot.store.keys import DAY_S, PersonKeys, forgotten, rewrite_wanted, rewritten
from voicebot.store.lease import Lease
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure

log = structlog.get_logger()

#: Seconds between looks, which is also how long what was erased may stay in the file.
LOOK_S: Final = 60.0


@dataclass(frozen=True)
class Upkeep:
    """Keeps the file of Redis short. Every process may run one; only the elected one acts."""

    redis: Redis
    privacy: Privacy

    async def run(self) -> None:
        """Look every minute, until cancelled."""
        lease = Lease(self.redis, "upkeep", 2 * LOOK_S)
        while True:
            try:
                if await lease.held():
                    await self.look()
            except (StoreError, OSError) as error:
                log.warning("upkeep waits", error=type(error).__name__)
            await asyncio.sleep(LOOK_S)

    async def look(self) -> bool:
        """Have the file rewritten if that is due; whether Redis began to. Raises StoreError."""
        async with named_failure():
            people = [str(one) for one in await arrived(self.redis.smembers(forgotten()))]
            wanted = await self.redis.delete(rewrite_wanted())
            if not (people or wanted) and await self.redis.exists(rewritten()):
                return False
            await self._forget(people)
            try:
                await arrived(self.redis.execute_command("BGREWRITEAOF"))  # type: ignore[no-untyped-call]
            except ResponseError as error:  # it is being rewritten, or a managed Redis does so itself
                log.warning("file not rewritten", error=type(error).__name__)
                await self.redis.set(rewrite_wanted(), "1")
                return False
            await self.redis.set(rewritten(), "1", ex=DAY_S)
        return True

    async def _forget(self, people: list[str]) -> None:
        """Destroy the keys of those whose erasing broke off after its first half."""
        for person in people:
            if not await self.redis.exists(PersonKeys(person).index()):
                await self.privacy.forget(person)
            await arrived(self.redis.srem(forgotten(), person))
