"""Who waits on the line for a mediator: what they hear, when they stop waiting, and what comes then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.channels.service import Service, Switches
from voicebot.channels.sounds import sounds
from voicebot.channels.twiml import WAIT_PATH
from voicebot.channels.voice_desk import (
    Announce,
    Enqueue,
    Hold,
    LeaveQueue,
    LeftQueue,
    Music,
    Reply,
    Sound,
    SpeakAndHangUp,
)
from voicebot.dialogue.action import Say
from voicebot.errors import TicketMissing, TicketRefused, TwilioRefused, TwilioUnreachable
from voicebot.handoff.calling import hold_line, is_offered, leave_line, return_to_queue
from voicebot.handoff.ticket import Ticket
from voicebot.handoff.waiting import PATIENCE_S, ahead_of, minutes_to_wait, waits_since
from voicebot.runner import Who

#: The key to be called back instead.
CALL_BACK_KEY: Final = "1"
#: The place in the queue is told so often, by what was played in between.
_TELL_EVERY: Final = 3
#: Twilio's result when the person was connected with somebody.
_BRIDGED: Final = "bridged"
#: The caller waits meanwhile: tidying up may not take longer.
_TIDY_S: Final = 1.0


@dataclass(frozen=True)
class WaitingRoom:
    """The people on the line. Without switches nobody can wait."""

    service: Service

    async def enter(self, who: Who, first: tuple[Sound, ...] = ()) -> Reply | None:
        """Hear `first`, then wait; None when there is no open ticket, or nobody who could come."""
        ticket = await self._ticket(who)
        switches = self.service.switches
        if ticket is None or switches is None or not await switches.duty.somebody_answers():
            return None
        try:
            held = await switches.tickets.change(
                ticket.id, lambda one: hold_line(one, who.session_id, self._now())
            )
        except (TicketRefused, TicketMissing):
            return None
        return _enqueued(held, first)

    async def hold(self, who: Who, round_: int) -> Reply:
        """Their place and the time now and then, music, and how to be called back instead."""
        ticket, switches = await self._ticket(who), self.service.switches
        if ticket is None or switches is None or ticket.line != who.session_id:
            return LeaveQueue()
        comes = ticket.state == "in_call" or is_offered(ticket, self._now())
        if not comes and self._now() - waits_since(ticket) >= PATIENCE_S:
            await self.leave(who, "nobody")
            return LeaveQueue()
        says = await self._news(ticket, switches) if round_ % _TELL_EVERY == 0 else ()
        return Hold((*sounds(self.service, says), Music()), round_)

    async def press(self, who: Who, digits: str) -> Reply:
        """The person pressed a key: to be called back, or none that serves here."""
        if digits == CALL_BACK_KEY:
            await self.leave(who, "call_back")
            return LeaveQueue()
        return Hold((*sounds(self.service, (Say("attente.touche"),)), Music()), 1)

    def announce(self) -> Reply:
        """Somebody has come."""
        return Announce(sounds(self.service, (Say("attente.voici"),)))

    async def after(self, who: Who, left: LeftQueue) -> Reply | Literal["choose"]:
        """The queue is left. Whose mediator is gone goes on waiting, before all others."""
        next_ = await self._after(who, left)
        if not isinstance(next_, Enqueue):
            await self._tidy(left.queue_id)
        return next_

    async def _after(self, who: Who, left: LeftQueue) -> Reply | Literal["choose"]:
        ticket, switches = await self._ticket(who), self.service.switches
        if left.gone or ticket is None or switches is None:
            await self.leave(who, "hung_up")
            return SpeakAndHangUp()
        if left.outcome != _BRIDGED:
            await self.leave(who, "failed")
            return "choose"
        returned = await switches.tickets.change(
            ticket.id, lambda one: return_to_queue(one, who.session_id, self._now())
        )
        if await switches.duty.somebody_answers():
            return _enqueued(returned, sounds(self.service, (Say("attente.coupe"),)))
        await self.leave(who, "nobody")
        return "choose"

    async def _tidy(self, queue_id: str) -> None:
        """Each ticket has a queue of its own at Twilio, which would stay there empty for ever."""
        if queue_id and self.service.twilio:
            with suppress(TwilioRefused, TwilioUnreachable, TimeoutError):
                async with asyncio.timeout(_TIDY_S):
                    await self.service.twilio.delete_queue(queue_id)

    async def leave(self, who: Who, why: str) -> None:
        """They do not wait on the line any more; who does not wait anyhow changes nothing."""
        ticket, switches = await self._ticket(who), self.service.switches
        if ticket and switches and ticket.line:
            with suppress(TicketRefused, TicketMissing):
                await switches.tickets.change(
                    ticket.id, lambda one: leave_line(one, who.session_id, why, self._now())
                )

    async def _news(self, ticket: Ticket, switches: Switches) -> tuple[Say, ...]:
        """What is told to who has just begun to wait, or has waited for a while."""
        known, mediators = await switches.tickets.waiting(), await switches.duty.mediators.all()
        ahead = ahead_of(ticket, known)
        minutes = minutes_to_wait(ahead, known, mediators)
        if ticket.state == "claimed":
            place = Say("attente.pris")
        elif ahead == 0:
            place = Say("attente.prochain")
        else:
            place = Say("attente.place_une" if ahead == 1 else "attente.place", slots={"avant": ahead})
        time = Say("attente.minute" if minutes == 1 else "attente.minutes", slots={"minutes": minutes})
        danger = (Say("attente.danger"),) if ticket.priority == "danger" else ()
        return (*danger, place, time, Say("attente.touche"))

    async def _ticket(self, who: Who) -> Ticket | None:
        """The open ticket of this call."""
        switches = self.service.switches
        return await switches.tickets.of_session(who.person, who.session_id) if switches else None

    def _now(self) -> float:
        return self.service.runner.clock()


def _enqueued(ticket: Ticket, first: tuple[Sound, ...]) -> Enqueue:
    """A queue of the ticket's own: who takes the ticket is connected with this person and nobody else."""
    return Enqueue(ticket.id, len(ticket.history), first, WAIT_PATH)
