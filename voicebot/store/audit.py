"""Who saw and did what in the console: an append-only Redis stream, without anybody's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.scripts import COUNT, run
from voicebot.store.transactions import named_failure


@dataclass(frozen=True)
class Deed:
    """Account `who` did `did` (a code) at `at` (Unix seconds) to `about`: a ticket, an account, or ""."""

    at: float
    """Unix seconds."""
    who: str
    did: str
    about: str = ""


class Audit:
    """The log of deeds."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def note(self, deed: Deed) -> None:
        """Add a deed; those older than a year are removed."""
        fields: dict[Any, Any] = {
            "at": f"{deed.at:.3f}",
            "who": deed.who,
            "did": deed.did,
            "about": deed.about,
        }
        oldest = f"{max(0, int((deed.at - keys.AUDIT_TTL_S) * 1000))}-0"
        async with named_failure():
            await self._redis.xadd(keys.audit(), fields, minid=oldest, approximate=True)

    async def note_first(self, deed: Deed, within_s: int) -> bool:
        """Add a deed unless the same was added within `within_s` seconds; whether it was.

        Attempts and views that repeat themselves are counted, so that they never push out what was done.
        """
        key = keys.told_of(deed.did, f"{deed.who}:{deed.about}")
        async with named_failure():
            first = bool(await run(self._redis, COUNT.on([key], [within_s])) == 1)
        if first:
            await self.note(deed)
        return first

    async def latest(self, most: int = 200) -> list[Deed]:
        """The latest deeds, newest first."""
        async with named_failure():
            entries = await self._redis.xrevrange(keys.audit(), count=most)
        return [
            Deed(float(fields["at"]), fields["who"], fields["did"], fields["about"]) for _, fields in entries
        ]
