"""The switchboard: whenever something changed it looks who waits and who is free, and lets telephones ring.

Every process may run one. An offer is a change of the ticket, which only one process can win, and the
telephone rings by a record of the outbox, which survives crashes and is carried out once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

import structlog

from voicebot.errors import StoreError, TicketMissing, TicketRefused, TwilioRefused, TwilioUnreachable
from voicebot.handoff.calling import OFFER_S, is_offered, offer
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.routing import Pairing, route
from voicebot.handoff.ticket import Ticket
from voicebot.store.mediators import Mediators
from voicebot.store.news import Listener, News
from voicebot.store.opening import Opening
from voicebot.store.sessions import Sessions
from voicebot.store.tickets import Tickets
from voicebot.switchboard import rings
from voicebot.switchboard.opening_times import is_open

log = structlog.get_logger()

#: Without news it looks this often: somebody went on duty, an offer is over, a call-back is due.
_LOOK_S: Final = 2.0
#: From the choice of a mediator until the ticket tells it; whoever needs longer has died.
_DECIDING_S: Final = 5.0
#: After a failure of the store it waits so long.
_REST_S: Final = 1.0
#: Whose talk was cut off hears first that they may hang up: a goodbye rings nobody.
GOODBYE_S: Final = 10.0

_TAKEN_BY_HAND: Final = ("claimed", "transferred")

#: End the call with this SID.
HangUp = Callable[[str], Awaitable[None]]


@dataclass(frozen=True)
class Switchboard:
    """Pairs people and mediators. `clock` gives Unix seconds."""

    tickets: Tickets
    mediators: Mediators
    sessions: Sessions
    opening: Opening
    clock: Callable[[], float]

    async def run(self, news: News) -> None:
        """Look whenever there are news, until cancelled. Trouble with the store passes."""
        while True:
            try:
                async with news.listen() as heard:
                    while True:
                        await self.look()
                        await _next(heard)
            except (StoreError, OSError) as error:
                log.warning("switchboard waits", error=type(error).__name__)
                await asyncio.sleep(_REST_S)

    async def look(self) -> None:
        """Ring for everybody who waits, as far as somebody is free."""
        now = self.clock()
        known = await self.tickets.waiting()
        if not any(one.line or one.wishes.call_back_at for one in known):
            return
        open_ = is_open(await self.opening.week(), now)
        for ticket in known:
            if _may_be_silent(ticket, now):
                await self.sessions.add(ticket.person, rings.record(ticket))
        ready = [one for one in known if _is_ready(one, now, open_)]
        mediators = await self.mediators.all()
        for pairing in (*route(ready, mediators, now), *_to_who_took_it(ready, mediators, now)):
            await self._offer(pairing, now)

    async def ring(self, mediator: str, ticket_id: str) -> None:
        """Let a mediator's telephone ring, to be connected with a person. Raises TicketRefused.

        They have the ticket; that they are being rung already changes nothing.
        """
        now = self.clock()
        ticket = await self.tickets.get(ticket_id)
        if ticket is None or ticket.claimed_by != mediator:
            raise TicketRefused("ring a mediator", ticket.state if ticket else "missing", "")
        if not is_offered(ticket, now) and not await self._offer(Pairing(ticket_id, mediator), now):
            raise TicketRefused("ring a mediator", ticket.state, mediator)

    async def _offer(self, pairing: Pairing, now: float) -> bool:
        """Whether the offer is ours: made by this process, of a mediator whom nobody else rings."""
        if not await self.mediators.reserve(pairing.mediator, pairing.ticket, _DECIDING_S):
            return False
        try:
            offered = await self.tickets.change(
                pairing.ticket, lambda ticket: offer(ticket, pairing.mediator, now)
            )
        except (TicketRefused, TicketMissing):  # another process was quicker, or the person is gone
            await self.mediators.free(pairing.mediator)
            return False
        await self.mediators.change(pairing.mediator, lambda one: replace(one, last_busy_at=now))
        await self.sessions.add(offered.person, rings.record(offered))
        return True


def quieted(
    mediators: Mediators, hang_up: HangUp | None
) -> Callable[[Ticket | None, Ticket], Awaitable[None]]:
    """A listener of changes: when an offer is over its mediator is free, and their telephone falls silent."""

    async def told(before: Ticket | None, after: Ticket) -> None:
        was = before.offer if before else None
        if was is None or (after.offer and (after.offer.mediator, after.offer.at) == (was.mediator, was.at)):
            return
        with suppress(StoreError):  # the reservation ends by itself
            await mediators.free(was.mediator)
        takes_it = after.state == "in_call" and after.claimed_by == was.mediator
        if hang_up and was.call and not takes_it and after.history[-1].what != "declined":
            with suppress(TwilioRefused, TwilioUnreachable):  # who picks up hears that it is taken
                await hang_up(was.call)

    return told


def _may_be_silent(ticket: Ticket, now: float) -> bool:
    """Offered for a while, and no telephone rings yet: who made the offer may have died before it could."""
    offered = ticket.offer
    return offered is not None and not offered.call and offered.at + _DECIDING_S <= now < offered.at + OFFER_S


def _is_ready(ticket: Ticket, now: float, is_open_now: bool) -> bool:
    """Who holds the line is rung for, but for a moment after a cut-off; call-backs are made in the hours."""
    if ticket.line is None:
        return is_open_now
    return not (ticket.first and now < ticket.since + GOODBYE_S)


def _to_who_took_it(tickets: list[Ticket], mediators: list[Mediator], now: float) -> Iterator[Pairing]:
    """Who took the ticket of somebody on the line, in the console, is rung: once."""
    by_id = {one.id: one for one in mediators}
    for ticket in tickets:
        mediator = by_id.get(ticket.claimed_by or "")
        waits = ticket.state == "claimed" and ticket.line is not None and not is_offered(ticket, now)
        if not waits or not _was_taken_by_hand(ticket):
            continue
        if mediator and mediator.phone and mediator.id not in ticket.tried:
            yield Pairing(ticket.id, mediator.id)


def _was_taken_by_hand(ticket: Ticket) -> bool:
    """And was not left claimed by a talk that has just ended: that person is about to be put back."""
    steps = [entry.what for entry in ticket.history if entry.what in (*_TAKEN_BY_HAND, "call_ended")]
    return bool(steps) and steps[-1] in _TAKEN_BY_HAND


async def _next(heard: Listener) -> None:
    """Until there are news; several at once are one look."""
    if await heard.next(_LOOK_S):
        while await heard.next(0.0):
            pass
