"""A queue and a directory that forget: stand-ins with the rules of the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voicebot.console.mediators import Profile
from voicebot.console.tickets import Entry, State, Ticket


class MemoryTickets:
    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.kept: dict[str, Ticket] = {}

    def put(self, ticket: Ticket) -> Ticket:
        self.kept[ticket.id] = ticket
        return ticket

    async def get(self, ticket_id: str) -> Ticket | None:
        return self.kept.get(ticket_id)

    async def all(self) -> Sequence[Ticket]:
        return list(self.kept.values())

    async def of(self, person: str) -> Sequence[Ticket]:
        return [ticket for ticket in self.kept.values() if ticket.person == person]

    async def claim(self, ticket_id: str, who: str) -> Ticket | None:
        return self._go(ticket_id, who, "claim", "claimed", {"waiting"}, own=False, mediator=who)

    async def release(self, ticket_id: str, who: str) -> Ticket | None:
        return self._go(ticket_id, who, "release", "waiting", {"claimed"}, mediator="")

    async def transfer(self, ticket_id: str, who: str, to: str) -> Ticket | None:
        return self._go(ticket_id, who, "transfer", "claimed", {"claimed", "in_call"}, mediator=to)

    async def note(self, ticket_id: str, who: str, text: str) -> Ticket | None:
        ticket = self.kept.get(ticket_id)
        states = {"claimed", "in_call"}
        return self._go(ticket_id, who, "note", ticket.state if ticket else "claimed", states, note=text)

    async def close(self, ticket_id: str, who: str, outcome: str) -> Ticket | None:
        states = {"claimed", "in_call"}
        return self._go(ticket_id, who, "close", "closed", states, outcome=outcome)

    async def reopen(self, ticket_id: str, who: str) -> Ticket | None:
        return self._go(ticket_id, who, "reopen", "claimed", {"closed"}, own=False, mediator=who)

    async def call(self, ticket_id: str, who: str) -> Ticket | None:
        return self._go(ticket_id, who, "call", "in_call", {"claimed"})

    def _go(
        self,
        ticket_id: str,
        who: str,
        did: str,
        to: State,
        states: set[str],
        *,
        own: bool = True,
        mediator: str | None = None,
        outcome: str = "",
        note: str = "",
    ) -> Ticket | None:
        ticket = self.kept.get(ticket_id)
        if ticket is None or ticket.state not in states or (own and ticket.mediator != who):
            return None
        entry = Entry(self.clock(), did, who, note)
        since = self.clock() if to != ticket.state else ticket.since
        kept = ticket.mediator if mediator is None else mediator
        return self.put(
            replace(
                ticket,
                state=to,
                since=since,
                mediator=kept,
                outcome=outcome,
                history=(*ticket.history, entry),
            )
        )


class MemoryMediators:
    def __init__(self) -> None:
        self.kept: dict[str, Profile] = {}

    async def get(self, mediator_id: str) -> Profile:
        return self.kept.get(mediator_id, Profile(mediator_id))

    async def save(self, profile: Profile) -> None:
        self.kept[profile.id] = profile

    async def all(self) -> Sequence[Profile]:
        return list(self.kept.values())
