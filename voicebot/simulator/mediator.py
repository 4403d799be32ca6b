"""A mediator's telephone and Twilio's part in its calls: ringing, answering, pressing keys, talking."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final
from xml.etree.ElementTree import Element

import httpx

from voicebot.simulator.document import parse_twiml
from voicebot.simulator.exchange import Exchange, Waiting
from voicebot.simulator.twilio_api import Taken, TwilioAccount
from voicebot.simulator.webhook import TIMEOUT, WebhookClient

#: The number at which a simulated mediator is rung.
NUMBER: Final = "+33639980190"
_LOOK_S: Final = 0.01
_MOST_DOCUMENTS: Final = 20
NO_ANSWER, MACHINE = "no-answer", "machine"


@asynccontextmanager
async def standing_by(
    app_url: str, auth_token: str, account: TwilioAccount, acts: Sequence[str] = ("1",), number: str = NUMBER
) -> AsyncIterator[MediatorPhone]:
    """A mediator's telephone that stays available, also for the call it is in, until the block ends."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as client:
        phone = MediatorPhone(
            account, WebhookClient(client, app_url, app_url, auth_token), Exchange(), number, acts
        )
        running = asyncio.create_task(phone.run())
        try:
            yield phone
            await phone.idle()
        finally:
            running.cancel()
            await asyncio.wait((running,))


@dataclass
class MediatorPhone:
    """Takes the calls that `account` makes to `number`.

    `acts` say what to do with each call in order, the last one repeatedly: keys to press ("1", "2", "" for
    none), `NO_ANSWER` or `MACHINE`. A talk lasts `talk_s` unless the person hangs up; a person who is dialled
    picks up if `person_answers`. `heard` are the sounds that were played, by address.
    """

    account: TwilioAccount
    webhooks: WebhookClient
    exchange: Exchange
    number: str
    acts: Sequence[str] = ("1",)
    talk_s: float = 0.5
    person_answers: bool = True
    heard: list[str] = field(default_factory=list)
    rung: int = 0
    dialled: list[str] = field(default_factory=list)
    _busy: bool = False

    async def idle(self) -> None:
        """Wait until no call is in progress."""
        while self._busy:  # noqa: ASYNC110 - the account is filled by another thread
            await asyncio.sleep(_LOOK_S)

    async def run(self) -> None:
        """Take calls until cancelled."""
        seen = {call.sid for call in self.account.calls}
        while True:
            for call in list(self.account.calls):
                if call.asked.get("To") == self.number and call.sid not in seen:
                    seen.add(call.sid)
                    self._busy = True
                    await self._ring(call)
                    self._busy = False
            await asyncio.sleep(_LOOK_S)

    async def _ring(self, call: Taken) -> None:
        act = self.acts[min(self.rung, len(self.acts) - 1)]
        self.rung += 1
        if act == NO_ANSWER:
            await self._report(call, NO_ANSWER)
            return
        if act == MACHINE:
            form = self._form(call, "in-progress") | {"AnsweredBy": "machine_start"}
            await self.webhooks.request("POST", call.asked["AsyncAmdStatusCallback"], form)
        else:
            await self._carry_out(call, act)
        await self._report(call, "completed")

    async def _carry_out(self, call: Taken, keys: str) -> None:
        url = call.asked["Url"]
        told: dict[str, str] = {}
        for _ in range(_MOST_DOCUMENTS):
            reply = await self.webhooks.request("POST", url, self._form(call, "in-progress") | told)
            self.exchange.documents.append(reply.body.decode())
            gone_on = await self._perform(parse_twiml(reply.body), keys)
            if gone_on is None:
                return
            url, told = gone_on

    async def _perform(self, document: Element, keys: str) -> tuple[str, dict[str, str]] | None:
        """Carry out a document; returns the next address and the form to send there."""
        for verb in document:
            self.heard += [play.text or "" for play in verb.iter("Play")]
            if verb.tag == "Gather":
                return verb.get("action", ""), {"Digits": keys} if keys else {"Digits": ""}
            if verb.tag == "Dial":
                status = await self._dial(verb)
                return None if status is None else (verb.get("action", ""), {"DialCallStatus": status})
        return None

    async def _dial(self, verb: Element) -> str | None:
        """Twilio's DialCallStatus; None if the mediator hung up first, which ends the call."""
        number, queue = verb.find("Number"), verb.find("Queue")
        if number is not None:
            self.dialled.append(number.text or "")
            return "completed" if self.person_answers else "no-answer"
        waiting = None
        if queue is not None:
            waiting = self.exchange.connect(queue.text or "", queue.get("url", ""))
        if waiting is None:
            return "failed"
        return await self._talk(waiting)

    async def _talk(self, waiting: Waiting) -> str | None:
        try:
            async with asyncio.timeout(self.talk_s):
                await waiting.gone.wait()
        except TimeoutError:
            waiting.over.set()
            return None
        return "completed"

    async def _report(self, call: Taken, status: str) -> None:
        await self.webhooks.request("POST", call.asked["StatusCallback"], self._form(call, status))

    def _form(self, call: Taken, status: str) -> dict[str, str]:
        return {
            "CallSid": call.sid,
            "AccountSid": f"AC{'0' * 32}",
            "From": call.asked.get("From", ""),
            "To": self.number,
            "Direction": "outbound-api",
            "CallStatus": status,
        }
