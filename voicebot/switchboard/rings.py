"""One ring: a mediator's telephone rings about a ticket. Its record is kept with everything of the person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from voicebot.delivery import Delivery
from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff.calling import decline, is_for, named
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.sessions import Record
from voicebot.store.tickets import Tickets


@dataclass(frozen=True)
class Ring:
    """`mediator` is rung about `ticket` (both are ids) since `at`, in Unix seconds."""

    ticket: str
    mediator: str
    at: float

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Ring:
        """The ring that a record tells of."""
        return cls(str(content["ticket"]), str(content["mediator"]), float(content["at"]))

    def may_take(self, ticket: Ticket, now: float) -> bool:
        """Whether the mediator can still take it."""
        return is_for(ticket, self.mediator, self.at, now)


def record(ticket: Ticket) -> Record:
    """The record that makes the telephone of who is offered `ticket` ring; one for each offer."""
    assert ticket.offer is not None, "only an offer makes a telephone ring"
    number = sum(entry.what == "offered" for entry in ticket.history)
    content = {"ticket": ticket.id, "mediator": ticket.offer.mediator, "person": ticket.person}
    return Record("ring", f"{ticket.id}:ring:{number}", ticket.offer.at, content)


@dataclass(frozen=True)
class Rings:
    """The rings that are out: what the outbox asks and tells, and what the webhooks look up."""

    tickets: Tickets
    mediators: Mediators
    outbox: Outbox
    clock: Callable[[], float]

    async def phone(self, content: Mapping[str, Any]) -> str | None:
        """The number to ring; None when the offer does not stand any more, or there is no number."""
        ring = Ring.of(content)
        ticket = await self.tickets.get(ring.ticket)
        if ticket is None or not ring.may_take(ticket, self.clock()):
            return None
        mediator = await self.mediators.get(ring.mediator)
        return mediator.phone or None if mediator else None

    async def settled(self, content: Mapping[str, Any], delivery: Delivery) -> None:
        """Twilio has the call: note its SID. It was given up: the next mediator."""
        ring, sid = Ring.of(content), delivery.parts[0].sid
        if delivery.state == "failed":
            await self.decline(ring, "failed")
        elif sid:
            await self._change(ring, lambda ticket: named(ticket, ring.mediator, sid))

    async def open(self, ref: Ref) -> tuple[Ring, Ticket, Mediator] | None:
        """What a ring is about; None when the person was forgotten or the mediator is gone."""
        letter = await self.outbox.open(ref)
        if letter is None:
            return None
        ring = Ring.of(letter.content)
        ticket, mediator = await self.tickets.get(ring.ticket), await self.mediators.get(ring.mediator)
        return (ring, ticket, mediator) if ticket and mediator else None

    async def decline(self, ring: Ring, why: str) -> None:
        """The mediator does not take it. A ring that is over changes nothing."""
        now = self.clock()
        await self._change(ring, lambda ticket: decline(ticket, ring.mediator, why, now))

    async def _change(self, ring: Ring, change: Callable[[Ticket], Ticket]) -> None:
        def if_it_stands(ticket: Ticket) -> Ticket:
            offer = ticket.offer
            ours = offer is not None and (offer.mediator, offer.at) == (ring.mediator, ring.at)
            return change(ticket) if ours else ticket

        with suppress(TicketMissing, TicketRefused):
            await self.tickets.change(ring.ticket, if_it_stands)
