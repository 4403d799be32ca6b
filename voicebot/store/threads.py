"""Texts between a person and the mediator who has their ticket: sealed, erased with everything of the person.

While a thread is held the assistant is silent in it. A hold that nobody uses for a day is over.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.handoff.ticket import Ticket
from voicebot.privacy import Privacy, without_identifiers
from voicebot.store.keys import DAY_S, INDEX_TTL_S, RECORD_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.sessions import named_failure


@dataclass(frozen=True)
class Message:
    """One text about a ticket.

    `author` is the account of a mediator, "" for the person; `at` in Unix seconds.
    """

    id: str
    ticket: str
    at: float
    author: str
    text: str


class Threads:
    """The messages in Redis."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def add(self, person: str, message: Message) -> bool:
        """Keep a message; False when it is known already (webhooks may come twice)."""
        keys = PersonKeys(person)
        kept = {**asdict(message), "text": without_identifiers(message.text)}
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(keys.thread(), message.id, self._privacy.seal(kept))
            pipe.expire(keys.thread(), RECORD_TTL_S)
            pipe.expire(keys.held(), DAY_S)
            pipe.sadd(keys.index(), keys.thread(), keys.held())
            pipe.expire(keys.index(), INDEX_TTL_S)
            return bool((await pipe.execute())[0])

    async def of(self, person: str, ticket: str) -> list[Message]:
        """The messages about a ticket, oldest first."""
        async with named_failure():
            kept = await arrived(self._redis.hvals(PersonKeys(person).thread()))
        found = [Message(**self._privacy.unseal(one)) for one in kept]
        return sorted((one for one in found if one.ticket == ticket), key=lambda one: one.at)

    async def follow(self, ticket: Ticket) -> None:
        """A ticket has changed: who texts is answered by the mediator who has it, otherwise by the assistant.

        Who telephoned is texted with only if a mediator begins.
        """
        if ticket.state in ("waiting", "closed"):
            await self.let_go(ticket.person, ticket.id)
        elif ticket.channel == "sms":
            await self.hold(ticket.person, ticket.id)

    async def hold(self, person: str, ticket: str) -> None:
        """A mediator answers the person's texts from now on."""
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(keys.held(), ticket, ex=DAY_S)
            pipe.sadd(keys.index(), keys.held())
            await pipe.execute()

    async def held(self, person: str) -> str | None:
        """The ticket for which a mediator answers the person's texts."""
        async with named_failure():
            ticket = await self._redis.get(PersonKeys(person).held())
        return None if ticket is None else str(ticket)

    async def let_go(self, person: str, ticket: str) -> None:
        """The assistant answers again, unless another ticket holds the thread."""
        if await self.held(person) == ticket:
            async with named_failure():
                await self._redis.delete(PersonKeys(person).held())
