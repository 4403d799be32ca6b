"""A mediator's telephone: what they hear when it rings, and what their keys do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from voicebot.channels.service import Carrier, Conversations, Switches
from voicebot.channels.voice.call_control import AskKeys, CallReply, Dial, SpeakAndHangUp, TakeFromQueue
from voicebot.channels.voice.sounds import sounds
from voicebot.dialogue.action import Say
from voicebot.errors import TicketMissing, TicketRefused
from voicebot.handoff.calling import end_call, miss_call_back, next_try, start_call
from voicebot.handoff.ticket import Ticket
from voicebot.records import Record, TextOrder
from voicebot.store.outbox import Ref
from voicebot.switchboard.opening_times import PARIS, hour_of
from voicebot.switchboard.rings import Ring
from voicebot.telephony.delivery import machine_took, reported_ring

Change = Callable[[Ticket], Ticket]

TAKE_KEY: Final = "1"
KEYS_PATH: Final = "/twilio/mediator/keys"
AFTER_PATH: Final = "/twilio/mediator/after"
#: How often the announcement is repeated before we conclude that nobody is there.
MOST_TIMES: Final = 2
#: Seconds to ring the person.
_RING_S: Final = 25.0
_PATIENCE_S: Final = 6.0
#: Twilio's DialCallStatus if the called person picked up.
_TAKEN: Final = frozenset({"completed", "answered"})
_MISSED, _MISSED_NEXT = "sms.call_back_missed", "sms.call_back_missed_next"


@dataclass(frozen=True)
class MediatorDesk:
    """Decides what a mediator's call does next. `token` is the sealed name of the ring, which comes back."""

    service: Conversations
    switches: Switches
    carrier: Carrier

    async def answer(self, ref: Ref, token: str, time_: int = 1) -> CallReply:
        """The mediator picked up: say who is waiting, for what, and which key takes the call."""
        known = await self.switches.rings.open(ref)
        if known is None or not known[0].may_take(known[1], self._now()):
            return self._goodbye("mediation.trop_tard")
        told = sounds(self.service, (*_about(known[0], known[1]), Say("mediation.prendre")))
        return AskKeys(
            told, max_digits=1, timeout_s=_PATIENCE_S, action=f"{KEYS_PATH}?time={time_}&of={token}"
        )

    async def keys(self, ref: Ref, token: str, digits: str, time_: int) -> CallReply:
        """1 takes the call, any other key refuses it; without a key, the announcement is repeated."""
        known = await self.switches.rings.open(ref)
        if known is None:
            return self._goodbye("mediation.trop_tard")
        if digits.startswith(TAKE_KEY):
            return await self._take(known[0], token)
        if not digits and time_ < MOST_TIMES:
            return await self.answer(ref, token, time_ + 1)
        await self.switches.rings.decline(known[0], "refused" if digits else "no_answer")
        return self._goodbye("mediation.merci")

    async def after(self, ref: Ref, outcome: str, gone: bool) -> CallReply:
        """The talk is over, or the person did not pick up. `gone`: the mediator has already hung up."""
        known = await self.switches.rings.open(ref)
        if known is None:
            return SpeakAndHangUp()
        ring, ticket, _ = known
        if ticket.line is None and outcome not in _TAKEN and not gone and ticket.state == "in_call":
            await self._miss(ring, ticket)
            return self._goodbye("mediation.absente")
        await self._end(ring)
        return SpeakAndHangUp() if gone else self._goodbye("mediation.fini")

    async def ended(self, ref: Ref, call_id: str, status: str) -> None:
        """The mediator's call is over, or they never answered it."""
        await self.service.outbox.change(ref, reported_ring(call_id, status, self._now()))
        known = await self.switches.rings.open(ref)
        if known:
            await self._end(known[0])
            await self.switches.rings.decline(known[0], "refused" if status == "completed" else status)

    async def machine(self, ref: Ref, call_id: str) -> None:
        """An answering machine took the call. Whoever pressed 1 is human, whatever they sounded like."""
        known = await self.switches.rings.open(ref)
        if known is None or known[1].offer is None:
            return
        await self.service.outbox.change(ref, machine_took(call_id, self._now()))
        await self.switches.rings.decline(known[0], "machine")
        await self.carrier.update_call(call_id, end=True)

    async def _take(self, ring: Ring, token: str) -> CallReply:
        """The ticket is theirs if it is still available; then they are connected."""
        now = self._now()

        def taken(ticket: Ticket) -> Ticket:
            if not ring.may_take(ticket, now) and not _talks(ticket, ring):
                raise TicketRefused("take a call", ticket.state, ticket.claimed_by or "")
            return start_call(ticket, ring.mediator, now)

        try:
            ticket = await self.switches.tickets.change(ring.ticket, taken)
        except (TicketRefused, TicketMissing):
            return self._goodbye("mediation.trop_tard")
        after = f"{AFTER_PATH}?of={token}"
        if ticket.line:
            return TakeFromQueue(ticket.id, after, sounds(self.service, (Say("mediation.ligne"),)))
        number = await self.service.runner.sessions.people.number(ticket.person)
        if number is None:
            await self._end(ring)
            return self._goodbye("mediation.sans_numero")
        told = sounds(self.service, (Say("mediation.sonne"),))
        return Dial(number, after, told, self.switches.our_number or None, _RING_S)

    async def _end(self, ring: Ring) -> None:
        await self._change(ring, lambda ticket: end_call(ticket, ring.mediator, self._now()))

    async def _miss(self, ring: Ring, ticket: Ticket) -> None:
        """The person did not pick up: try again later, and text them when."""
        now = self._now()
        later = next_try(ticket, now)
        at = None if later is None else await self.switches.duty.next_call(ticket.person, later)
        missed = await self._change(ring, lambda one: miss_call_back(one, ring.mediator, at, now))
        if missed:
            when = {} if at is None else _when(at)
            note = _MISSED if at is None else _MISSED_NEXT
            order = TextOrder(person=ticket.person, notes=(note,), slots=when)
            record = Record(f"{ticket.id}:missed:{missed.missed}", now, order)
            await self.service.runner.sessions.add(ticket.person, record)

    async def _change(self, ring: Ring, change: Change) -> Ticket | None:
        try:
            return await self.switches.tickets.change(ring.ticket, change)
        except (TicketMissing, TicketRefused):
            return None

    def _goodbye(self, prompt: str) -> SpeakAndHangUp:
        return SpeakAndHangUp(sounds(self.service, (Say(prompt),)))

    def _now(self) -> float:
        return self.service.runner.clock()


