"""Where accounts are signed in, and how many attempts were made. The store knows digests, never a cookie."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure

#: `code`: the password was right, the six digits are still missing.
Stage = Literal["code", "full"]
_TTL_S: Final[Mapping[Stage, int]] = {"code": keys.SECOND_STEP_TTL_S, "full": keys.SIGNIN_TTL_S}
#: The most attempts in a quarter of an hour: by one machine at one account, by one machine, at one account,
#: and at one account by browsers that have signed in to it before.
MOST_ATTEMPTS: Final[Mapping[str, int]] = {
    "pair": 5,
    "machine": 30,
    "account": 50,
    "known": 10,
}

#: What the channel of events says then: every open page looks whether its reader still may.
SIGNED_OUT: Final = "signed-out"


@dataclass(frozen=True)
class Signin:
    """Who holds a cookie, and how far they got."""

    account_id: str
    stage: Stage


class Signins:
    """The open sign-ins in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def open(self, account_id: str, stage: Stage) -> str:
        """A new secret for the cookie of somebody who signed in."""
        secret = secrets.token_urlsafe(32)
        key, ttl, mine = keys.signin(_digest(secret)), _TTL_S[stage], keys.signins(account_id)
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.set(key, f"{account_id}/{stage}", ex=ttl)
            pipe.sadd(mine, _digest(secret))
            pipe.expire(mine, keys.SIGNIN_TTL_S)
            await pipe.execute()
        return secret

    async def read(self, secret: str) -> Signin | None:
        """Who holds this secret; None if it is unknown or has expired."""
        async with named_failure():
            kept = await self._redis.get(keys.signin(_digest(secret)))
        if kept is None:
            return None
        account_id, _, stage = str(kept).partition("/")
        return Signin(account_id, "full" if stage == "full" else "code")

    async def close(self, secret: str) -> None:
        """Sign out of this browser."""
        async with named_failure():
            await self._redis.delete(keys.signin(_digest(secret)))
            await self._redis.publish(keys.news(), SIGNED_OUT)

    async def close_all(self, account_id: str) -> None:
        """Sign an account out everywhere: its password was changed, or it was closed."""
        mine = keys.signins(account_id)
        async with named_failure():
            digests = [str(one) for one in await arrived(self._redis.smembers(mine))]
            await self._redis.delete(mine, *(keys.signin(digest) for digest in digests))
            await self._redis.publish(keys.news(), SIGNED_OUT)

    async def try_once(self, account: str, machine: str, *, known: bool = False) -> bool:
        """Count one attempt; False if there were too many. Both are pseudonyms.

        `known`: the browser has signed in to this account before. What others try, at this account or from
        the same address, does not lock it out.
        """
        who = {"pair": f"{account}:{machine}", "machine": machine, "account": account}
        if known:
            who = {"known": account}
        async with named_failure(), self._redis.pipeline() as pipe:
            for kind, name in who.items():
                pipe.incr(keys.attempts(kind, name))
                pipe.expire(keys.attempts(kind, name), keys.ATTEMPTS_TTL_S, nx=True)
            counts = (await pipe.execute())[::2]
        return all(int(count) <= MOST_ATTEMPTS[kind] for kind, count in zip(who, counts, strict=True))

    async def succeeded(self, account: str, machine: str) -> None:
        """The password was right: the attempt counts against nobody, as an office may share one address."""
        async with named_failure(), self._redis.pipeline() as pipe:
            pipe.delete(keys.attempts("pair", f"{account}:{machine}"), keys.attempts("known", account))
            pipe.decr(keys.attempts("machine", machine))
            pipe.decr(keys.attempts("account", account))
            await pipe.execute()

    async def use_code(self, account_id: str, code: str) -> bool:
        """Whether these six digits are used for the first time."""
        async with named_failure():
            key = keys.code_used(account_id, code)
            return bool(await self._redis.set(key, "1", nx=True, ex=keys.CODE_TTL_S))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
