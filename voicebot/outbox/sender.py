"""Sending one record of the outbox through Twilio, from whatever state it was left in.

Several processes may do so, be stopped at any moment and start again: each step is recorded before and after
it is taken, based on the state that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from voicebot.errors import TryLater, TwilioRefused, TwilioUnreachable
from voicebot.french_calendar import day_in_paris
from voicebot.outbox.calling_hours import CallingHours
from voicebot.outbox.requests import CallRequest, Hooks, Request, RingRequest, TextRequest
from voicebot.outbox.summary import summary_texts
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record, TextOrder
from voicebot.store.outbox import Allowance, Kind, Outbox, OutboxItem, Ref, next_hour
from voicebot.store.sessions import Sessions
from voicebot.telephony.delivery import (
    NO_NUMBER,
    OPTED_OUT,
    OUT_OF_REACH,
    REPEATED,
    TOO_LATE,
    TOO_MANY,
    TWILIO_OPTED_OUT,
    Change,
    Delivery,
    claim,
    given_up,
    of_call,
    of_texts,
    passes,
    put_back,
    refused,
    took,
)
from voicebot.telephony.phone_numbers import may_be_dialled
from voicebot.telephony.rest import TwilioClient

log = structlog.get_logger()

#: Seconds. A record is listed just before it is written; after this time a name without a record is obsolete.
_BEING_WRITTEN_S: Final = 60.0
#: How often mediators are rung about one person in a day, whatever goes wrong.
_RINGS_A_DAY: Final = 200
#: Seconds; the clocks of two machines differ by less.
_SAME_MOMENT_S: Final = 5.0
_UNREACHABLE: Final = "unreachable"
#: From this HTTP status on, Twilio may have accepted the request and failed afterwards.
_TROUBLE_AT_TWILIO: Final = 500


class RingLookup(Protocol):
    """What knows the mediators being rung. `ring` is the record of one ring."""

    async def phone(self, ring: Record) -> str | None:
        """The number to ring; None if nobody needs to be rung any more."""

    async def settled(self, ring: Record, delivery: Delivery) -> None:
        """Twilio has the call, or it was given up."""


@dataclass(frozen=True)
class Terms:
    """What may be sent: the sending number, how many per day to one person, and when calls may be made.

    After `settle_s` seconds without a response, Twilio is asked whether it accepted a request. Whatever could
    not be sent within `useful_s` seconds, because nothing was running, would only puzzle the person and is
    given up. What a mediator writes is counted separately, up to `replies_a_day`. A mediator is rung within
    `ring_useful_s` seconds or not at all. Only numbers with a prefix in `reach` get anything, and only
    `an_hour` items go to all people together per hour; the rest waits for the next hour.
    """

    sender: str
    texts_a_day: int = 6
    calls_a_day: int = 3
    hours: CallingHours = field(default_factory=CallingHours)
    settle_s: float = 60.0
    useful_s: float = 3 * 24 * 3600.0
    replies_a_day: int = 60
    ring_useful_s: float = 45.0
    reach: tuple[str, ...] = ("+",)
    an_hour: Mapping[Kind, int] = field(default_factory=lambda: {"sms": 600, "callback": 120, "ring": 120})


@dataclass(frozen=True)
class OutboxSender:
    """Everything that is needed to send an item. `prompts` gives the sentences as they are now."""

    outbox: Outbox
    sessions: Sessions
    prompts: Callable[[], Prompts]
    privacy: Privacy
    twilio: TwilioClient
    hooks: Hooks
    terms: Terms
    clock: Callable[[], float]
    rings: RingLookup | None = None

    async def run(self, ref: Ref) -> None:
        """Continue the record from where it stands. Raises TryLater if Twilio cannot take it now."""
        item = await self.outbox.open(ref)
        if item is None:
            await self.outbox.drop_name(ref, self.clock() - _BEING_WRITTEN_S)
            return
        number = await self._number(item)
        request = self._request(ref, number) if number else None
        if request is None or number is None:
            await self._fail(item, NO_NUMBER)
        elif not may_be_dialled(number, self.terms.reach):
            await self._fail(item, OUT_OF_REACH)
        elif self._is_stale(item):
            await self._fail(item, TOO_LATE)
        elif item.delivery or not await self._must_wait(ref, self._earliest(item, request)):
            await self._carry_out(ref, item.delivery or await self._begin(item), request)

    async def _number(self, item: OutboxItem) -> str | None:
        """The number it goes to: the person's, or the mediator's."""
        if item.ref.kind != "ring":
            return await self.sessions.people.number(item.ref.person)
        return await self.rings.phone(item.record) if self.rings else None

    def _earliest(self, item: OutboxItem, request: Request) -> float:
        """Neither before the hours at which it may be sent, nor before its planned time."""
        meant, now = item.record.at, self.clock()
        return request.earliest(meant if meant > now + _SAME_MOMENT_S else now)

    def _is_stale(self, item: OutboxItem) -> bool:
        """Too old to be started or retried; what Twilio may have is still asked about."""
        going = item.delivery
        idle = going is None or (going.next is not None and going.parts[going.next].state == "waiting")
        useful_s = self.terms.ring_useful_s if item.ref.kind == "ring" else self.terms.useful_s
        return idle and item.record.at < self.clock() - useful_s

    async def give_up(self, ref: Ref, code: str) -> None:
        """It was tried often enough."""
        await self._settle(ref, await self._change(ref, refused(code, self.clock())))

    async def _fail(self, item: OutboxItem, code: str) -> None:
        if item.delivery is None:
            failed = given_up(self._laid(item), code, self.clock())
            await self._settle(item.ref, await self._lay(item, failed))
        else:
            await self.give_up(item.ref, code)

    async def _begin(self, item: OutboxItem) -> Delivery | None:
        """Record what is to be sent, within the limits of the day."""
        ref, laid = item.ref, self._laid(item)
        if ref.kind == "callback" and not await self.outbox.reserve(ref, self.clock()):
            laid = given_up(laid, REPEATED, self.clock())
        return await self._lay(item, laid)

    def _laid(self, item: OutboxItem) -> Delivery:
        if not isinstance(item.record.order, TextOrder):
            return of_call(self.clock())
        return of_texts(summary_texts(self.prompts(), item.record.order), self.clock())

    async def _lay(self, item: OutboxItem, laid: Delivery) -> Delivery | None:
        at, (what, most) = self.clock(), self._allowed(item)
        allowance = Allowance(what, day_in_paris(at), most)
        return await self.outbox.begin(item.ref, laid, allowance, given_up(laid, TOO_MANY, at))

    def _allowed(self, item: OutboxItem) -> tuple[str, int]:
        """What is counted, and the limit per day; a mediator may write more than a machine."""
        if item.ref.kind == "callback":
            return "callback", self.terms.calls_a_day
        if item.ref.kind == "ring":
            return "ring", _RINGS_A_DAY
        written_by_hand = isinstance(item.record.order, TextOrder) and item.record.order.text
        return ("reply", self.terms.replies_a_day) if written_by_hand else ("sms", self.terms.texts_a_day)

    async def _carry_out(self, ref: Ref, going: Delivery | None, request: Request) -> None:
        """Send part after part, until all are with Twilio or the rest must wait. None: it was erased."""
        open_text = ref.kind == "sms" and going is not None and going.next is not None
        if open_text and await self.sessions.people.has_opted_out(ref.person):
            return await self.give_up(ref, OPTED_OUT)
        while going and (number := going.next) is not None:
            if await self._must_wait(ref, self._due(going, number, request)):
                return None
            take = self._find_out if going.parts[number].state == "sending" else self._send
            going = await take(ref, going, number, request)
        return await self._settle(ref, going)

    async def _must_wait(self, ref: Ref, due: float) -> bool:
        """Whether it is too early; if so, it is looked at again when `due`."""
        early = due > self.clock()
        if early:
            await self.outbox.wait(ref, due)
        return early

    def _due(self, delivery: Delivery, number: int, request: Request) -> float:
        part = delivery.parts[number]
        if part.state == "sending":
            return part.at + self.terms.settle_s
        return max(part.due, request.earliest(self.clock()))

    async def _send(self, ref: Ref, delivery: Delivery, number: int, request: Request) -> Delivery | None:
        """Claim the part, ask Twilio, record the response. Without a response it stays claimed."""
        if not await self.outbox.spend(ref.kind, self.clock(), self.terms.an_hour[ref.kind]):
            log.warning("too many an hour", kind=ref.kind)  # a fault or a fraud: somebody should look
            await self.outbox.wait(ref, next_hour(self.clock()))
            return None
        changed = await self.outbox.change(ref, claim(number, self.clock()))
        if changed is None:
            return None
        if changed[0] == changed[1]:
            raise TryLater("claimed")  # by a faster process
        try:
            sid = await request.send(number, delivery.parts[number])
        except TwilioUnreachable:
            return changed[1]  # Twilio may have it; we ask later
        except TwilioRefused as error:
            if error.status >= _TROUBLE_AT_TWILIO:
                return changed[1]  # as above
            return await self._refused(ref, number, error)
        await self.outbox.own(ref, number, sid)
        return await self._change(ref, took(number, sid, self.clock()))

    async def _refused(self, ref: Ref, number: int, error: TwilioRefused) -> Delivery | None:
        code = str(error.code)
        if passes(error.code, error.temporary):
            await self._change(ref, put_back(number, code, self.clock()))
            raise TryLater(code) from error
        if error.code == TWILIO_OPTED_OUT:
            await self.sessions.people.opt_out(ref.person)
        return await self._change(ref, refused(code, self.clock()))

    async def _find_out(self, ref: Ref, delivery: Delivery, number: int, request: Request) -> Delivery | None:
        """The response to an earlier request was lost: ask Twilio whether it accepted it."""
        part = delivery.parts[number]
        try:
            candidates = await request.find(part)
        except (TwilioRefused, TwilioUnreachable) as error:
            raise TryLater(_UNREACHABLE) from error
        sid = await self._first_of_ours(ref, number, candidates)
        found = took(number, sid, self.clock()) if sid else put_back(number, part.code, self.clock())
        return await self._change(ref, found)

    async def _first_of_ours(self, ref: Ref, number: int, candidates: tuple[str, ...]) -> str | None:
        """The first that belongs to no other record: an identical text may have been sent just before."""
        for sid in candidates:
            if await self.outbox.own(ref, number, sid):
                return sid
        return None

    def _request(self, ref: Ref, to: str) -> Request:
        common = (self.twilio, self.privacy, self.hooks, ref, to, self.terms.sender)
        if ref.kind == "ring":
            return RingRequest(*common)
        return TextRequest(*common) if ref.kind == "sms" else CallRequest(*common, self.terms.hours)

    async def _change(self, ref: Ref, change: Change) -> Delivery | None:
        changed = await self.outbox.change(ref, change)
        return changed[1] if changed else None

    async def _settle(self, ref: Ref, delivery: Delivery | None) -> None:
        """Take it off the list; a report that arrived meanwhile may have put it back."""
        if delivery is None:
            return
        log.info("delivery", kind=ref.kind, state=delivery.state, code=delivery.code)
        told = delivery.state == "failed" and ref.kind != "ring"  # if a ring fails, the next mediator is rung
        await self.outbox.settle(ref, self.clock() if told else None, delivery.code)
        item = await self.outbox.open(ref)
        if item and self.rings and ref.kind == "ring":
            await self.rings.settled(item.record, delivery)
        again = item.delivery if item else None
        if again and again.next is not None:
            await self.outbox.wait(ref, again.parts[again.next].due)
