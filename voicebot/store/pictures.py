"""Pictures that people texted: sealed, for the mediator of their request, erased with the person's data.

A picture is offered first: it waits for an hour until the person wants it looked at. Then it belongs to a
request, and is kept as long as that.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis

from voicebot.privacy import Privacy
from voicebot.store.keys import HOUR_S, RECORD_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.transactions import index, named_failure

#: How a picture begins, by kind. Source: the formats themselves.
_BEGINS: Final = {
    "image/jpeg": (0, b"\xff\xd8\xff"),
    "image/png": (0, b"\x89PNG\r\n\x1a\n"),
    "image/gif": (0, b"GIF8"),
    "image/webp": (8, b"WEBP"),
}
#: How many pictures may wait to be wanted; further ones replace nothing.
MOST_OFFERED: Final = 5


def kind_of(data: bytes) -> str | None:
    """The content type of a picture by its first bytes, whatever its sender called it; None for others."""
    for kind, (at, begins) in _BEGINS.items():
        if data[at : at + len(begins)] == begins:
            return kind
    return None


@dataclass(frozen=True)
class Picture:
    """One picture. `kind` is a content type, `caption` the words that came with it."""

    id: str
    at: float
    """Unix seconds."""
    kind: str
    data: bytes
    caption: str = ""


class Pictures:
    """The pictures in Redis."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def offer(self, person: str, picture: Picture) -> None:
        """Keep a picture until the person says whether somebody may look at it."""
        keys = PersonKeys(person)
        async with named_failure():
            full = await arrived(self._redis.hlen(keys.offered_pictures())) >= MOST_OFFERED
        if full:
            return
        seal = await self._privacy.of(person, make=True)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(keys.offered_pictures(), picture.id, seal.seal(_packed(picture)))
            pipe.expire(keys.offered_pictures(), HOUR_S)
            index(pipe, keys, keys.offered_pictures())
            await pipe.execute()

    async def take(self, person: str) -> list[Picture]:
        """What was offered, oldest first, now that it is wanted: kept as long as requests are."""
        keys = PersonKeys(person)
        async with named_failure():
            sealed = await arrived(self._redis.hvals(keys.offered_pictures()))
        seal = await self._privacy.of(person)
        found = [_unpacked(plain) for one in sealed if (plain := seal.open(one)) is not None]
        for picture in found:
            await self.keep(person, picture)
        async with named_failure():
            await self._redis.delete(keys.offered_pictures())
        return sorted(found, key=lambda one: one.at)

    async def keep(self, person: str, picture: Picture) -> None:
        """Keep a picture that belongs to a request."""
        keys, seal = PersonKeys(person), await self._privacy.of(person, make=True)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(keys.picture(picture.id), seal.seal(_packed(picture)), ex=RECORD_TTL_S)
            index(pipe, keys, keys.picture(picture.id))
            await pipe.execute()

    async def get(self, person: str, picture_id: str) -> Picture | None:
        """A picture that belongs to a request of this person."""
        async with named_failure():
            sealed = await self._redis.get(PersonKeys(person).picture(picture_id))
        plain = (await self._privacy.of(person)).open(sealed) if sealed else None
        return None if plain is None else _unpacked(plain)


def _packed(picture: Picture) -> dict[str, object]:
    return {**vars(picture), "data": b64encode(picture.data).decode()}


def _unpacked(plain: dict[str, object]) -> Picture:
    return Picture(**{**plain, "data": b64decode(str(plain["data"]))})  # type: ignore[arg-type]  # as it was packed
