"""Spoken files in Redis: sealed, found only with the owner's number and the code, gone after a while.

The key holds a keyed hash of owner and code. A wrong code, a wrong number and no file at all look the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.keys import FILE_TTL_S, INDEX_TTL_S, PersonKeys
from voicebot.store.sessions import named_failure

#: How many procedures one file holds; the oldest makes room.
MOST: Final = 4


@dataclass(frozen=True)
class Steps:
    """How far somebody is in a procedure: the last question (a prompt key), papers had and missing, notes."""

    topic: str
    at: float
    reached: str = ""
    finished: bool = False
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpokenFiles:
    """Keeps, opens and erases. A `ref` names an open file for the rest of the conversation."""

    redis: Redis
    privacy: Privacy

    def ref(self, owner: str, code: str) -> str:
        """What the file of `owner` that `code` opens is called."""
        return f"{owner}/{self.privacy.pseudonym(f'{owner}/{code}')}"

    async def read(self, ref: str) -> tuple[Steps, ...]:
        """The procedures of a file, the latest first; none when there is no such file. It lives anew."""
        async with named_failure():
            sealed = await self.redis.getex(_key(ref), ex=FILE_TTL_S)
        kept = [] if sealed is None else [_steps(one) for one in self.privacy.unseal(sealed)]
        return tuple(sorted(kept, key=lambda steps: steps.at, reverse=True))

    async def keep(self, ref: str, steps: Steps) -> None:
        """Keep these steps, in place of older ones of the same procedure."""
        others = [one for one in await self.read(ref) if one.topic != steps.topic]
        sealed = self.privacy.seal([asdict(one) for one in (steps, *others)[:MOST]])
        keys = PersonKeys(ref.partition("/")[0])
        async with named_failure(), self.redis.pipeline(transaction=True) as pipe:
            pipe.set(_key(ref), sealed, ex=FILE_TTL_S)
            pipe.sadd(keys.index(), _key(ref))
            pipe.expire(keys.index(), INDEX_TTL_S)
            await pipe.execute()

    async def erase(self, ref: str) -> None:
        """As if it had never been."""
        async with named_failure():
            await self.redis.delete(_key(ref))


def _key(ref: str) -> str:
    owner, _, code = ref.partition("/")
    return PersonKeys(owner).file(code)


def _steps(kept: Mapping[str, Any]) -> Steps:
    lists = {name: tuple(kept.get(name, ())) for name in ("held", "missing", "notes")}
    return Steps(kept["topic"], kept["at"], kept.get("reached", ""), bool(kept.get("finished")), **lists)
