"""Spoken files in Redis: encrypted, found only with the owner's number and the code, deleted after a while.

The key contains a keyed hash of owner and code. A wrong code, a wrong number and no file at all look the
same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.keys import FILE_TTL_S, PersonKeys
from voicebot.store.transactions import index, named_failure

#: How many procedures one file holds; beyond that, the oldest makes room.
MOST: Final = 4


@dataclass(frozen=True)
class Steps:
    """How far somebody is in a procedure: last question (a prompt key), papers had and missing, notes."""

    topic: str
    at: float
    """Unix seconds."""
    reached: str = ""
    finished: bool = False
    held: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class SpokenFiles:
    """Stores, opens and erases. A `ref` names an open file for the rest of the conversation."""

    redis: Redis
    privacy: Privacy

    def ref(self, owner: str, code: str) -> str:
        """The name of the file of `owner` that `code` opens."""
        return f"{owner}/{self.privacy.pseudonym(f'{owner}/{code}')}"

    async def read(self, ref: str) -> tuple[Steps, ...]:
        """The procedures in a file, latest first; none if it does not exist. Reading renews its lifetime."""
        async with named_failure():
            sealed = await self.redis.getex(_key(ref), ex=FILE_TTL_S)
        seal = await self.privacy.of(_owner(ref))
        kept = [_steps(one) for one in seal.open(sealed) or ()]
        return tuple(sorted(kept, key=lambda steps: steps.at, reverse=True))

    async def keep(self, ref: str, steps: Steps) -> None:
        """Store these steps, replacing older ones of the same procedure."""
        others = [one for one in await self.read(ref) if one.topic != steps.topic]
        keys, seal = PersonKeys(_owner(ref)), await self.privacy.of(_owner(ref), make=True)
        sealed = seal.seal([asdict(one) for one in (steps, *others)[:MOST]])
        async with named_failure(), self.redis.pipeline(transaction=True) as pipe:
            pipe.set(_key(ref), sealed, ex=FILE_TTL_S)
            index(pipe, keys, _key(ref))
            await pipe.execute()

    async def erase(self, ref: str) -> None:
        """As if it had never existed."""
        async with named_failure():
            await self.redis.delete(_key(ref))


def _owner(ref: str) -> str:
    return ref.partition("/")[0]


def _key(ref: str) -> str:
    owner, _, code = ref.partition("/")
    return PersonKeys(owner).file(code)


def _steps(kept: Mapping[str, Any]) -> Steps:
    lists = {name: tuple(kept.get(name, ())) for name in ("held", "missing", "notes")}
    return Steps(kept["topic"], kept["at"], kept.get("reached", ""), bool(kept.get("finished")), **lists)