def _about(ring: Ring, ticket: Ticket) -> Iterator[Say]:
    """What a mediator must know before accepting: why it rings, where from, what about, how far it got."""
    yield Say(_why(ring, ticket))
    if ticket.territory:
        yield Say(
            "mediation.lieu", slots={"departement": f"mediation.departement.d{ticket.territory.lower()}"}
        )
    if ticket.topic:
        yield Say("mediation.sujet", slots={"topic": ticket.topic})
    if ticket.answered:
        said = "mediation.reponse" if ticket.answered == 1 else "mediation.reponses"
        yield Say(said, slots={"nombre": ticket.answered})


def _why(ring: Ring, ticket: Ticket) -> str:
    if ticket.priority == "danger":
        return "mediation.danger"
    if ticket.line:
        return "mediation.reprise" if ticket.first else "mediation.appel"
    return "mediation.appeler" if ticket.claimed_by == ring.mediator else "mediation.rappel"


def _talks(ticket: Ticket, ring: Ring) -> bool:
    """They have already pressed 1, and the webhook is repeated."""
    return (ticket.state, ticket.claimed_by) == ("in_call", ring.mediator)


def _when(at: float) -> dict[str, str | float]:
    """A moment as the slots with which prompts announce it."""
    return {"rappel_jour": datetime.fromtimestamp(at, PARIS).date().isoformat(), "rappel_de": hour_of(at)}
