"""When mediators answer the telephone, as administrators have set it: hours, weekdays, days off."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass

from redis.asyncio import Redis
from redis.exceptions import WatchError

from voicebot.errors import StoreError
from voicebot.store import keys
from voicebot.store.sessions import named_failure

_RETRIES = 20


@dataclass(frozen=True)
class Week:
    """The same `spans` on each of `days` (Monday is 0), in Paris; on public holidays only with `holidays`.

    Spans are from and until in hours of the day: (9.0, 12.5) ends at half past twelve. `closed` are further
    days on which nobody answers, 2026-12-24.
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
        """The week as it is set; the usual one before anybody did."""
        async with named_failure():
            return _read(await self._redis.get(keys.opening()))

    async def change(self, change: Callable[[Week], Week]) -> Week:
        """Apply `change` to the week as it stands; the week after."""
        for _ in range(_RETRIES):
            async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
                await pipe.watch(keys.opening())
                changed = change(_read(await pipe.get(keys.opening())))
                pipe.multi()  # type: ignore[no-untyped-call]
                pipe.set(keys.opening(), json.dumps(asdict(changed)))
                try:
                    await pipe.execute()
                except WatchError:
                    continue
                return changed
        raise StoreError(f"the hours were changed by others each time: expected to win in {_RETRIES} tries")


def _read(kept: str | None) -> Week:
    if kept is None:
        return Week()
    fields = json.loads(kept)
    spans = tuple((float(start), float(end)) for start, end in fields["spans"])
    return Week(spans, tuple(fields["days"]), tuple(fields["closed"]), fields.get("holidays", False))
