"""What must happen together in Redis, as scripts that run there: one round trip where commands need many.

Every key that a script touches has the hash tag of the first one. When Redis is full a script is refused as a
whole: it writes all or nothing.
"""

from __future__ import annotations

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
    """A script in Lua, known to Redis by its digest once it has run."""

    text: str
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        # Redis itself names scripts by this digest; nothing is protected by it.
        digest = hashlib.sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "digest", digest)

    def on(self, keys: Sequence[str], words: Sequence[Word] = ()) -> Call:
        """This script with its keys and words, ready to be run."""
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
    """Run one script and give back its answer. Raises RedisError."""
    try:
        return await arrived(redis.evalsha(call.script.digest, *call.arguments))  # type: ignore[arg-type]
    except NoScriptError:  # the server is new, or was started again
        return await arrived(redis.eval(call.script.text, *call.arguments))  # type: ignore[arg-type]


async def run_all(redis: Redis, *calls: Call) -> list[Any]:
    """Run several in one round trip, each by itself; their answers in order. Raises RedisError."""
    async with redis.pipeline(transaction=False) as pipe:
        for call in calls:
            pipe.evalsha(call.script.digest, *call.arguments)  # type: ignore[arg-type]
        answers = await pipe.execute(raise_on_error=False)
    for place, answer in enumerate(answers):
        if isinstance(answer, NoScriptError):
            answers[place] = await run(redis, calls[place])
        elif isinstance(answer, Exception):
            raise answer
    return answers


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
      redis.call('EXPIRE', KEYS[10], ARGV[4])
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
