"""How often codes of spoken files may be guessed: by a caller, for a file's owner, and by everybody together.

A try is counted before it is judged, so that many at once are no way around; a right one is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from redis.asyncio import Redis

from voicebot.store.keys import DAY_S, HOUR_S, PersonKeys, guesses
from voicebot.store.sessions import named_failure

#: Wrong codes a day from one telephone, a day for one owner's files from all other telephones, and an hour
#: for files of others from everywhere. Who knows somebody's number and tries on all the days that a file
#: lasts (90 days of 5 tries, of 10,000 codes) has a chance of less than one in twenty.
OF_ONE, FOR_ONE, OF_ALL = 5, 5, 60
_COUNT_TTL_S: Final = 2 * DAY_S


@dataclass(frozen=True)
class Guesses:
    """Counts tries. Times are Unix seconds."""

    redis: Redis

    async def allowed(self, caller: str, owner: str, at: float) -> bool:
        """Whether one more try may be made, which is counted."""
        counts = [await self._add(key, 1) for key in _keys(caller, owner, at)]
        return all(count <= most for count, most in zip(counts, (OF_ONE, FOR_ONE, OF_ALL), strict=False))

    async def right(self, caller: str, owner: str, at: float) -> None:
        """The last try was right: it does not count."""
        for key in _keys(caller, owner, at):
            await self._add(key, -1)

    async def _add(self, key: str, by: int) -> int:
        async with named_failure(), self.redis.pipeline() as pipe:
            pipe.incrby(key, by)
            pipe.expire(key, _COUNT_TTL_S, nx=True)
            return int((await pipe.execute())[0])


def _keys(caller: str, owner: str, at: float) -> tuple[str, ...]:
    """The counters of a try. On their own telephone nobody suffers from what others try elsewhere."""
    day = str(int(at) // DAY_S)
    own = PersonKeys(caller).count("guesses", day)
    others = (PersonKeys(owner).count("guessed", day), guesses(int(at) // HOUR_S))
    return (own,) if caller == owner else (own, *others)
