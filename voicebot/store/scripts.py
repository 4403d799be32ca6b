"""What must happen together in Redis, as scripts that run there: one round trip instead of many.

Every key that a script touches has the hash tag of the first one. If Redis is full, a script is rejected as a
whole: it writes all or nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from voicebot.store.server import arrived

Word = str | int | float


@dataclass(frozen=True)
class Script:
    """A Lua script, known to Redis by its digest once it has run."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        # Redis itself names scripts by this digest; it protects nothing.
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)

    def on(self, keys: Sequence[str], words: Sequence[Word] = ()) -> Call:
        """The script with its keys and arguments, ready to run."""
        return Call(self, tuple(keys), tuple(words))


@dataclass(frozen=True)
class Call:
    """One run of a script."""

    script: Script
    keys: tuple[str, ...]
    words: tuple[Word, ...]

    @property
    def arguments(self) -> tuple[Word, ...]:
        """What follows the script in EVAL and EVALSHA."""
        return (len(self.keys), *self.keys, *self.words)


async def run(redis: Redis, call: Call) -> Any:
    """Run one script and return its result. Raises RedisError."""
    try:
        return await arrived(redis.evalsha(call.script.digest, *call.arguments))  # type: ignore[arg-type]
    except NoScriptError:  # the server is new or has restarted
        return await arrived(redis.eval(call.script.text, *call.arguments))  # type: ignore[arg-type]


async def run_all(redis: Redis, *calls: Call) -> list[Any]:
    """Run scripts at the same time, which takes as long as one; returns their results. Raises RedisError."""
    return await asyncio.gather(*(run(redis, call) for call in calls))


#: KEYS: a session and the index of its person. ARGV: the version that is expected; "1" to erase everything of
#: the person first; then commands, each behind the number of its words. Answers 0 where the version differs.
COMMIT = Script(
    """#!lua
    if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[1] then return 0 end
    if ARGV[2] == '1' then
      for _, name in ipairs(redis.call('SMEMBERS', KEYS[2])) do redis.call('DEL', name) end
      redis.call('DEL', KEYS[2])
    end
    local at = 3
    while at <= #ARGV do
      local last = at + tonumber(ARGV[at])
      redis.call(unpack(ARGV, at + 1, last))
      at = last + 1
    end
    return 1"""
)

#: KEYS: the index of a person. Erases everything of theirs.
ERASE = Script(
    """#!lua
    for _, name in ipairs(redis.call('SMEMBERS', KEYS[1])) do redis.call('DEL', name) end
    return redis.call('DEL', KEYS[1])"""
)

#: What a turn begins with: session `id`, its version, the latest session if that is another one, whether it
#: is this one, the memory, how many seconds the number is still kept (negative: not at all), the proposal,
#: the follow-up. The first keys are: the id of the latest session, memory, number, proposal, follow-up.
_LOOK = """#!lua
    local function look(id, before)
      local mine, latest, previous = redis.call('HMGET', before .. id, 'blob', 'version'), nil, false
      latest = redis.call('GET', KEYS[1])
      if latest and latest ~= id then previous = redis.call('HGET', before .. latest, 'blob') end
      return {mine[1], mine[2], previous, latest == id and 1 or 0,
              redis.call('GET', KEYS[2]), redis.call('TTL', KEYS[3]), redis.call('GET', KEYS[4]),
              redis.call('GET', KEYS[5])}
    end
"""

#: KEYS: those of `look`. ARGV: a session's id, and what comes before an id in the key of a session. Answers
#: what `look` found.
LOOK = Script(_LOOK + "return look(ARGV[1], ARGV[2])")

