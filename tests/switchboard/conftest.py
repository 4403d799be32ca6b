"""The switchboard over a real Redis, at a time of our own: people, mediators, and what Twilio is asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from tests import parts
from tests.parts import switches
from voicebot.app.build import hanging_up, waiting_room
from voicebot.channels.deliveries import about, hooks
from voicebot.channels.mediators.calls import MediatorDesk
from voicebot.channels.service import Service, Switches
from voicebot.channels.voice.call_control import CallReply
from voicebot.channels.voice.call_handler import CallHandler
from voicebot.dialogue.flow import Flows
from voicebot.dialogue.meaning import Expecting, Meaning
from voicebot.dialogue.session import Session
from voicebot.handoff.mediator import Mediator
from voicebot.handoff.ticket import Ticket
from voicebot.outbox.sender import OutboxSender, Terms
from voicebot.privacy import Privacy
from voicebot.prompts import Prompts
from voicebot.records import Record
from voicebot.simulator.twilio_api import TwilioAccount, twilio_api
from voicebot.store.mediators import Mediators
from voicebot.store.opening import Week
from voicebot.store.outbox import KINDS, Outbox, Ref
from voicebot.store.sessions import Change, Sessions
from voicebot.switchboard.switchboard import quieted
from voicebot.telephony.rest import TwilioClient

#: A Tuesday at ten in Paris.
TUESDAY = 1_772_528_400.0
SOMEBODY, OURS = "+33639980011", "+33939000001"
PHONES = {"ada": "+33639980101", "bea": "+33639980102"}


@dataclass
class Clock:
    """The time, which goes on only when a test says so."""

    now: float = TUESDAY

    def __call__(self) -> float:
        return self.now


class Words:
    """Nothing is spoken here."""

    def interpret(
        self, text: str, expecting: Expecting, channel: str = "voice", others: Sequence[str] = ()
    ) -> Meaning:
        return Meaning(text)


@dataclass
class House:
    """The service as far as mediators are concerned. `account` is what the simulated Twilio was asked."""

    service: Service
    switches: Switches
    account: TwilioAccount
    clock: Clock
    errands: OutboxSender
    desk: CallHandler = field(init=False)
    mediators: MediatorDesk = field(init=False)

    def __post_init__(self) -> None:
        self.desk = CallHandler(self.service)
        self.mediators = MediatorDesk(self.service, self.switches, self.service.carrier)

    async def hire(self, *names: str, **fields: Any) -> None:
        """Mediators go on duty."""
        for name in names:
            one = Mediator(name, name, phone=PHONES[name], on_duty=True, **fields)
            await self.switches.duty.mediators.save(one)

    async def asks(self, call: str = "CA1", number: str = SOMEBODY, **fields: Any) -> Ticket:
        """Somebody was handed over in the call `call`; they do not wait yet."""
        sessions, person = self.service.runner.sessions, self.service.privacy.pseudonym(number)
        await sessions.people.keep_number(person, number)
        await sessions.calls.bind(call, person)
        usual = {"reason": "asked", "priority": "normal", "topic": "rsa", "channel": "keypad", "slots": {}}
        content = {**usual, "person": person, "session": call, "answered": 3, **fields}
        session = Session(call, person, "keypad", "handed_off", textable=True, slots={"textable": "yes"})
        record = Record.of({"kind": "ticket", "id": f"{call}:1", "at": self.clock(), **content})
        assert await sessions.commit(Change(session, 0, records=(record,)))
        return await self.ticket(call)

    async def waits(self, call: str = "CA1", **fields: Any) -> Ticket:
        """Somebody was handed over and waits on the line."""
        await self.asks(call, **fields)
        await self.desk.after_stream(call, f"{call}:after")
        return await self.ticket(call)

    async def ticket(self, call: str = "CA1") -> Ticket:
        """The ticket of a call."""
        ticket = await self.switches.tickets.get(f"{call}:1")
        assert ticket
        return ticket

    async def rung(self) -> list[str]:
        """Look, let the telephones ring, and tell whose did."""
        before = len(self.account.calls)
        await self.switches.board.look()
        await self.errand()
        names = {number: name for name, number in PHONES.items()}
        return [names[call.asked["To"]] for call in self.account.calls[before:]]

    async def errand(self) -> None:
        """Everything that is due leaves."""
        for kind in KINDS:
            for ref in await self.errands.outbox.due(kind, self.clock(), 100):
                await self.errands.run(ref)

    def ring(self, number: int = -1) -> tuple[Ref, str]:
        """The ring of a call that was made, and its sealed name."""
        token = self.account.calls[number].asked["Url"].partition("of=")[2]
        return about(self.service.privacy, token)[0], token

    def heard(self, reply: CallReply) -> str:
        """The words of a reply."""
        return self.service.prompts.text(getattr(reply, "sounds", ()))


@pytest.fixture
def account() -> Iterator[TwilioAccount]:
    with twilio_api() as account:
        yield account


@pytest.fixture
async def house(
    redis: Redis, privacy: Privacy, flows: Flows, prompts: Prompts, account: TwilioAccount, tmp_path: Path
) -> House:
    clock, client = Clock(), TwilioClient("AC" + "0b" * 16, "secret", base_url=account.url, timeout_s=2)
    account.clock = clock
    mediators, outbox = Mediators(redis, privacy), Outbox(redis, privacy)
    tickets = waiting_room(redis, privacy, quieted(mediators, hanging_up(client)))
    sessions = Sessions(redis, privacy, tickets.announce)
    connects = switches(redis, privacy, tickets, sessions, clock, our_number=OURS)
    await connects.duty.opening.change(lambda week: Week())
    runner = parts.one_edition(
        flows, Words(), sessions, clock, lambda says, channel: "", connects.duty.lookups()
    )
    service = parts.service(
        redis, privacy, tmp_path, runner=runner, prompts=prompts, understanding=None, outbox=outbox,
        carrier=client, switches=connects,
    )  # fmt: skip
    at = hooks("https://voicebot.test")
    errands = OutboxSender(
        outbox, sessions, lambda: prompts, privacy, client, at, Terms(OURS), clock, connects.rings
    )
    return House(service, connects, account, clock, errands)
