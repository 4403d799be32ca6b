"""The switchboard: on every change it checks who is waiting and who is free, and rings telephones.

Every process runs one, and one of them is elected. Were two to act at once, nothing would break: an offer is
a change of the ticket, which only one process can win, and the telephone rings because of an outbox record,
which survives crashes and is carried out once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import structlog

from voicebot.errors import StoreError, TicketMissing, TicketRefused, TwilioRefused, TwilioUnreachable
from voicebot.handoff.calling import OFFER_S, is_offered, offer
from voicebot.handoff.exchange import give, give_back, is_neglected
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.routing import Pairing, give_out, is_to_give, route
from voicebot.handoff.ticket import Ticket
from voicebot.store.lease import Lease
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Opening
from voicebot.store.sessions import Sessions
from voicebot.store.ticket_events import Listener, TicketEvents
from voicebot.store.tickets import Tickets
from voicebot.switchboard import rings
from voicebot.switchboard.opening_times import is_open

log = structlog.get_logger()

#: Seconds between checks when nothing is reported: somebody went on duty, an offer is over, a call-back is
#: due.
_LOOK_S: Final = 2.0
#: Seconds for which one process is elected; each check extends it.
LEASE_S: Final = 6.0
#: Seconds between choosing a mediator and the ticket showing it; a process that takes longer has died.
_DECIDING_S: Final = 5.0
#: Seconds to wait after the store has failed.
_REST_S: Final = 1.0
#: Seconds. People whose talk was cut off first hear that they may hang up: a goodbye must ring nobody.
GOODBYE_S: Final = 10.0

_TAKEN_BY_HAND: Final = ("claimed", "transferred")

#: End the call with this SID.
HangUp = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Switchboard:
    """Matches people with mediators. `clock` gives Unix seconds."""

    tickets: Tickets
    mediators: Mediators
    sessions: Sessions
    opening: Opening
    clock: Callable[[], float]

    async def run(self, news: TicketEvents, lease: Lease) -> None:
        """Check on every event until cancelled, while `lease` is ours. Failures of the store are survived.

        Only one process does so; the others stand by, and one of them takes over when the lease runs out.
        """
        while True:
            try:
                async with news.listen() as heard:
                    await self._run(heard, lease)
            except (StoreError, OSError) as error:
                log.warning("switchboard waits", error=type(error).__name__)
                await asyncio.sleep(_REST_S)

    async def _run(self, heard: Listener, lease: Lease) -> None:
        while True:
            if await lease.held():
                await self.look()
            await _next(heard)

    async def look(self) -> None:
        """Ring for everybody who is waiting, as long as somebody is free."""
        now = self.clock()
        known = await self.tickets.waiting()
        if not any(_concerns(one) for one in known):
            return
        open_ = is_open(await self.opening.week(), now)
        for ticket in known:
            if _may_be_silent(ticket, now):
                await self.sessions.add(ticket.person, rings.record(ticket))
        ready = [one for one in known if _is_ready(one, now, open_)]
        mediators = await self.mediators.all()
        for pairing in (*route(ready, mediators, now), *_to_who_took_it(ready, mediators, now)):
            await self._offer(pairing, now)
        await self._give_out(known, mediators, now, open_)

    async def _give_out(
        self, known: list[Ticket], mediators: list[Mediator], now: float, open_: bool
    ) -> None:
        """Requests by text go to mediators on duty while it is open; what lies for an hour goes on."""
        neglected = [ticket for ticket in known if is_neglected(ticket, now)]
        for ticket in neglected:
            with suppress(TicketRefused, TicketMissing):
                await self.tickets.change(ticket.id, lambda one: give_back(one, now))
        known = await self.tickets.waiting() if neglected else known
        for pairing in give_out(known, mediators, now) if open_ else ():
            with suppress(TicketRefused, TicketMissing):  # somebody took it just now
                await self.tickets.change(pairing.ticket, partial(give, to=pairing.mediator, at=now))

    async def ring(self, mediator: str, ticket_id: str) -> None:
        """Ring a mediator to connect them with a person. Raises TicketRefused.

        The ticket must be theirs; if they are already being rung, nothing changes.
        """
        now = self.clock()
        ticket = await self.tickets.get(ticket_id)
        if ticket is None or ticket.claimed_by != mediator:
            raise TicketRefused("ring a mediator", ticket.state if ticket else "missing", "")
        if not is_offered(ticket, now) and not await self._offer(Pairing(ticket_id, mediator), now):
            raise TicketRefused("ring a mediator", ticket.state, mediator)

    async def _offer(self, pairing: Pairing, now: float) -> bool:
        """Whether the offer is ours: made by this process, to a mediator whom nobody else is ringing."""
        if not await self.mediators.reserve(pairing.mediator, pairing.ticket, _DECIDING_S):
            return False
        try:
            offered = await self.tickets.change(
                pairing.ticket, lambda ticket: offer(ticket, pairing.mediator, now)
            )
        except (TicketRefused, TicketMissing):  # another process was quicker, or the person has gone
            await self.mediators.free(pairing.mediator)
            return False
        await self.mediators.change(pairing.mediator, lambda one: replace(one, last_busy_at=now))
        await self.sessions.add(offered.person, rings.record(offered))
        return True


def quieted(
    mediators: Mediators, hang_up: HangUp | None
) -> Callable[[Ticket | None, Ticket], Awaitable[None]]:
    """A listener for changes: once an offer is over, its mediator is free and their telephone stops."""

    async def told(before: Ticket | None, after: Ticket) -> None:
        was = before.offer if before else None
        if was is None or (after.offer and (after.offer.mediator, after.offer.at) == (was.mediator, was.at)):
            return
        with suppress(StoreError):  # the reservation expires by itself
            await mediators.free(was.mediator)
        takes_it = after.state == "in_call" and after.claimed_by == was.mediator
        if hang_up and was.call and not takes_it and after.history[-1].what != "declined":
            with suppress(TwilioRefused, TwilioUnreachable):  # if they pick up, they hear that it is taken
                await hang_up(was.call)

    return told


def _concerns(ticket: Ticket) -> bool:
    """Whether there may be something to do about it."""
    return bool(ticket.line or ticket.wishes.call_back_at or ticket.given_at) or is_to_give(ticket)


def _may_be_silent(ticket: Ticket, now: float) -> bool:
    """Offered for a while but no telephone rings yet: the process that made the offer may have died."""
    offered = ticket.offer
    return offered is not None and not offered.call and offered.at + _DECIDING_S <= now < offered.at + OFFER_S


def _is_ready(ticket: Ticket, now: float, is_open_now: bool) -> bool:
    """People on the line are rung for, except briefly after a cut-off; call-backs wait for opening."""
    if ticket.line is None:
        return is_open_now
    return not (ticket.first and now < ticket.since + GOODBYE_S)


def _to_who_took_it(tickets: list[Ticket], mediators: list[Mediator], now: float) -> Iterator[Pairing]:
    """A mediator who took the ticket of somebody on the line, in the console, is rung once."""
    by_id = {one.id: one for one in mediators}
    for ticket in tickets:
        mediator = by_id.get(ticket.claimed_by or "")
        waits = ticket.state == "claimed" and ticket.line is not None and not is_offered(ticket, now)
        if not waits or not _was_taken_by_hand(ticket):
            continue
        if mediator and mediator.phone and mediator.id not in ticket.tried:
            yield Pairing(ticket.id, mediator.id)


def _was_taken_by_hand(ticket: Ticket) -> bool:
    """Whether a mediator took it in the console.

    If instead a talk has just ended and left it claimed, the person is about to be put back in the queue.
    """
    steps = [entry.what for entry in ticket.history if entry.what in (*_TAKEN_BY_HAND, "call_ended")]
    return bool(steps) and steps[-1] in _TAKEN_BY_HAND


async def _next(heard: Listener) -> None:
    """Wait for an event; several at once count as one."""
    if await heard.next(_LOOK_S):
        while await heard.next(0.0):
            pass
