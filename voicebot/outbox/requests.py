"""What we request from Twilio for one part of a delivery, and how to find out whether it was accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from voicebot.outbox.calling_hours import CallingHours
from voicebot.privacy import Privacy
from voicebot.store.outbox import Ref
from voicebot.telephony.delivery import DeliveryPart
from voicebot.telephony.rest import TwilioClient

#: Seconds. Twilio counts in whole seconds, and its clock is not ours.
_CLOCK_TOLERANCE_S: Final = 10.0
#: Seconds to ring one mediator before the next.
RING_S: Final = 20


@dataclass(frozen=True)
class Hooks:
    """The addresses that Twilio calls back: reports on texts and calls, and what to do once somebody answers.

    The last three are for calls to mediators.
    """

    text_status: str
    call_status: str
    machine: str
    answered: str
    ring_status: str
    ring_machine: str
    rung: str


class Request(Protocol):
    """One way of reaching a person."""

    def earliest(self, at: float) -> float:
        """The earliest time from `at` on at which it may be sent (Unix seconds)."""

    async def send(self, number: int, part: DeliveryPart) -> str:
        """Send it through Twilio and return the SID. Raises TwilioRefused or TwilioUnreachable."""

    async def find(self, part: DeliveryPart) -> tuple[str, ...]:
        """The SIDs of requests like it that Twilio has, oldest first. Raises as `send` does."""


@dataclass(frozen=True)
class TextRequest:
    """A text to one person."""

    twilio: TwilioClient
    privacy: Privacy
    hooks: Hooks
    ref: Ref
    to: str
    from_: str

    def earliest(self, at: float) -> float:
        """A text may arrive at any hour: it answers what the person has just done."""
        return at

    async def send(self, number: int, part: DeliveryPart) -> str:
        """See `Request`."""
        report = address(self.hooks.text_status, self.privacy, self.ref, number)
        return await self.twilio.create_message(
            to=self.to, from_=self.from_, body=part.text, status_callback=report
        )

    async def find(self, part: DeliveryPart) -> tuple[str, ...]:
        """See `Request`."""
        since = part.at - _CLOCK_TOLERANCE_S
        return await self.twilio.find_messages(to=self.to, from_=self.from_, body=part.text, since=since)


@dataclass(frozen=True)
class CallRequest:
    """A call to one person, at our cost; it ends at once if a machine answers."""

    twilio: TwilioClient
    privacy: Privacy
    hooks: Hooks
    ref: Ref
    to: str
    from_: str
    hours: CallingHours

    def earliest(self, at: float) -> float:
        """In the daytime, where the person lives."""
        return self.hours.opening(self.to, at)

    async def send(self, number: int, part: DeliveryPart) -> str:
        """See `Request`."""
        return await self.twilio.create_call(
            to=self.to,
            from_=self.from_,
            url=self.hooks.answered,
            status_callback=address(self.hooks.call_status, self.privacy, self.ref, number),
            detect_machine=True,
            machine_callback=address(self.hooks.machine, self.privacy, self.ref, number),
        )

    async def find(self, part: DeliveryPart) -> tuple[str, ...]:
        """See `Request`."""
        return await self.twilio.find_calls(to=self.to, from_=self.from_, since=part.at - _CLOCK_TOLERANCE_S)


@dataclass(frozen=True)
class RingRequest:
    """A call to a mediator, who is then asked whether they take a person."""

    twilio: TwilioClient
    privacy: Privacy
    hooks: Hooks
    ref: Ref
    to: str
    from_: str

    def earliest(self, at: float) -> float:
        """Now: somebody is waiting, and the mediator is on duty."""
        return at

    async def send(self, number: int, part: DeliveryPart) -> str:
        """See `Request`."""
        report, machine, answered = (
            address(page, self.privacy, self.ref, number)
            for page in (self.hooks.ring_status, self.hooks.ring_machine, self.hooks.rung)
        )
        return await self.twilio.create_call(
            to=self.to,
            from_=self.from_,
            url=answered,
            status_callback=report,
            timeout_s=RING_S,
            detect_machine=True,
            machine_callback=machine,
        )

    async def find(self, part: DeliveryPart) -> tuple[str, ...]:
        """See `Request`."""
        return await self.twilio.find_calls(to=self.to, from_=self.from_, since=part.at - _CLOCK_TOLERANCE_S)


def address(page: str, privacy: Privacy, ref: Ref, part: int) -> str:
    """`page` with a sealed parameter `of` that names our record; nobody in between can read it."""
    return f"{page}?of={privacy.seal([ref.kind, ref.person, ref.id, part])}"
