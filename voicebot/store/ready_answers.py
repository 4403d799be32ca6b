"""Answers that the team writes once and uses often. They name nobody, so they are not sealed."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.store import keys
from voicebot.store.server import arrived
from voicebot.store.transactions import named_failure


@dataclass(frozen=True)
class ReadyAnswer:
    """`text` may contain {lieu}, {demarche} and {prenom}, filled in for each request."""

    id: str
    name: str
    text: str


class ReadyAnswers:
    """The answers of the whole team in Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def all(self) -> list[ReadyAnswer]:
        """All of them, by name."""
        async with named_failure():
            kept = await arrived(self._redis.hvals(keys.ready_answers()))
        found = [ReadyAnswer(**json.loads(one)) for one in kept]
        return sorted(found, key=lambda one: one.name.casefold())

    async def keep(self, name: str, text: str, answer_id: str = "") -> ReadyAnswer:
        """A new answer, or a new wording of the one named `answer_id`."""
        answer = ReadyAnswer(answer_id or secrets.token_hex(4), name, text)
        async with named_failure():
            await arrived(self._redis.hset(keys.ready_answers(), answer.id, json.dumps(asdict(answer))))
        return answer

    async def remove(self, answer_id: str) -> bool:
        """Remove an answer; False if it was already gone."""
        async with named_failure():
            return bool(await arrived(self._redis.hdel(keys.ready_answers(), answer_id)))
