"""An errand: one record of the outbox on its way to Twilio, from whatever state it was left in.

It may be run by several processes, stopped at any moment and run again: each step is written before and after
it is taken, from the state that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

import structlog

from voicebot.delivery import (
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
from voicebot.errors import TryLater, TwilioRefused, TwilioUnreachable
from voicebot.jobs.hours import CallingHours, local_day
from voicebot.jobs.requests import CallRequest, Hooks, Request, RingRequest, TextRequest
from voicebot.numbers import may_be_dialled
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.store.outbox import Allowance, Kind, Letter, Outbox, Ref, next_hour
from voicebot.store.sessions import Sessions
from voicebot.summary import summary_texts
from voicebot.twilio.rest import TwilioClient

log = structlog.get_logger()

#: A record is listed a moment before it is written; a name without a record is believed after this time.
_BEING_WRITTEN_S: Final = 60.0
#: About one person mediators are rung so often in a day, whatever goes wrong.
_RINGS_A_DAY: Final = 200
#: The clocks of two machines differ by less.
_SAME_MOMENT_S: Final = 5.0
_UNREACHABLE: Final = "unreachable"
#: From this HTTP status on Twilio may have taken the request and failed afterwards.
_TROUBLE_AT_TWILIO: Final = 500


class Rings(Protocol):
    """Who knows about the mediators that are rung. `content` is the record of one ring."""

    async def phone(self, content: Mapping[str, Any]) -> str | None:
        """The number to ring; None when nobody need be rung any more."""

    async def settled(self, content: Mapping[str, Any], delivery: Delivery) -> None:
        """Twilio has the call, or it was given up."""


@dataclass(frozen=True)
class Terms:
    """What may be sent: the number it comes from, how many a day to one person, and when calls may be made.

    After `settle_s` seconds without an answer Twilio is asked whether it took a request. What could not leave
    within `useful_s` seconds, because nothing ran, would only puzzle the person and is given up. What a
    mediator writes counts apart, up to `replies_a_day`. A mediator is rung within `ring_useful_s` or not.
    Only numbers that begin as `reach` says get anything, and only so many in `an_hour`, all people together:
    the rest waits for the next hour.
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
class Errands:
    """All that carrying out an errand needs."""

    outbox: Outbox
    sessions: Sessions
    prompts: Prompts
    privacy: Privacy
    twilio: TwilioClient
    hooks: Hooks
    terms: Terms
    clock: Callable[[], float]
    rings: Rings | None = None

    async def run(self, ref: Ref) -> None:
        """Go on with the record from where it stands. Raises TryLater when Twilio cannot take it now."""
        letter = await self.outbox.open(ref)
        if letter is None:
            await self.outbox.drop_name(ref, self.clock() - _BEING_WRITTEN_S)
            return
        number = await self._number(letter)
        request = self._request(ref, number) if number else None
        if request is None or number is None:
            await self._fail(letter, NO_NUMBER)
        elif not may_be_dialled(number, self.terms.reach):
            await self._fail(letter, OUT_OF_REACH)
        elif self._is_stale(letter):
            await self._fail(letter, TOO_LATE)
        elif letter.delivery or not await self._must_wait(ref, self._earliest(letter, request)):
            await self._carry_out(ref, letter.delivery or await self._begin(letter), request)

    async def _number(self, letter: Letter) -> str | None:
        """Whose telephone it is for: the person's, or the mediator's."""
        if letter.ref.kind != "ring":
            return await self.sessions.number(letter.ref.person)
        return await self.rings.phone(letter.content) if self.rings else None

    def _earliest(self, letter: Letter, request: Request) -> float:
        """Not before the hours at which it may be sent, nor before it is meant to be."""
        meant, now = float(letter.content["at"]), self.clock()
        return request.earliest(meant if meant > now + _SAME_MOMENT_S else now)

    def _is_stale(self, letter: Letter) -> bool:
        """Too old to be begun or tried again; what Twilio may have is still asked about."""
        going = letter.delivery
        idle = going is None or (going.next is not None and going.parts[going.next].state == "waiting")
        useful_s = self.terms.ring_useful_s if letter.ref.kind == "ring" else self.terms.useful_s
        return idle and bool(letter.content["at"] < self.clock() - useful_s)

    async def give_up(self, ref: Ref, code: str) -> None:
        """It was tried often enough."""
        await self._settle(ref, await self._change(ref, refused(code, self.clock())))

    async def _fail(self, letter: Letter, code: str) -> None:
        if letter.delivery is None:
            failed = given_up(self._laid(letter), code, self.clock())
            await self._settle(letter.ref, await self._lay(letter, failed))
        else:
            await self.give_up(letter.ref, code)

    async def _begin(self, letter: Letter) -> Delivery | None:
        """Lay down what is to be sent, within the limits of the day."""
        ref, laid = letter.ref, self._laid(letter)
        if ref.kind == "callback" and not await self.outbox.reserve(ref, self.clock()):
            laid = given_up(laid, REPEATED, self.clock())
        return await self._lay(letter, laid)

    def _laid(self, letter: Letter) -> Delivery:
        if letter.ref.kind != "sms":
            return of_call(self.clock())
        return of_texts(summary_texts(self.prompts, letter.content), self.clock())

    async def _lay(self, letter: Letter, laid: Delivery) -> Delivery | None:
        at, (what, most) = self.clock(), self._allowed(letter)
        allowance = Allowance(what, local_day(at), most)
        return await self.outbox.begin(letter.ref, laid, allowance, given_up(laid, TOO_MANY, at))

    def _allowed(self, letter: Letter) -> tuple[str, int]:
        """What is counted and how many a day; a mediator may write more than a machine."""
        if letter.ref.kind == "callback":
            return "callback", self.terms.calls_a_day
        if letter.ref.kind == "ring":
            return "ring", _RINGS_A_DAY
        written_by_hand = bool(letter.content.get("text"))
        return ("reply", self.terms.replies_a_day) if written_by_hand else ("sms", self.terms.texts_a_day)

    async def _carry_out(self, ref: Ref, going: Delivery | None, request: Request) -> None:
        """Send part after part, until all are with Twilio or the rest must wait. None: it was erased."""
        open_text = ref.kind == "sms" and going is not None and going.next is not None
        if open_text and await self.sessions.has_opted_out(ref.person):
            return await self.give_up(ref, OPTED_OUT)
        while going and (number := going.next) is not None:
            if await self._must_wait(ref, self._due(going, number, request)):
                return None
            take = self._find_out if going.parts[number].state == "sending" else self._send
            going = await take(ref, going, number, request)
        return await self._settle(ref, going)

    async def _must_wait(self, ref: Ref, due: float) -> bool:
        """Whether it is too early; then it is looked at again when it is `due`."""
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
        """Claim the part, ask Twilio, note the answer. Without an answer it stays claimed."""
        if not await self.outbox.spend(ref.kind, self.clock(), self.terms.an_hour[ref.kind]):
            log.warning("too many an hour", kind=ref.kind)  # a fault or a fraud: somebody should look
            await self.outbox.wait(ref, next_hour(self.clock()))
            return None
        changed = await self.outbox.change(ref, claim(number, self.clock()))
        if changed is None:
            return None
        if changed[0] == changed[1]:
            raise TryLater("claimed")  # by a process that was quicker
        try:
            sid = await request.send(number, delivery.parts[number])
        except TwilioUnreachable:
            return changed[1]  # perhaps Twilio has it; we ask later
        except TwilioRefused as error:
            if error.status >= _TROUBLE_AT_TWILIO:
                return changed[1]  # as above
            return await self._refused(ref, number, error)
        return await self._change(ref, took(number, sid, self.clock()))

    async def _refused(self, ref: Ref, number: int, error: TwilioRefused) -> Delivery | None:
        code = str(error.code)
        if passes(error.code, error.temporary):
            await self._change(ref, put_back(number, code, self.clock()))
            raise TryLater(code) from error
        if error.code == TWILIO_OPTED_OUT:
            await self.sessions.opt_out(ref.person)
        return await self._change(ref, refused(code, self.clock()))

    async def _find_out(self, ref: Ref, delivery: Delivery, number: int, request: Request) -> Delivery | None:
        """The answer to an earlier request was lost: ask Twilio whether it took it."""
        part = delivery.parts[number]
        try:
            sid = await request.find(part)
        except (TwilioRefused, TwilioUnreachable) as error:
            raise TryLater(_UNREACHABLE) from error
        found = took(number, sid, self.clock()) if sid else put_back(number, part.code, self.clock())
        return await self._change(ref, found)

    def _request(self, ref: Ref, to: str) -> Request:
        common = (self.twilio, self.privacy, self.hooks, ref, to, self.terms.sender)
        if ref.kind == "ring":
            return RingRequest(*common)
        return TextRequest(*common) if ref.kind == "sms" else CallRequest(*common, self.terms.hours)

    async def _change(self, ref: Ref, change: Change) -> Delivery | None:
        changed = await self.outbox.change(ref, change)
        return changed[1] if changed else None

    async def _settle(self, ref: Ref, delivery: Delivery | None) -> None:
        """Take it off the list; but a report that came meanwhile may have put it back."""
        if delivery is None:
            return
        log.info("delivery", kind=ref.kind, state=delivery.state, code=delivery.code)
        told = delivery.state == "failed" and ref.kind != "ring"  # whom nobody reached, the next one was rung
        await self.outbox.settle(ref, self.clock() if told else None, delivery.code)
        letter = await self.outbox.open(ref)
        if letter and self.rings and ref.kind == "ring":
            await self.rings.settled(letter.content, delivery)
        again = letter.delivery if letter else None
        if again and again.next is not None:
            await self.outbox.wait(ref, again.parts[again.next].due)
