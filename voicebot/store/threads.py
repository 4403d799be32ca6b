"""Texts between a person and the mediator who has their ticket: encrypted, erased with the person's data.

While a thread is held, the assistant stays silent in it. A hold that nobody uses for a day ends.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from redis.asyncio import Redis

from voicebot.handoff.ticket import Ticket
from voicebot.privacy import Privacy, without_identifiers
from voicebot.store.keys import DAY_S, RECORD_TTL_S, PersonKeys
from voicebot.store.server import arrived
from voicebot.store.transactions import index, named_failure


@dataclass(frozen=True)
class Message:
    """One text about a ticket.

    `author` is a mediator's account, or "" for the person; `picture` the id of what they sent with it.
    """

    id: str
    ticket: str
    at: float
    """Unix seconds."""
    author: str
    text: str
    picture: str = ""


class Threads:
    """The messages in Redis."""

    def __init__(self, redis: Redis, privacy: Privacy) -> None:
        self._redis = redis
        self._privacy = privacy

    async def add(self, person: str, message: Message) -> bool:
        """Store a message; False if it is already known (webhooks may come twice)."""
        keys = PersonKeys(person)
        kept = {**asdict(message), "text": without_identifiers(message.text)}
        seal = await self._privacy.of(person, make=True)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.hsetnx(keys.thread(), message.id, seal.seal(kept))
            pipe.expire(keys.thread(), RECORD_TTL_S)
            pipe.expire(keys.held(), DAY_S)
            index(pipe, keys, keys.thread(), keys.held())
            return bool((await pipe.execute())[0])

    async def of(self, person: str, ticket: str) -> list[Message]:
        """The messages about a ticket, oldest first."""
        async with named_failure():
            kept = await arrived(self._redis.hvals(PersonKeys(person).thread()))
        seal = await self._privacy.of(person)
        found = [Message(**plain) for one in kept if (plain := seal.open(one)) is not None]
        return sorted((one for one in found if one.ticket == ticket), key=lambda one: one.at)

    async def follow(self, ticket: Ticket) -> None:
        """A ticket changed: the mediator who has it answers the person's texts, otherwise the assistant.

        With somebody who telephoned, texting starts only if a mediator begins.
        """
        if ticket.state in ("waiting", "closed"):
            await self.let_go(ticket.person, ticket.id)
        elif ticket.channel == "sms":
            await self.hold(ticket.person, ticket.id)

    async def hold(self, person: str, ticket: str) -> None:
        """From now on a mediator answers the person's texts."""
        keys = PersonKeys(person)
        async with named_failure(), self._redis.pipeline(transaction=True) as pipe:
            pipe.set(keys.held(), ticket, ex=DAY_S)
            index(pipe, keys, keys.held())
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