#: KEYS: those of `look`, then: opted out, texts in a while, held, texting, index. ARGV: the id if a
#: conversation begins, what comes before an id, how long a conversation and the index live in seconds; how
#: many texts in how many seconds are answered; "1" to look whatever is the case. Answers: opted out, texts;
#: then, unless there were too many or the person opted out: the id, what was found, held.
ARRIVE = Script(
    _LOOK
    + """
    local out, texts = redis.call('EXISTS', KEYS[6]), 0
    if ARGV[7] ~= '1' then
      texts = redis.call('INCR', KEYS[7])
      if texts == 1 then redis.call('EXPIRE', KEYS[7], ARGV[6]) end
      if out == 1 or texts > tonumber(ARGV[5]) then return {out, texts} end
    end
    if redis.call('SET', KEYS[9], ARGV[1], 'EX', ARGV[3], 'NX') then
      redis.call('SADD', KEYS[10], KEYS[9])
      redis.call('EXPIRE', KEYS[10], ARGV[4], 'NX')
      redis.call('EXPIRE', KEYS[10], ARGV[4], 'GT')
    else
      redis.call('EXPIRE', KEYS[9], ARGV[3])
    end
    local id = redis.call('GET', KEYS[9])
    return {out, texts, id, look(id, ARGV[2]), redis.call('GET', KEYS[8])}"""
)

#: KEYS: a counter. ARGV: how many seconds it lives from its first count on.
COUNT = Script(
    """#!lua
    local times = redis.call('INCR', KEYS[1])
    if times == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
    return times"""
)

#: KEYS: a hash of counters. ARGV: how many seconds it lives from now on, then names and what to add to each.
COUNT_ALL = Script(
    """#!lua
    for at = 2, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[at], ARGV[at + 1]) end
    return redis.call('EXPIRE', KEYS[1], ARGV[1])"""
)

#: KEYS: places in the order of their arrival, and until when each of them counts (Unix seconds; the field
#: `turn` names the one whose turn it is). ARGV: a place; when it arrived ("" for now); how many seconds a
#: turn lasts, and how many a waiting place counts; 1 if it would begin. Answers 1 if it is the turn of the
#: place, which is added if it is new. Places that nobody has asked about for too long are removed.
JOIN = Script(
    """#!lua
    local time = redis.call('TIME')
    local now = tonumber(time[1]) + tonumber(time[2]) / 1000000
    local place = ARGV[1]
    if redis.call('HEXISTS', KEYS[2], place) == 0 then
      redis.call('ZADD', KEYS[1], ARGV[2] == '' and now or ARGV[2], place)
    end
    redis.call('HSET', KEYS[2], place, now + tonumber(ARGV[4]))
    local function gone(one)
      if tonumber(redis.call('HGET', KEYS[2], one) or 0) >= now then return false end
      redis.call('ZREM', KEYS[1], one)
      redis.call('HDEL', KEYS[2], one)
      return true
    end
    local turn = redis.call('HGET', KEYS[2], 'turn')
    if turn and gone(turn) then
      redis.call('HDEL', KEYS[2], 'turn')
      turn = false
    end
    if not turn and ARGV[5] == '1' then
      local first = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
      while first and first ~= place and gone(first) do
        first = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
      end
      if not first or first == place then
        turn = place
        redis.call('HSET', KEYS[2], 'turn', place)
      end
    end
    if turn == place then redis.call('HSET', KEYS[2], place, now + tonumber(ARGV[3])) end
    redis.call('EXPIRE', KEYS[1], 60)
    redis.call('EXPIRE', KEYS[2], 60)
    return turn == place and 1 or 0"""
)

#: KEYS: a lease. ARGV: who wants it, for how many milliseconds. Answers 1 if it is theirs now.
HOLD = Script(
    """#!lua
    local holder = redis.call('GET', KEYS[1])
    if holder and holder ~= ARGV[1] then return 0 end
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    return 1"""
)

#: KEYS: a lease. ARGV: who no longer wants it.
RELEASE = Script(
    """#!lua
    if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
    return 0"""
)

#: KEYS: those of `JOIN`. ARGV: a place, which is left.
LEAVE = Script(
    """#!lua
    redis.call('ZREM', KEYS[1], ARGV[1])
    if redis.call('HGET', KEYS[2], 'turn') == ARGV[1] then redis.call('HDEL', KEYS[2], 'turn') end
    return redis.call('HDEL', KEYS[2], ARGV[1])"""
)
