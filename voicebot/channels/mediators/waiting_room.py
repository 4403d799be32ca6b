"""People on the line waiting for a mediator: what they hear, when they stop waiting, and what comes next."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Literal

from voicebot.channels.service import Carrier, Conversations, Switches
from voicebot.channels.voice.call_control import (
    Announce,
    CallReply,
    Enqueue,
    Hold,
    LeaveQueue,
    LeftQueue,
    SpeakAndHangUp,
)
from voicebot.channels.voice.sounds import sounds
from voicebot.channels.voice.twiml import WAIT_PATH
from voicebot.dialogue.action import Say
from voicebot.errors import TicketMissing, TicketRefused, TwilioRefused, TwilioUnreachable
from voicebot.handoff.calling import hold_line, is_offered, leave_line, return_to_queue
from voicebot.handoff.ticket import Ticket
from voicebot.handoff.waiting import PATIENCE_S, ahead_of, minutes_to_wait, waits_since
from voicebot.sound import Sound
from voicebot.speech.hold_music import hold_music
from voicebot.turns.runner import ConversationRef

#: The key for being called back instead.
CALL_BACK_KEY: Final = "1"
#: The place in the queue is announced once in this many rounds of music.
_TELL_EVERY: Final = 3
#: Twilio's result if the person was connected to somebody.
_BRIDGED: Final = "bridged"
#: Seconds. The caller is waiting meanwhile: cleaning up may take no longer.
_TIDY_S: Final = 1.0


@dataclass(frozen=True)
class WaitingRoom:
    """The people on the line. If the switches are not connected, nobody can wait."""

    service: Conversations
    switches: Switches
    carrier: Carrier

    async def enter(self, who: ConversationRef, first: tuple[Sound, ...] = ()) -> CallReply | None:
        """Hear `first`, then wait; None if there is no open ticket, or nobody who could come."""
        ticket, switches = await self._ticket(who), self.switches
        if ticket is None or not await switches.duty.somebody_answers():
            return None
        try:
            held = await switches.tickets.change(
                ticket.id, lambda one: hold_line(one, who.session_id, self._now())
            )
        except (TicketRefused, TicketMissing):
            return None
        return _enqueued(held, first)

    async def hold(self, who: ConversationRef, round_: int) -> CallReply:
        """Their place and the waiting time now and then, music, and how to be called back instead."""
        ticket = await self._ticket(who)
        if ticket is None or ticket.line != who.session_id:
            return LeaveQueue()
        comes = ticket.state == "in_call" or is_offered(ticket, self._now())
        if not comes and self._now() - waits_since(ticket) >= PATIENCE_S:
            await self.leave(who, "nobody")
            return LeaveQueue()
        says = await self._news(ticket) if round_ % _TELL_EVERY == 0 else ()
        return Hold((*sounds(self.service, says), hold_music()), round_)

    async def press(self, who: ConversationRef, digits: str) -> CallReply:
        """The person pressed a key: to be called back, or one that does nothing here."""
        if digits == CALL_BACK_KEY:
            await self.leave(who, "call_back")
            return LeaveQueue()
        return Hold((*sounds(self.service, (Say("attente.touche"),)), hold_music()), 1)

    def announce(self) -> CallReply:
        """Somebody has come to the line."""
        return Announce(sounds(self.service, (Say("attente.voici"),)))

    async def after(self, who: ConversationRef, left: LeftQueue) -> CallReply | Literal["choose"]:
        """The person left the queue. If their mediator is gone, they keep waiting, ahead of all others."""
        next_ = await self._after(who, left)
        if not isinstance(next_, Enqueue):
            await self._tidy(left.queue_id)
        return next_

    async def _after(self, who: ConversationRef, left: LeftQueue) -> CallReply | Literal["choose"]:
        ticket, switches = await self._ticket(who), self.switches
        if left.gone or ticket is None:
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
        """Each ticket has its own queue at Twilio, which would otherwise stay there, empty, for ever."""
        if queue_id:
            with suppress(TwilioRefused, TwilioUnreachable, TimeoutError):
                async with asyncio.timeout(_TIDY_S):
                    await self.carrier.delete_queue(queue_id)

    async def leave(self, who: ConversationRef, why: str) -> None:
        """They are no longer waiting on the line; if they were not waiting, nothing changes."""
        ticket = await self._ticket(who)
        if ticket and ticket.line:
            with suppress(TicketRefused, TicketMissing):
                await self.switches.tickets.change(
                    ticket.id, lambda one: leave_line(one, who.session_id, why, self._now())
                )

    async def _news(self, ticket: Ticket) -> tuple[Say, ...]:
        """What is said to somebody who has just begun to wait, or has waited for a while."""
        known = await self.switches.tickets.waiting()
        mediators = await self.switches.mediators.all()
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

    async def _ticket(self, who: ConversationRef) -> Ticket | None:
        """The open ticket of this call."""
        if not self.switches.connected:
            return None
        return await self.switches.tickets.of_session(who.person, who.session_id)

    def _now(self) -> float:
        return self.service.runner.clock()


def _enqueued(ticket: Ticket, first: tuple[Sound, ...]) -> Enqueue:
    """The ticket's own queue: whoever takes the ticket is connected to this person and nobody else."""
    return Enqueue(ticket.id, len(ticket.history), first, WAIT_PATH)
