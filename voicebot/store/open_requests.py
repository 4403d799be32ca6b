"""What a person who texts is waiting for: a mediator, or a call. Flows and the channel ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from redis.asyncio import Redis

from voicebot.dialogue.meaning import Value
from voicebot.handoff.ticket import Ticket
from voicebot.store.keys import waiting
from voicebot.store.tickets import Tickets
from voicebot.store.transactions import named_failure

Slots = Mapping[str, Value]
#: The lookup with the slots it fills, for `flows check`.
LOOKUPS: Mapping[str, tuple[str, ...]] = {"open_request": ("open_request", "request_place")}


@dataclass(frozen=True)
class OpenRequests:
    """The requests that are not dealt with yet."""

    redis: Redis
    tickets: Tickets

    async def of(self, person: str) -> Ticket | None:
        """The person's request for a mediator, if one is open: the latest."""
        open_ = [ticket for ticket in await self.tickets.of(person) if ticket.state != "closed"]
        return open_[-1] if open_ else None

    async def awaits_call(self, person: str) -> bool:
        """Whether a call to the person has been noted and not been made."""
        async with named_failure():
            names = self.redis.zscan_iter(waiting("callback"), match=f"{person}/*")
            return bool([name async for name, _ in names])

    async def anything(self, person: str) -> bool:
        """Whether the person waits for a mediator or a call."""
        return await self.of(person) is not None or await self.awaits_call(person)

    async def place(self, ticket: Ticket) -> int:
        """The place of `ticket` among the requests that wait, by age: 1 is the next."""
        others = [one for one in await self.tickets.waiting() if one.state == "waiting"]
        return 1 + sum(one.opened_at < ticket.opened_at for one in others)

    def lookups(self) -> dict[str, Callable[[Slots], Awaitable[dict[str, Value]]]]:
        """The function behind `LOOKUPS`. It reads the `person`."""
        return {"open_request": self._look_up}

    async def _look_up(self, slots: Slots) -> dict[str, Value]:
        """`waiting`, `taken` by a mediator, `call` (a call is noted) or `none`."""
        person = str(slots["person"])
        ticket = await self.of(person) if person else None
        if ticket is not None:
            state = "waiting" if ticket.state == "waiting" else "taken"
            return {"open_request": state, "request_place": await self.place(ticket)}
        called = bool(person) and await self.awaits_call(person)
        return {"open_request": "call" if called else "none", "request_place": 0}
