"""One ring: a mediator's telephone rings about a ticket. Its record is stored with the person's data."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff.calling import decline, is_for, named
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.records import Record, RingOrder
from voicebot.store.mediators import Mediators
from voicebot.store.outbox import Outbox, Ref
from voicebot.store.tickets import Tickets
from voicebot.telephony.delivery import Delivery


@dataclass(frozen=True)
class Ring:
    """`mediator` has been rung about `ticket` (both are ids) since `at`, in Unix seconds."""

    ticket: str
    mediator: str
    at: float
    """Unix seconds."""

    @classmethod
    def of(cls, record: Record) -> Ring:
        """The ring described by a record. Raises TypeError for a record of something else."""
        if not isinstance(record.order, RingOrder):
            raise TypeError(f"expected the record of a ring, got one of kind {record.kind}")
        return cls(record.order.ticket, record.order.mediator, record.at)

    def may_take(self, ticket: Ticket, now: float) -> bool:
        """Whether the mediator can still take the call."""
        return is_for(ticket, self.mediator, self.at, now)


def record(ticket: Ticket) -> Record:
    """The record that rings the mediator to whom `ticket` is offered; a separate one for each offer."""
    assert ticket.offer is not None, "only an offer makes a telephone ring"
    number = sum(entry.what == "offered" for entry in ticket.history)
    order = RingOrder(person=ticket.person, ticket=ticket.id, mediator=ticket.offer.mediator)
    return Record(f"{ticket.id}:ring:{number}", ticket.offer.at, order)


@dataclass(frozen=True)
class Rings:
    """The rings in progress: what the outbox asks and reports, and what the webhooks look up."""

    tickets: Tickets
    mediators: Mediators
    outbox: Outbox
    clock: Callable[[], float]

    async def phone(self, ring: Record) -> str | None:
        """The number to ring; None if the offer no longer stands or there is no number."""
        asked = Ring.of(ring)
        ticket = await self.tickets.get(asked.ticket)
        if ticket is None or not asked.may_take(ticket, self.clock()):
            return None
        mediator = await self.mediators.get(asked.mediator)
        return mediator.phone or None if mediator else None

    async def settled(self, record: Record, delivery: Delivery) -> None:
        """Twilio has the call: note its SID. It was given up: on to the next mediator."""
        ring, sid = Ring.of(record), delivery.parts[0].sid
        if delivery.state == "failed":
            await self.decline(ring, "failed")
        elif sid:
            await self._change(ring, lambda ticket: named(ticket, ring.mediator, sid))

    async def open(self, ref: Ref) -> tuple[Ring, Ticket, Mediator] | None:
        """What a ring is about; None if the person was forgotten or the mediator is gone."""
        item = await self.outbox.open(ref)
        if item is None:
            return None
        ring = Ring.of(item.record)
        ticket, mediator = await self.tickets.get(ring.ticket), await self.mediators.get(ring.mediator)
        return (ring, ticket, mediator) if ticket and mediator else None

    async def decline(self, ring: Ring, why: str) -> None:
        """The mediator does not take the call. If the ring is over, nothing changes."""
        now = self.clock()
        await self._change(ring, lambda ticket: decline(ticket, ring.mediator, why, now))

    async def _change(self, ring: Ring, change: Callable[[Ticket], Ticket]) -> None:
        def if_it_stands(ticket: Ticket) -> Ticket:
            offer = ticket.offer
            ours = offer is not None and (offer.mediator, offer.at) == (ring.mediator, ring.at)
            return change(ticket) if ours else ticket

        with suppress(TicketMissing, TicketRefused):
            await self.tickets.change(ring.ticket, if_it_stands)
