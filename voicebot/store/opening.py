"""When mediators answer the telephone, as set by administrators: hours, weekdays, days off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.transactions import compare_and_change, named_failure


@dataclass(frozen=True)
class Week:
    """The same `spans` on each of `days` (Monday is 0), in Paris time.

    On public holidays somebody answers only with `holidays`. Spans are start and end in hours of the day:
    (9.0, 12.5) ends at half past twelve. `closed` are additional days on which nobody answers, such as
    2026-12-24.
    """

    spans: tuple[tuple[float, float], ...] = ((9.0, 12.0), (14.0, 17.0))
    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    closed: tuple[str, ...] = ()
    holidays: bool = False


class Opening:
    """The week in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def week(self) -> Week:
        """The week as set, or the default before anybody set it."""
        async with named_failure():
            return _read(await self._redis.get(keys.opening()))

    async def change(self, change: Callable[[Week], Week]) -> Week:
        """Apply `change` to the current week and return the new one."""

        async def attempt(pipe: Any) -> Week:
            await pipe.watch(keys.opening())
            changed = change(_read(await pipe.get(keys.opening())))
            pipe.multi()
            pipe.set(keys.opening(), json.dumps(asdict(changed)))
            return changed

        return await compare_and_change(self._redis, "the opening hours", attempt)


def _read(kept: str | None) -> Week:
    if kept is None:
        return Week()
    fields = json.loads(kept)
    spans = tuple((float(start), float(end)) for start, end in fields["spans"])
    return Week(spans, tuple(fields["days"]), tuple(fields["closed"]), fields.get("holidays", False))
