"""How often codes of spoken files may be guessed: by a caller, for a file's owner, and by everybody together.

An attempt is counted before it is judged, so that many at once gain nothing; a successful one is uncounted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis

from voicebot.store.keys import DAY_S, HOUR_S, PersonKeys, guesses
from voicebot.store.transactions import named_failure

#: Wrong codes per day from one telephone, per day for one owner's files from all other telephones, and per
#: hour for other people's files from everywhere. Somebody who knows a number and tries on every day that a
#: file lasts (90 days of 5 attempts at 10,000 codes) has a chance below one in twenty.
OF_ONE, FOR_ONE, OF_ALL = 5, 5, 60
_COUNT_TTL_S: Final = 2 * DAY_S


@dataclass(frozen=True)
class CodeAttempts:
    """Counts attempts. Times are Unix seconds."""

    redis: Redis

    async def allowed(self, caller: str, owner: str, at: float) -> bool:
        """Whether one more attempt may be made, which is counted."""
        counts = [await self._add(key, 1) for key in _keys(caller, owner, at)]
        return all(count <= most for count, most in zip(counts, (OF_ONE, FOR_ONE, OF_ALL), strict=False))

    async def right(self, caller: str, owner: str, at: float) -> None:
        """The last attempt was right: it does not count."""
        for key in _keys(caller, owner, at):
            await self._add(key, -1)

    async def _add(self, key: str, by: int) -> int:
        async with named_failure(), self.redis.pipeline() as pipe:
            pipe.incrby(key, by)
            pipe.expire(key, _COUNT_TTL_S, nx=True)
            return int((await pipe.execute())[0])


def _keys(caller: str, owner: str, at: float) -> tuple[str, ...]:
    """The counters of an attempt. What others try elsewhere does not affect a person's own telephone."""
    day = str(int(at) // DAY_S)
    own = PersonKeys(caller).count("guesses", day)
    others = (PersonKeys(owner).count("guessed", day), guesses(int(at) // HOUR_S))
    return (own,) if caller == owner else (own, *others)
