"""Codes that admit a calling administrator to the voice studio: for one call each, and not for long."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure

DIGITS: Final = 6
#: After this many wrong attempts the code is gone: six digits must not be found by trying.
MOST_TRIES: Final = 5


@dataclass(frozen=True)
class Pass:
    """Who may record, and which group of texts ("" for all)."""

    account_id: str
    group: str


class StudioCodes:
    """Valid codes in Redis, by the pseudonym of the number they are for; digests, never the code itself."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def offer(self, person: str, granted: Pass) -> str:
        """A code for somebody who calls as `person`, replacing the previous one."""
        code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
        key, tries = keys.studio_code(person), keys.studio_tries(person)
        told = {"digest": _digest(person, code), "account": granted.account_id, "group": granted.group}
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.delete(key, tries)
            pipe.hset(key, mapping=told)
            pipe.expire(key, keys.STUDIO_CODE_TTL_S)
            await pipe.execute()
        return code

    async def awaited(self, person: str) -> bool:
        """Whether somebody who calls as `person` should be asked for a code."""
        async with named_failure():
            return bool(await self._redis.exists(keys.studio_code(person)))

    async def take(self, person: str, code: str) -> Pass | None:
        """What the code opens, which is then used up; None if it is wrong."""
        key, counter = keys.studio_code(person), keys.studio_tries(person)
        async with named_failure():
            kept = await arrived(self._redis.hgetall(key))
            if not kept:
                return None
            tries = await self._redis.incr(counter)
            await self._redis.expire(counter, keys.STUDIO_CODE_TTL_S)
            fits = tries <= MOST_TRIES and hmac.compare_digest(_digest(person, code), str(kept["digest"]))
            # Deleting it decides: of two who come at the same moment, only one is admitted.
            used = (fits or tries >= MOST_TRIES) and await self._redis.delete(key)
        return Pass(str(kept["account"]), str(kept["group"])) if fits and used else None


def _digest(person: str, code: str) -> str:
    return hashlib.sha256(f"{person}/{code}".encode()).hexdigest()
